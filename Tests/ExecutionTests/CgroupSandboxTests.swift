import DeviceProfiles
import Foundation
import Records
import Testing
import Units

@testable import Execution

@Suite struct CgroupSandboxTests {
  let limits = ResourceLimits(
    memory: .mebibytes(64), cores: 1, diskRead: .megabytesPerSecond(45))
  let device = BlockDevice(major: 254, minor: 0)

  @Test func unifiedTreeIsPreferred() throws {
    let fake = try FakeCgroups.legacy()
    try fake.add("unified/cgroup.controllers", "memory")
    try fake.add("unified/cgroup.subtree_control", "memory")
    try fake.add("unified/cgroup.procs", "")
    #expect(SandboxChoice.best(host: fake.host()).mechanism == .cgroupV2)
  }

  @Test func legacyTreeServesWhereTheUnifiedOneHasNoMemoryController() throws {
    let fake = try FakeCgroups.legacy()
    try fake.add("unified/cgroup.controllers", "hugetlb")
    try fake.add("unified/cgroup.subtree_control", "")
    try fake.add("unified/cgroup.procs", "")
    #expect(SandboxChoice.best(host: fake.host()).mechanism == .cgroupV1)
  }

  @Test func rlimitsServeWhereThereIsNoTree() throws {
    #expect(SandboxChoice.best(host: try FakeCgroups().host()).mechanism == .rlimit)
  }

  @Test func unifiedLimitsAreWritten() throws {
    let fake = try FakeCgroups.unified()
    let sandbox = try #require(CgroupV2Sandbox(fake.host()))
    let confinement = try sandbox.confine(limits, device: device)
    defer { confinement.remove() }
    #expect(try fake.value(confinement, "memory.max") == "67108864")
    #expect(try fake.value(confinement, "memory.swap.max") == "0")
    #expect(try fake.value(confinement, "memory.oom.group") == "1")
    #expect(try fake.value(confinement, "io.max") == "254:0 rbps=45000000")
    #expect(try fake.value(confinement, "cpuset.cpus") == "\(confinement.entry.cores[0])")
    #expect(confinement.report.memoryLimitBytes == 67_108_864)
    #expect(confinement.report.diskReadBytesPerSecond == 45_000_000)
    #expect(confinement.report.notEnforced.isEmpty)
  }

