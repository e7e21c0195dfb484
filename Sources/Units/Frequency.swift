/// A clock: cycles per second.
public struct Frequency: Sendable, Hashable, Comparable {
  public var hertz: Double
  public init(hertz: Double) { self.hertz = hertz }
  public static func megahertz(_ count: Double) -> Frequency { Frequency(hertz: count * 1e6) }
  public static func < (a: Frequency, b: Frequency) -> Bool { a.hertz < b.hertz }
}

extension Frequency: Quantity {
  private static let units: [(name: String, exponent: Int, hertz: Double)] = [
    ("GHz", 9, 1e9), ("MHz", 6, 1e6), ("kHz", 3, 1e3), ("Hz", 0, 1),
  ]

  /// Reads "1.8 GHz", "900MHz".
  ///
  /// - Throws: ``UnitError`` for another unit, no number, or a sign.
  public init(parsing text: String) throws(UnitError) {
    guard let number = DecimalText(text), let unit = Self.units.first(where: { $0.name == number.unit })
    else {
      throw UnitError(found: text, expected: "a frequency such as '1.8 GHz'")
    }
    self.init(hertz: number.scaled(byPowerOfTen: unit.exponent))
  }

  /// The shortest text that reads back as the same frequency: "1416 MHz", "1.5 GHz".
  public var exactText: String {
    for unit in Self.units where hertz >= unit.hertz {
      let text = "\(NumberText.shortest(hertz / unit.hertz)) \(unit.name)"
      if (try? Frequency(parsing: text)) == self { return text }
    }
    return "\(NumberText.shortest(hertz)) Hz"
  }
}

extension Frequency: CustomStringConvertible {
  /// Up to three digits after the point: "1.8 GHz", "1.416 GHz", "900 MHz".
  public var description: String {
    guard hertz.isFinite, hertz >= 0, hertz < 1e15 else { return "\(hertz) Hz" }
    let unit = Self.units.first { hertz >= $0.hertz } ?? ("Hz", 0, 1)
    return
      "\(NumberText.withoutTrailingZeros(NumberText.fixed(hertz / unit.hertz, decimals: 3))) \(unit.name)"
  }
}

extension Frequency: Codable {
  /// As text with its unit, see ``exactText``.
  public init(from decoder: any Decoder) throws { self = try decodeQuantity(from: decoder) }
  public func encode(to encoder: any Encoder) throws { try encodeText(exactText, to: encoder) }
}
