/// A decimal number and the unit behind it, as written: "1.5 GiB" is 15 / 10^1 and "GiB".
///
/// No sign, no exponent, no "nan" or "inf": a quantity of this package is finite and not negative.
struct DecimalText {
  /// At most ``digitLimit`` digits.
  var mantissa: Int128
  var fractionDigits: Int
  var unit: String

  /// A double has up to 17; 10^20 times the largest unit (an hour, 3.6e12 ns) stays within 128 bits.
  static let digitLimit = 20
  /// Longer texts are refused before they are looked at.
  private static let textLimit = 64

  /// `nil` where `text` does not start with a number, or has too many digits.
  init?(_ text: String) {
    guard text.utf8.count <= Self.textLimit else { return nil }
    var rest = Substring(text).drop { $0 == " " }
    var digits = 0
    var mantissa: Int128 = 0
    var fractionDigits = 0
    var hasPoint = false
    var digitFollowsPoint = false
    while let character = rest.unicodeScalars.first {
      if character == ".", !hasPoint, digits > 0 {
        hasPoint = true
      } else if let digit = Self.digit(character) {
        mantissa = mantissa * 10 + Int128(digit)
        digits += 1
        fractionDigits += hasPoint ? 1 : 0
        digitFollowsPoint = hasPoint
      } else {
        break
      }
      guard digits <= Self.digitLimit else { return nil }
      rest.unicodeScalars.removeFirst()
    }
    guard digits > 0, !hasPoint || digitFollowsPoint else { return nil }
    rest = rest.drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    self.mantissa = mantissa
    self.fractionDigits = fractionDigits
    self.unit = String(rest)
  }

  /// The number times `factor`, rounded to the nearest whole, halves up; `nil` where it exceeds `limit`.
  ///
  /// Exact for `factor` up to 10^18.
  func scaled(by factor: Int128, limit: Int64) -> Int64? {
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: factor)
    guard !overflow else { return nil }
    var divisor: Int128 = 1
    for _ in 0..<fractionDigits { divisor *= 10 }
    let whole = product / divisor
    let rounded = product % divisor >= divisor - divisor / 2 && divisor > 1 ? whole + 1 : whole
    return rounded <= Int128(limit) ? Int64(rounded) : nil
  }

  /// The number times ten to the power `exponent`, to the nearest double.
  func scaled(byPowerOfTen exponent: Int) -> Double {
    // The library's own reader rounds correctly, which a product of two doubles does not.
    Double("\(mantissa)e\(exponent - fractionDigits)") ?? .infinity
  }

  private static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
    (0x30...0x39).contains(scalar.value) ? UInt8(scalar.value - 0x30) : nil
  }
}
