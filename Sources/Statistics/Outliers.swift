/// How many samples lie outside Tukey's fences.
///
/// - Source: Tukey, "Exploratory Data Analysis" (1977): inner fences at 1.5, outer at 3 interquartile ranges
///   beyond the quartiles. For normal samples 0.7 % lie outside the inner, 0.0002 % outside the outer fences.
public struct Outliers: Sendable, Hashable, Codable {
  public var severeLow: Int
  public var mildLow: Int
  public var mildHigh: Int
  public var severeHigh: Int

  static let innerFence = 1.5
  static let outerFence = 3.0

  public init(_ summary: SampleSummary) {
    let q1 = summary.quantile(0.25)
    let q3 = summary.quantile(0.75)
    let inner = Self.innerFence * (q3 - q1)
    let outer = Self.outerFence * (q3 - q1)
    severeLow = summary.sorted.count { $0 < q1 - outer }
    mildLow = summary.sorted.count { $0 < q1 - inner } - severeLow
    severeHigh = summary.sorted.count { $0 > q3 + outer }
    mildHigh = summary.sorted.count { $0 > q3 + inner } - severeHigh
  }

  public var mild: Int { mildLow + mildHigh }
  public var severe: Int { severeLow + severeHigh }

  enum CodingKeys: String, CodingKey {
    case severeLow = "severe_low"
    case mildLow = "mild_low"
    case mildHigh = "mild_high"
    case severeHigh = "severe_high"
  }
}
