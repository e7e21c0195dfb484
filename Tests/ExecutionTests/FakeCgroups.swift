@testable import Execution

/// A folder with the layout of /sys/fs/cgroup. Unlike the kernel's, new folders in it start without files.
struct FakeCgroups {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  static func unified(controllers: String = "cpuset io memory", enabled: String = "cpuset io memory") throws
    -> FakeCgroups
  {
    let fake = try FakeCgroups()
    try fake.add("cgroup.controllers", controllers)
    try fake.add("cgroup.subtree_control", enabled)
    try fake.add("cgroup.procs", "")
    return fake
  }

  static func legacy() throws -> FakeCgroups {
    let fake = try FakeCgroups()
    try fake.add("memory/memory.limit_in_bytes", "9223372036854771712")
    try fake.add("memory/memory.memsw.limit_in_bytes", "9223372036854771712")
    try fake.add("memory/cgroup.procs", "")
    try fake.add("cpuset/cpuset.mems", "0")
    try fake.add("cpuset/cpuset.cpus", "0-1")
    try fake.add("cpuset/cgroup.procs", "")
    try fake.add("blkio/blkio.throttle.read_bps_device", "")
    try fake.add("blkio/cgroup.procs", "")
    return fake
  }

  func add(_ name: String, _ text: String) throws { _ = try scratch.write(text, to: name) }

  func host(membership: String = "") -> HostCgroups {
    HostCgroups(root: scratch.path, membership: membership)
  }

  /// A control file of the cgroup that `confinement` made in `tree`.
  func value(_ confinement: any Confinement, _ name: String, tree: String = "") throws -> String {
    let procs = confinement.entry.cgroups.first { $0.hasPrefix("\(scratch.path)/\(tree)") } ?? "none"
    return try scratch.read(
      String(procs.dropFirst(scratch.path.count + 1).dropLast("cgroup.procs".count)) + name)
  }
}
