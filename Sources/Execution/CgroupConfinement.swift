internal import Records

/// Cgroups that one process lives in.
final class CgroupConfinement: Confinement {
  let report: SandboxReport
  let entry: ConfinementEntry
  private let folders: [CgroupFolder]
  private let readCounters: @Sendable () -> MemoryCounters

  init(
    report: SandboxReport, folders: [CgroupFolder], cores: [Int],
    counters: @escaping @Sendable () -> MemoryCounters
  ) {
    self.report = report
    self.folders = folders
    entry = ConfinementEntry(cgroups: folders.map { $0.file("cgroup.procs") }, cores: cores)
    readCounters = counters
  }

  var counters: MemoryCounters? { readCounters() }
  var limitShowsAsFailedAllocation: Bool { false }

  func remove() { for folder in folders { folder.remove() } }
}
