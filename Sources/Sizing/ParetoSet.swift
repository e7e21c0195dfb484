public import Records
import Statistics

/// The configurations that no other beats: whoever gives up one of them for something gets less of something else.
///
/// Compared are the median latency, the peak memory, the disk and the accuracy. One beats another where it is worse in none of
/// them, and better in one by more than the noise. What is not known of both is not compared; but a configuration of unknown
/// accuracy beats nothing, for it may answer anything.
public enum ParetoSet {
  /// - Returns: In the order given.
  public static func of(_ candidates: [CandidateAssessment]) -> [Configuration] {
    let usable = candidates.map(\.candidate).filter {
      $0.misfit == nil && $0.reading(of: .latency(.median)).figure != nil
    }
    return usable.filter { one in !usable.contains { beats($0, one) } }.map(\.configuration)
  }

  private static let metrics: [Metric] = [.latency(.median), .peakMemory, .disk]

  static func beats(_ a: Candidate, _ b: Candidate) -> Bool {
    guard let first = a.accuracyDrop else { return false }
    let accuracy = b.accuracyDrop.map { second in
      first.lower > second.upper ? -1 : first.upper < second.lower ? 1 : 0
    }
    let signs = metrics.map { sign($0, a, b) } + [accuracy ?? 0]
    return !signs.contains(-1) && signs.contains(1)
  }

  /// 1 where `a` is better by more than the noise, -1 where `b` is, 0 elsewhere.
  private static func sign(_ metric: Metric, _ a: Candidate, _ b: Candidate) -> Int {
    func isBetter(_ one: Candidate, than other: Candidate) -> Bool {
      let gain = Gain(of: metric, from: other.reading(of: metric), to: one.reading(of: metric))
      return gain.map { !$0.isRefused } ?? false
    }
    return isBetter(a, than: b) ? 1 : isBetter(b, than: a) ? -1 : 0
  }
}

extension Candidate {
  /// What it loses of the reference's accuracy, whether or not a requirement limits that; `nil` where nobody knows.
  fileprivate var accuracyDrop: Interval? {
    if !isCompressed, configuration.precision != "f16" { return Interval(0, 0) }
    return readings[.accuracyDrop]?.figure?.interval
  }
}
