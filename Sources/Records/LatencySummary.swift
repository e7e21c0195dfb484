public import Statistics

/// The latency of one inference in nanoseconds, as printed in tables and in JSON under `latency_ns`.
///
/// Percentiles are by ``Statistics/Percentile``'s estimator; p90 and p99 are absent where the samples are too
/// few for their 99 % interval, and the interval of the median where they are too few for a 95 % one.
public struct LatencySummary: Sendable, Equatable {
  public var median: Double
  public var p90: Double?
  public var p99: Double?
  public var mean: Double
  /// Of the median: the distribution-free interval between two of the samples.
  public var ci95: Interval?
  /// How many.
  public var samples: Int

  public init(_ summary: SampleSummary) {
    median = summary.median
    p90 = summary.percentile(0.90)?.value
    p99 = summary.percentile(0.99)?.value
    mean = summary.mean
    ci95 = summary.percentile(0.5, confidence: 0.95)?.interval
    samples = summary.count
  }

  /// - Returns: `nil` for no samples.
  public init?(nanoseconds: [Int64]) {
    guard let summary = SampleSummary(nanoseconds) else { return nil }
    self.init(summary)
  }
}

/// Fields without a value are `null`, so that every summary has the same names.
extension LatencySummary: Encodable {
  enum CodingKeys: String, CodingKey { case median, p90, p99, mean, ci95, samples }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(median, forKey: .median)
    try values.encode(p90, forKey: .p90)
    try values.encode(p99, forKey: .p99)
    try values.encode(mean, forKey: .mean)
    try values.encode(ci95, forKey: .ci95)
    try values.encode(samples, forKey: .samples)
  }
}
