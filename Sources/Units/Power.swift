/// Energy per time.
public struct Power: Sendable, Hashable, Comparable {
  public var watts: Double
  public init(watts: Double) { self.watts = watts }
  public static func < (a: Power, b: Power) -> Bool { a.watts < b.watts }
}

extension Power: Quantity {
  /// Reads "4.6 W", "750 mW".
  ///
  /// - Throws: ``UnitError`` for another unit, no number, or a sign.
  public init(parsing text: String) throws(UnitError) {
    guard let number = DecimalText(text), number.unit == "W" || number.unit == "mW" else {
      throw UnitError(found: text, expected: "a power such as '4.6 W'")
    }
    self.init(watts: number.scaled(byPowerOfTen: number.unit == "W" ? 0 : -3))
  }

  /// The shortest text that reads back as the same power: "4.6 W".
  public var exactText: String { "\(NumberText.shortest(watts)) W" }
}

extension Power: Codable {
  /// As text with its unit, see ``exactText``.
  public init(from decoder: any Decoder) throws { self = try decodeQuantity(from: decoder) }
  public func encode(to encoder: any Encoder) throws { try encodeText(exactText, to: encoder) }
}
