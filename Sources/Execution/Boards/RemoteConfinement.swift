internal import Records
internal import Synchronization
internal import Units

/// The limits of a run on a board: what was asked for, and how the board says that it keeps them.
final class RemoteConfinement: Confinement {
  private let limits: ResourceLimits
  /// Of the board, those that the run may use.
  let cores: [Int]
  private let state: Mutex<SandboxReport>

  /// - Parameter cores: That the board has.
  init(_ limits: ResourceLimits, cores: [Int]) {
    self.limits = limits
    self.cores = CoreList.choose(limits.cores, of: cores)
    var report = SandboxReport(mechanism: "none", memoryLimitBytes: limits.memory?.bytes)
    report.setCores(self.cores, wanted: limits.cores)
    state = Mutex(report)
  }

  var report: SandboxReport { state.withLock { $0 } }
  let entry = ConfinementEntry()
  /// They come with the end of the run.
  var counters: MemoryCounters? { nil }
  var limitShowsAsFailedAllocation: Bool { report.mechanism == SandboxMechanism.rlimit.rawValue }
  func remove() {}

  func note(_ sentence: String) { state.withLock { $0.notEnforced.append(sentence) } }

  /// - Parameter mechanism: The board's word.
  func settle(_ mechanism: String) {
    state.withLock { report in
      // It is read anew after a lost connection.
      guard report.mechanism == "none", SandboxMechanism(rawValue: mechanism) != nil else { return }
      report.mechanism = mechanism
      if mechanism == SandboxMechanism.rlimit.rawValue {
        report.notEnforced.append(
          "resident memory: without a cgroup of its own the process is limited in what it maps, not in what it touches."
        )
      }
    }
  }

  /// In ``BoardScript``'s `start`.
  var memoryWord: String { limits.memory.map { String($0.bytes) } ?? BoardScript.nothing }
  /// `nothing` where all cores are to be used.
  var coresWord: String {
    guard let wanted = limits.cores, wanted <= cores.count, !cores.isEmpty else { return BoardScript.nothing }
    return CoreList.text(cores)
  }
}
