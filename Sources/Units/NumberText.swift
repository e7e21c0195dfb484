/// Numbers as text, without Foundation.
enum NumberText {
  /// `value` with three significant digits, and at least the digits before the point: "412", "26.0", "1.05".
  ///
  /// - Parameter value: Finite, not negative, below 10^15.
  static func threeDigits(_ value: Double) -> String {
    for (bound, decimals) in [(9.995, 2), (99.95, 1)] where value < bound {
      return fixed(value, decimals: decimals)
    }
    return fixed(value, decimals: 0)
  }

  /// `value` with `decimals` digits after the point, rounded to nearest.
  static func fixed(_ value: Double, decimals: Int) -> String {
    var power = 1.0
    for _ in 0..<decimals { power *= 10 }
    let scaled = Int64((value * power).rounded())
    guard decimals > 0 else { return String(scaled) }
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// `text` without the zeros that end a fraction: "1.80" is "1.8", "2.00" is "2".
  static func withoutTrailingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var result = text
    while result.last == "0" { result.removeLast() }
    if result.last == "." { result.removeLast() }
    return result
  }

  /// The shortest text that reads back as `value`, without an exponent where that is possible.
  static func shortest(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return String(value)
  }
}
