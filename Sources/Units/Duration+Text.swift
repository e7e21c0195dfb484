extension Duration: Quantity {
  private static let units: [(name: String, attoseconds: Int128)] = [
    ("ns", 1_000_000_000), ("us", 1_000_000_000_000), ("\u{B5}s", 1_000_000_000_000),
    ("\u{3BC}s", 1_000_000_000_000), ("ms", 1_000_000_000_000_000), ("s", 1_000_000_000_000_000_000),
    ("m", 60_000_000_000_000_000_000), ("min", 60_000_000_000_000_000_000),
    ("h", 3_600_000_000_000_000_000_000),
  ]

  /// Reads "50ms", "1.5 s", "200us", "10m" (minutes), "2h", to the nanosecond.
  ///
  /// - Throws: ``UnitError`` for another unit, no number, a sign, or more nanoseconds than 64 bits hold.
  public init(parsing text: String) throws(UnitError) {
    guard let number = DecimalText(text), let unit = Self.units.first(where: { $0.name == number.unit })
    else {
      throw UnitError(found: text, expected: "a duration such as '50ms'")
    }
    guard let nanoseconds = number.scaled(by: unit.attoseconds / 1_000_000_000, limit: .max) else {
      throw UnitError(found: text, expected: "a duration below 292 years, such as '50ms'")
    }
    self = .nanoseconds(nanoseconds)
  }
}

extension Duration {
  /// Whole nanoseconds, towards zero; the nearest 64-bit number where there are more.
  public var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, sumOverflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    guard !overflow, !sumOverflow else { return seconds < 0 ? .min : .max }
    return sum
  }

  /// Seconds with their fraction, to double precision.
  public var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  /// Milliseconds with their fraction, to double precision.
  public var milliseconds: Double { seconds * 1e3 }

  /// Three significant digits in the unit that suits: "412 ms", "26.0 µs", "1.50 s", "12.5 min".
  public var shortText: String {
    guard self != .zero else { return "0 s" }
    guard self > .zero else { return "-" + (Duration.zero - self).shortText }
    let nanoseconds = seconds * 1e9
    let steps: [(name: String, size: Double, bound: Double)] = [
      ("ns", 1, 999.5), ("\u{B5}s", 1e3, 999.5), ("ms", 1e6, 999.5), ("s", 1e9, 599.5), ("min", 6e10, 599.5),
    ]
    for step in steps where nanoseconds / step.size < step.bound {
      return "\(NumberText.threeDigits(nanoseconds / step.size)) \(step.name)"
    }
    return "\(NumberText.threeDigits(nanoseconds / 3.6e12)) h"
  }
}
