public import Records
public import Statistics

/// One configuration alone and beside other work: what the other work costs it, and what is left of its limit.
public struct HeadRoom: Sendable {
  public var configuration: Configuration
  public var command: String
  public var percentile: LatencyPercentile
  /// Nanoseconds, each with its interval.
  public var alone: Estimate
  public var beside: Estimate
  public var limit: Double?

  /// `nil` where one of the two has too few samples, or ran beside nothing.
  public init?(alone: RunRecord, beside: RunRecord, requirements: Requirements) {
    guard let companion = beside.measurement.companion else { return nil }
    var percentile = LatencyPercentile.median
    var limit: Double?
    for requirement in requirements.list {
      if case .latency(let asked) = requirement.metric { (percentile, limit) = (asked, requirement.limit) }
    }
    guard
      let before = SampleSummary(alone.measurement.samplesNanoseconds)?.percentile(percentile.quantile),
      let after = SampleSummary(beside.measurement.samplesNanoseconds)?.percentile(percentile.quantile),
      before.value > 0
    else { return nil }
    configuration = beside.configuration
    command = companion.command
    self.percentile = percentile
    self.alone = before
    self.beside = after
    self.limit = limit
  }

  /// The latency beside the other work, in that alone: 1.4 is 40 % longer.
  public var ratio: Double { beside.value / alone.value }

  /// What is left of the limit beside the other work, in shares of it; negative where it is exceeded.
  public var share: Double? { limit.flatMap { $0 > 0 ? 1 - beside.value / $0 : nil } }
}
