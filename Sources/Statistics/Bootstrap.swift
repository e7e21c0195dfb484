/// Intervals for statistics whose distribution nobody knows: computed again on samples drawn from the samples.
///
/// The interval is the percentile bootstrap's. It holds the truth somewhat less often than stated for fewer
/// than about 20 samples; for a percentile of the samples prefer ``Percentile/interval(_:ofSorted:confidence:)``.
///
/// - Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
public struct Bootstrap: Sendable {
  public var seed: UInt64
  public var resampleCount: Int
  public var confidence: Double

  /// - Precondition: `resampleCount >= 100`, `0 < confidence < 1`.
  public init(seed: UInt64, resampleCount: Int = 2000, confidence: Double = 0.95) {
    precondition(resampleCount >= 100 && confidence > 0 && confidence < 1)
    self.seed = seed
    self.resampleCount = resampleCount
    self.confidence = confidence
  }

  /// The interval of `statistic`, a function of unsorted samples.
  ///
  /// - Returns: `nil` for fewer than 2 samples, or a statistic that is not finite.
  public func interval(
    of samples: [Double], _ statistic: ([Double]) -> Double
  ) -> Interval? {
    guard samples.count >= 2 else { return nil }
    var generator = SeededGenerator(seed: seed)
    let values = (0..<resampleCount).map { _ in statistic(resample(samples, &generator)) }
    return interval(of: values)
  }

  public func intervalOfMean(_ samples: [Double]) -> Interval? {
    interval(of: samples) { SampleSummary($0)?.mean ?? .nan }
  }

  public func intervalOfMedian(_ samples: [Double]) -> Interval? {
    interval(of: samples) { SampleSummary($0)?.median ?? .nan }
  }

  /// The interval of `median(numerator) / median(denominator)`, both resampled independently.
  ///
  /// - Returns: `nil` for fewer than 2 samples on a side, or a median of zero below the line.
  public func intervalOfMedianRatio(_ numerator: [Double], over denominator: [Double]) -> Interval? {
    guard numerator.count >= 2, denominator.count >= 2 else { return nil }
    var generator = SeededGenerator(seed: seed)
    let values = (0..<resampleCount).map { _ in
      let above = SampleSummary(resample(numerator, &generator))?.median ?? .nan
      let below = SampleSummary(resample(denominator, &generator))?.median ?? .nan
      return above / below
    }
    return interval(of: values)
  }

  private func resample(_ samples: [Double], _ generator: inout SeededGenerator) -> [Double] {
    (0..<samples.count).map { _ in samples[generator.index(below: samples.count)] }
  }

  private func interval(of values: [Double]) -> Interval? {
    guard values.allSatisfy(\.isFinite) else { return nil }
    let sorted = values.sorted()
    let tail = (1 - confidence) / 2
    guard let lower = Percentile.estimate(tail, ofSorted: sorted),
      let upper = Percentile.estimate(1 - tail, ofSorted: sorted)
    else { return nil }
    return Interval(lower, upper)
  }
}
