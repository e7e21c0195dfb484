import Foundation

/// Two classifiers on the same samples: how much less often the second is right, and whether that is more than chance.
///
/// Only samples on which one is right and the other wrong tell them apart.
public struct PairedProportions: Sendable, Hashable {
  /// Samples that only the first gets right.
  public let onlyFirst: Int
  /// Samples that only the second gets right.
  public let onlySecond: Int
  public let count: Int

  /// - Precondition: Both have as many samples.
  public init(first: [Bool], second: [Bool]) {
    precondition(first.count == second.count)
    onlyFirst = zip(first, second).count { $0 && !$1 }
    onlySecond = zip(first, second).count { !$0 && $1 }
    count = first.count
  }

  /// - Precondition: `onlyFirst + onlySecond <= count`, none negative.
  public init(onlyFirst: Int, onlySecond: Int, of count: Int) {
    precondition(onlyFirst >= 0 && onlySecond >= 0 && onlyFirst + onlySecond <= count)
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    self.count = count
  }

  /// What the second loses of the first's share of right answers; negative where it gains. `nil` for no samples.
  public var drop: Double? { count == 0 ? nil : Double(onlyFirst - onlySecond) / Double(count) }

  /// The chance of a difference at least this clear between classifiers that are right equally often: McNemar's test,
  /// counted exactly, two-sided.
  public var pValue: Double {
    let different = onlyFirst + onlySecond
    guard different > 0 else { return 1 }
    let larger = max(onlyFirst, onlySecond)
    let tail = Binomial(trials: different, probability: 0.5).probability(from: larger, below: different + 1)
    return min(1, 2 * tail)
  }

  /// Whether the difference may be chance, at 5 %.
  public var isWithinNoise: Bool { pValue > 0.05 }

  /// The interval of ``drop`` by the score test. It has a width even where the two never differ, for on other samples they
  /// might.
  ///
  /// - Parameter z: Quantile of the normal distribution: 1.96 for 95 %.
  /// - Source: Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
  ///   design", Statistics in Medicine 17 (1998).
  /// - Returns: `nil` for fewer than 10 samples.
  public func scoreInterval(z: Double = 1.959963984540054) -> Interval? {
    guard count >= 10, let drop else { return nil }
    func crossing(from inside: Double, to outside: Double) -> Double {
      var (inner, outer) = (inside, outside)
      for _ in 0..<60 {
        let middle = (inner + outer) / 2
        if score(at: middle).magnitude <= z { inner = middle } else { outer = middle }
      }
      return inner
    }
    let lower = score(at: -1).magnitude <= z ? -1 : crossing(from: drop, to: -1)
    let upper = score(at: 1).magnitude <= z ? 1 : crossing(from: drop, to: 1)
    return Interval(lower, upper)
  }

  /// How many standard deviations the observed difference is from `delta`, if that is the true one.
  private func score(at delta: Double) -> Double {
    let (n, b, c) = (Double(count), Double(onlyFirst), Double(onlySecond))
    let distance = b - c - n * delta
    // The likeliest share of samples that only the second gets right, given `delta`.
    let linear = -b - c + (2 * n - b + c) * delta
    let constant = -c * delta * (1 - delta)
    let root = max(0, linear * linear - 8 * n * constant).squareRoot()
    let share = max(0, (root - linear) / (4 * n))
    let variance = n * (2 * share + delta * (1 - delta))
    return variance > 0 ? distance / variance.squareRoot() : distance == 0 ? 0 : .infinity
  }
}
