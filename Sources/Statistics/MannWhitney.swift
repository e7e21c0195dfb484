import Foundation

/// The Mann-Whitney U test: is one list of samples shifted against another?
///
/// Asks nothing of the distributions but independence; looks at ranks only, so one wild sample moves it little.
///
/// - Source: Mann and Whitney, Annals of Mathematical Statistics 18 (1947); tie correction as in Lehmann,
///   "Nonparametrics" (1975), section 1.5.
public struct MannWhitney: Sendable {
  /// Number of pairs in which the first list's sample is the larger, a tie counted as half.
  public let u: Double
  /// `u` over the number of pairs: the chance that a sample of the first list is the larger.
  public let superiority: Double
  /// Two-sided: the chance of a `u` at least this far from the middle if the lists come from one distribution.
  public let pValue: Double
  /// Whether `pValue` was counted out exactly; otherwise it is the normal approximation, corrected for ties
  /// and continuity.
  public let isExact: Bool

  /// Counted exactly up to this many pairs, where no two samples are equal.
  static let exactPairLimit = 400

  /// - Returns: `nil` if a list is empty or holds something that is not finite.
  public init?(_ first: [Double], _ second: [Double]) {
    guard !first.isEmpty, !second.isEmpty, first.allSatisfy(\.isFinite), second.allSatisfy(\.isFinite) else {
      return nil
    }
    let (rankSum, tieTerm) = Self.rankSum(first, second)
    let m = Double(first.count)
    let n = Double(second.count)
    u = rankSum - m * (m + 1) / 2
    superiority = u / (m * n)
    if tieTerm == 0 && m * n <= Double(Self.exactPairLimit) {
      pValue = Self.exactPValue(u: Int(u), first.count, second.count)
      isExact = true
    } else {
      pValue = Self.normalPValue(u: u, m, n, tieTerm: tieTerm)
      isExact = false
    }
  }

  /// The sum of the ranks, from 1, of `first` in both lists together, equal samples sharing their mean rank,
  /// and the sum of `t^3 - t` over groups of `t` equal samples.
  private static func rankSum(_ first: [Double], _ second: [Double]) -> (sum: Double, tieTerm: Double) {
    let all = (first.map { ($0, true) } + second.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var sum = 0.0
    var tieTerm = 0.0
    var start = 0
    while start < all.count {
      var end = start
      var ofFirst = 0.0
      while end < all.count && all[end].0 == all[start].0 {
        ofFirst += all[end].1 ? 1 : 0
        end += 1
      }
      sum += ofFirst * Double(start + 1 + end) / 2
      let ties = Double(end - start)
      tieTerm += ties * ties * ties - ties
      start = end
    }
    return (sum, tieTerm)
  }

  /// Counts, of all ways to interleave `m` and `n` different samples, those at least as far out as `u`.
  private static func exactPValue(u: Int, _ m: Int, _ n: Int) -> Double {
    // ways[i][v]: interleavings of i of the first with the second's samples seen so far that have u = v.
    // The recurrence removes the largest sample: from the first list it beats all j others, else none.
    var ways = Array(repeating: [1.0] + Array(repeating: 0.0, count: m * n), count: m + 1)
    for j in 1...n {
      for i in 1...m {
        for v in stride(from: m * n, through: 0, by: -1) {
          // ways[i - 1] already stands for j, ways[i] still for j - 1.
          ways[i][v] += v >= j ? ways[i - 1][v - j] : 0
        }
      }
    }
    let counts = ways[m]
    let total = counts.reduce(0, +)
    let far = max(u, m * n - u)
    let tail = counts[far...].reduce(0, +) / total
    return min(1, 2 * tail)
  }

  private static func normalPValue(u: Double, _ m: Double, _ n: Double, tieTerm: Double) -> Double {
    let all = m + n
    let variance = m * n / 12 * ((all + 1) - tieTerm / (all * (all - 1)))
    // All samples equal: nothing tells the lists apart.
    guard variance > 0 else { return 1 }
    let distance = max(0, abs(u - m * n / 2) - 0.5)
    return min(1, erfc(distance / variance.squareRoot() / 2.0.squareRoot()))
  }
}
