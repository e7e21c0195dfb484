/// A share, written per hundred: "1%" is the fraction 0.01.
public struct Percentage: Sendable, Hashable, Comparable {
  /// 1 is the whole. Finite and not negative when read from text.
  public var fraction: Double
  public init(fraction: Double) { self.fraction = fraction }
  public init(percent: Double) { fraction = percent / 100 }
  public var percent: Double { fraction * 100 }
  public static func < (a: Percentage, b: Percentage) -> Bool { a.fraction < b.fraction }
}

extension Percentage: Quantity {
  /// Reads "1%", "0.5 %".
  ///
  /// - Throws: ``UnitError`` where the percent sign or the number is missing, or there is a sign before it.
  public init(parsing text: String) throws(UnitError) {
    guard let number = DecimalText(text), number.unit == "%" else {
      throw UnitError(found: text, expected: "a percentage such as '1%'")
    }
    self.init(fraction: number.scaled(byPowerOfTen: -2))
  }

  /// The shortest text that reads back as the same share.
  public var exactText: String {
    for decimals in 0...12 where fraction >= 0 && fraction < 1e4 {
      let text = "\(NumberText.fixed(percent, decimals: decimals))%"
      if (try? Percentage(parsing: text)) == self { return text }
    }
    return "\(NumberText.shortest(percent))%"
  }
}

extension Percentage: CustomStringConvertible {
  /// Up to two digits after the point: "1%", "0.25%".
  public var description: String {
    guard fraction.isFinite, fraction >= 0, percent < 1e12 else { return "\(percent)%" }
    return NumberText.withoutTrailingZeros(NumberText.fixed(percent, decimals: 2)) + "%"
  }
}

extension Percentage: Codable {
  /// As text with its unit.
  public init(from decoder: any Decoder) throws { self = try decodeQuantity(from: decoder) }
  public func encode(to encoder: any Encoder) throws { try encodeText(exactText, to: encoder) }
}