  @Test func legacyLimitsAreWrittenToEachTree() throws {
    let fake = try FakeCgroups.legacy()
    let sandbox = try #require(CgroupV1Sandbox(fake.host()))
    let confinement = try sandbox.confine(limits, device: device)
    defer { confinement.remove() }
    #expect(confinement.entry.cgroups.count == 3)
    #expect(try fake.value(confinement, "memory.limit_in_bytes", tree: "memory") == "67108864")
    #expect(try fake.value(confinement, "cpuset.mems", tree: "cpuset") == "0")
    #expect(try fake.value(confinement, "cpuset.cpus", tree: "cpuset") == "\(confinement.entry.cores[0])")
    #expect(
      try fake.value(confinement, "blkio.throttle.read_bps_device", tree: "blkio") == "254:0 45000000")
    #expect(confinement.report.mechanism == "cgroup-v1")
  }

  @Test func delegatedSubtreeIsFoundFromTheMembership() throws {
    // As systemd lays it out: the user may write below user@1000.service, not above.
    let fake = try FakeCgroups()
    try fake.add("cgroup.controllers", "memory")
    let delegated = "user.slice/user-1000.slice/user@1000.service"
    try fake.add("\(delegated)/cgroup.controllers", "memory")
    try fake.add("\(delegated)/cgroup.subtree_control", "memory")
    try fake.add("\(delegated)/cgroup.procs", "")
    try fake.add("\(delegated)/app.slice/cgroup.procs", "")
    // Without a cgroup.procs of its own a folder cannot be moved into: it stands for one of another user's.
    let sandbox = try #require(CgroupV2Sandbox(fake.host(membership: "0::/\(delegated)/app.slice\n")))
    #expect(sandbox.parent.path == "\(fake.scratch.path)/\(delegated)")
  }

  @Test func controllerIsSwitchedOnWhereItIsOff() throws {
    let fake = try FakeCgroups.unified(enabled: "cpuset")
    _ = try #require(CgroupV2Sandbox(fake.host()))
    #expect(try fake.scratch.read("cgroup.subtree_control").hasPrefix("+memory"))
  }

  @Test func membershipCannotClimbOutOfTheTree() throws {
    let fake = try FakeCgroups.unified()
    let folders = fake.host(membership: "0::/../../etc").writableAncestors(
      in: fake.scratch.path, controller: "")
    #expect(folders.map(\.path) == [fake.scratch.path])
  }

  @Test func countersComeFromTheKernelsFiles() throws {
    let fake = try FakeCgroups.legacy()
    let confinement = try #require(CgroupV1Sandbox(fake.host())).confine(limits, device: device)
    defer { confinement.remove() }
    let folder = CgroupFolder(
      path: (try #require(confinement.entry.cgroups.first { $0.contains("/memory/") }) as NSString)
        .deletingLastPathComponent)
    #expect(confinement.counters == MemoryCounters(peakBytes: nil, kills: 0))
    _ = folder.write("66060288\n", to: "memory.max_usage_in_bytes")
    _ = folder.write("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", to: "memory.oom_control")
    #expect(confinement.counters == MemoryCounters(peakBytes: 66_060_288, kills: 2))
  }

  @Test func nothingIsLeftAfterRemovalAndRemovingTwiceIsFine() throws {
    let fake = try FakeCgroups.legacy()
    let confinement = try #require(CgroupV1Sandbox(fake.host())).confine(limits, device: device)
    confinement.remove()
    confinement.remove()
    for tree in ["memory", "cpuset", "blkio"] {
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(fake.scratch.path)/\(tree)")
      #expect(names.filter { $0.hasPrefix(OwnedName.prefix) } == [])
    }
  }

  @Test func moreCoresThanTheHostHasAreNotPromised() throws {
    let cores = CoreList.available.count
    let confinement = try RlimitSandbox().confine(ResourceLimits(cores: cores + 3), device: nil)
    #expect(confinement.report.cores?.count == cores)
    #expect(confinement.report.notEnforced.contains { $0.hasPrefix("\(cores + 3) cores: ") })
  }

  @Test func moreMemoryThanTheHostHasIsNotPromised() {
    var report = SandboxReport(mechanism: "cgroup-v1")
    report.noteHostMemory(wanted: .gibibytes(4), host: 8 << 30)
    #expect(report.notEnforced == [])
    report.noteHostMemory(wanted: .gibibytes(4), host: 1 << 30)
    #expect(
      report.notEnforced == ["4 GiB of memory: this host has 1 GiB; what needs more than that was not tried."]
    )
  }

  @Test func readThroughputWithoutADiskIsSaidNotToBeEnforced() throws {
    let fake = try FakeCgroups.unified()
    let confinement = try #require(CgroupV2Sandbox(fake.host())).confine(limits, device: nil)
    defer { confinement.remove() }
    #expect(confinement.report.diskReadBytesPerSecond == nil)
    #expect(confinement.report.notEnforced.contains { $0.hasPrefix("disk read throughput: ") })
  }

  @Test func partitionIsThrottledByItsDisk() throws {
    let scratch = try Scratch()
    guard let whole = BlockDevice(holding: scratch.path, sys: scratch.path) else {
      return print("skipped: the temporary folder is on no disk")
    }
    // In sysfs, dev/block/M:m of a partition is a folder inside its disk's.
    _ = try scratch.write("1", to: "dev/block/\(whole.text)/partition")
    _ = try scratch.write("7:42\n", to: "dev/block/dev")
    #expect(BlockDevice(holding: scratch.path, sys: scratch.path) == BlockDevice(major: 7, minor: 42))
  }
}
