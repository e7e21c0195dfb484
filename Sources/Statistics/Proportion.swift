import Foundation

/// A share of successes, such as an accuracy, with its interval.
public enum Proportion {
  /// Wilson's score interval of `successes` out of `count`.
  ///
  /// Holds the truth about as often as stated even near 0 and 1, where the textbook's `p +- z * s` does not.
  ///
  /// - Source: Wilson, Journal of the American Statistical Association 22 (1927).
  /// - Returns: `nil` unless `0 <= successes <= count`, `count >= 1` and `0 < confidence < 1`.
  public static func wilsonInterval(successes: Int, of count: Int, confidence: Double = 0.95) -> Interval? {
    guard count >= 1, successes >= 0, successes <= count, confidence > 0, confidence < 1 else { return nil }
    let z = Normal.quantile((1 + confidence) / 2)
    let n = Double(count)
    let p = Double(successes) / n
    let shrink = 1 + z * z / n
    let middle = (p + z * z / (2 * n)) / shrink
    let half = z / shrink * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    // At the ends the formula is exactly 0 or 1 but for rounding.
    return Interval(
      successes == 0 ? 0 : max(0, middle - half), successes == count ? 1 : min(1, middle + half))
  }
}

/// The standard normal distribution.
enum Normal {
  static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  /// The inverse of ``cumulative(_:)`` for `0 < p < 1`, by bisection, to 1e-14.
  static func quantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1)
    var low = -40.0
    var high = 40.0
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if cumulative(middle) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
