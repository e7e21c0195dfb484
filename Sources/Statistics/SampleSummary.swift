import Foundation

/// What a list of samples says of the distribution that they came from.
///
/// Keeps the samples in the order measured and sorted; every figure is computed when asked for.
public struct SampleSummary: Sendable {
  /// In the order measured; all finite.
  public let samples: [Double]
  public let sorted: [Double]

  /// - Returns: `nil` if there is no sample, or one is not finite.
  public init?(_ samples: [Double]) {
    guard !samples.isEmpty, samples.allSatisfy(\.isFinite) else { return nil }
    self.samples = samples
    self.sorted = samples.sorted()
  }

  public init?(_ samples: [Int64]) { self.init(samples.map(Double.init)) }

  public var count: Int { samples.count }
  public var minimum: Double { sorted[0] }
  public var maximum: Double { sorted[sorted.count - 1] }

  public var mean: Double {
    // Of the differences to one of them: a sum of large numbers would lose digits, or overflow.
    let origin = sorted[sorted.count / 2]
    return origin + sorted.reduce(0) { $0 + ($1 - origin) / Double(count) }
  }

  /// The square root of the unbiased variance; `nil` for one sample.
  public var standardDeviation: Double? {
    guard count > 1 else { return nil }
    let mean = mean
    return (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
  }

  /// By ``Percentile``'s estimator, however few samples there are.
  public var median: Double { quantile(0.5) }

  /// By ``Percentile``'s estimator, however few samples there are: for fences and plots, not for tables.
  ///
  /// - Precondition: `0 <= quantile <= 1`.
  public func quantile(_ quantile: Double) -> Double {
    guard let value = Percentile.estimate(quantile, ofSorted: sorted) else {
      preconditionFailure("a quantile lies in 0...1, not at \(quantile)")
    }
    return value
  }

  /// The percentile with its order-statistic interval, where there are samples enough for it: see
  /// ``Percentile/minimumSampleCount(for:confidence:)``.
  public func percentile(_ quantile: Double, confidence: Double = 0.99) -> Estimate? {
    guard let value = Percentile.estimate(quantile, ofSorted: sorted),
      let interval = Percentile.interval(quantile, ofSorted: sorted, confidence: confidence)
    else { return nil }
    return Estimate(value: value, interval: interval)
  }

  /// The median of the distances to the median, not scaled to a normal distribution's deviation.
  public var medianAbsoluteDeviation: Double {
    let median = median
    let distances = sorted.map { abs($0 - median) }.sorted()
    return Percentile.estimate(0.5, ofSorted: distances) ?? 0
  }
}
