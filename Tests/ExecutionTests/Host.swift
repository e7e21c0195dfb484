import Foundation

@testable import Execution

/// What the machine that runs the tests allows.
enum Host {
  static let isRoot = geteuid() == 0
  static let sandbox = SandboxChoice.best()
  static let hasCgroup = sandbox.mechanism != .rlimit

  /// The agent that was built beside the tests.
  static let agent: String = {
    let executable = CommandLine.arguments.first.map { URL(fileURLWithPath: $0) }
    var folders = [Bundle.main.bundleURL, Bundle.main.executableURL?.deletingLastPathComponent()]
    folders.append(executable?.deletingLastPathComponent())
    folders += CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    for folder in folders.compactMap({ $0 }) {
      let agent = folder.appendingPathComponent("edgebench-agent").path
      if FileManager.default.isExecutableFile(atPath: agent) { return agent }
    }
    return "edgebench-agent beside \(CommandLine.arguments)"
  }()

  /// Cgroups, mounts and folders of this process, wherever they may be.
  static func leftovers() -> [String] {
    let mine = "\(OwnedName.prefix)\(getpid())-"
    var found: [String] = []
    let folders = [
      "/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/cpuset",
      "/sys/fs/cgroup/blkio", FileManager.default.temporaryDirectory.path,
    ]
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      found += names.filter { $0.hasPrefix(mine) }.map { "\(folder)/\($0)" }
    }
    let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    found += mounts.split(separator: "\n").filter { $0.contains(mine) }.map(String.init)
    return found
  }
}
