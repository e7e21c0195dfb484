/// How the samples changed between the first and the last tenth of a run: a clock that sank, a cache that warmed.
public struct Drift: Sendable, Hashable {
  /// The last tenth's median over the first tenth's: above 1, the run became slower.
  public let ratio: Double
  /// The chance of a shift at least this clear in a run that did not drift.
  public let pValue: Double

  /// A tenth of fewer samples than this could not tell a drift from noise: exactly counted, two lists of 4
  /// can at best be told apart at p = 2 / 70.
  static let minimumTenth = 4

  /// - Parameter samples: In the order measured.
  /// - Returns: `nil` for fewer than 40 samples, one that is not finite, or a first median that is not positive.
  public init?(_ samples: [Double]) {
    let tenth = samples.count / 10
    guard tenth >= Self.minimumTenth else { return nil }
    let first = Array(samples.prefix(tenth))
    let last = Array(samples.suffix(tenth))
    guard let before = SampleSummary(first)?.median, let after = SampleSummary(last)?.median, before > 0,
      let test = MannWhitney(first, last)
    else { return nil }
    ratio = after / before
    pValue = test.pValue
  }
}
