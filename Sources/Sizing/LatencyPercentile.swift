/// A percentile of the latency, to the hundredth of a per cent: "p99", "p99.9", "median".
public struct LatencyPercentile: Sendable, Hashable, Comparable {
  /// 9900 for p99.
  public let perTenThousand: Int

  private init(perTenThousand: Int) { self.perTenThousand = perTenThousand }

  public static let median = LatencyPercentile(perTenThousand: 5000)
  /// The target percentile of MLPerf's single-stream scenario, used where a limit names none.
  public static let p90 = LatencyPercentile(perTenThousand: 9000)
  public static let p99 = LatencyPercentile(perTenThousand: 9900)

  /// 0 to 1, both excluded.
  public var quantile: Double { Double(perTenThousand) / 10_000 }

  /// Reads "p99", "p99.9", "p50", "median".
  ///
  /// - Returns: `nil` for anything else, and for p0 and p100, of which no number of samples tells anything.
  public init?(_ text: String) {
    if text == "median" {
      self = .median
      return
    }
    guard text.first == "p" || text.first == "P" else { return nil }
    let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), (1...2).contains(parts[0].utf8.count), Self.areDigits(parts),
      let whole = Int(parts[0]), whole >= 1
    else { return nil }
    var hundredths = 0
    if parts.count == 2 {
      guard (1...2).contains(parts[1].utf8.count), let digits = Int(parts[1]) else { return nil }
      hundredths = parts[1].utf8.count == 1 ? digits * 10 : digits
    }
    perTenThousand = whole * 100 + hundredths
  }

  private static func areDigits(_ parts: [Substring]) -> Bool {
    parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }

  /// "p99", "p99.9", "median".
  public var name: String {
    if self == .median { return "median" }
    let (whole, rest) = perTenThousand.quotientAndRemainder(dividingBy: 100)
    if rest == 0 { return "p\(whole)" }
    return rest % 10 == 0 ? "p\(whole).\(rest / 10)" : "p\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  public static func < (a: Self, b: Self) -> Bool { a.perTenThousand < b.perTenThousand }
}
