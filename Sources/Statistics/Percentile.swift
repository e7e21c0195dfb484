import Foundation

/// Percentiles, by one estimator, and how far to trust them.
///
/// The estimator everywhere in this project is Hyndman and Fan's type 7: the value at position
/// `(n - 1) * q` of the sorted samples, counted from 0, linear between neighbours. It is what numpy, R and
/// spreadsheets compute by default, so anyone can recheck a table.
///
/// - Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician
///   50 (1996), definition 7.
public enum Percentile {
  /// The `quantile` (0...1) of `sorted`.
  ///
  /// - Returns: `nil` for no samples, or a quantile outside 0...1.
  public static func estimate(_ quantile: Double, ofSorted sorted: [Double]) -> Double? {
    guard !sorted.isEmpty, quantile >= 0, quantile <= 1 else { return nil }
    let position = Double(sorted.count - 1) * quantile
    let below = Int(position)
    guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
    let fraction = position - Double(below)
    return sorted[below] + fraction * (sorted[below + 1] - sorted[below])
  }

  /// The fewest samples that say anything about `quantile` at `confidence`.
  ///
  /// All `n` samples lie below the quantile with probability `q^n`, all above with `(1 - q)^n`; only
  /// otherwise do the smallest and the largest sample hold it between them. So `n` is the least with
  /// `1 - q^n - (1 - q)^n >= confidence`: at 99 %, 44 for p90, 90 for p95, 459 for p99, 4603 for p99.9.
  ///
  /// - Returns: `nil` unless both arguments lie strictly between 0 and 1 and fewer than 2^40 samples do.
  public static func minimumSampleCount(for quantile: Double, confidence: Double = 0.99) -> Int? {
    guard quantile > 0, quantile < 1, confidence > 0, confidence < 1 else { return nil }
    let tail = max(quantile, 1 - quantile)
    let miss = 1 - confidence
    // The far side only adds to the miss: start where the near side alone fits, and walk up.
    let start = log(miss) / log(tail)
    guard start < 0x1p40 else { return nil }
    var count = max(1, Int(start.rounded(.down)))
    while pow(tail, Double(count)) + pow(1 - tail, Double(count)) > miss { count += 1 }
    return count
  }

  /// The interval between two order statistics that holds the true `quantile` with at least `confidence`,
  /// whatever the distribution of the samples.
  ///
  /// The number of samples below the quantile is binomial(n, q), so `[x(l), x(u)]`, counted from 1, holds it
  /// with probability `P(l <= X < u)`. The tails are equal where there are samples enough; near the minimum count the
  /// short side takes what it needs of the allowed miss and the other side gets the rest.
  /// Assumes independent samples.
  ///
  /// - Source: David and Nagaraja, "Order Statistics", 3rd ed. (2003), section 7.1.
  /// - Returns: `nil` with fewer samples than ``minimumSampleCount(for:confidence:)``.
  public static func interval(
    _ quantile: Double, ofSorted sorted: [Double], confidence: Double = 0.99
  ) -> Interval? {
    guard let ranks = ranks(quantile, count: sorted.count, confidence: confidence) else { return nil }
    return Interval(sorted[ranks.lower - 1], sorted[ranks.upper - 1])
  }

  /// The ranks, counted from 1, of the order statistics that ``interval(_:ofSorted:confidence:)`` reads.
  static func ranks(
    _ quantile: Double, count: Int, confidence: Double
  ) -> (lower: Int, upper: Int)? {
    guard let minimum = minimumSampleCount(for: quantile, confidence: confidence), count >= minimum else {
      return nil
    }
    let below = Binomial(trials: count, probability: quantile)
    let miss = 1 - confidence
    var lower = below.largestCount(lowerTail: miss / 2)
    var upper = below.smallestCount(upperTail: miss / 2)
    if upper > count {
      upper = count
      lower = below.largestCount(lowerTail: miss - below.probability(from: count, below: count + 1))
    } else if lower < 1 {
      lower = 1
      upper = below.smallestCount(upperTail: miss - below.probability(from: 0, below: 1))
    }
    // Rounding may leave an end just outside where the count is exactly the minimum.
    lower = max(lower, 1)
    upper = min(upper, count)
    return lower <= upper ? (lower, upper) : nil
  }
}
