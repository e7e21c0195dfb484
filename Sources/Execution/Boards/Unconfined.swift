internal import Records

/// No limits but the machine's own.
final class Unconfined: Confinement {
  let report: SandboxReport
  let entry = ConfinementEntry()
  var counters: MemoryCounters? { nil }
  var limitShowsAsFailedAllocation: Bool { false }
  func remove() {}

  /// - Parameter limits: What was asked for and is not enforced.
  init(_ limits: ResourceLimits) {
    var report = SandboxReport(mechanism: "none")
    if let memory = limits.memory {
      report.notEnforced.append(
        "\(memory) of memory: this machine's own was there; the peak is compared instead.")
    }
    self.report = report
  }
}
