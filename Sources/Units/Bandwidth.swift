/// Bytes per second.
public struct Bandwidth: Sendable, Hashable, Comparable {
  public var bytesPerSecond: Double
  public init(bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }
  public static func megabytesPerSecond(_ count: Double) -> Bandwidth {
    Bandwidth(bytesPerSecond: count * 1e6)
  }
  public static func < (a: Bandwidth, b: Bandwidth) -> Bool { a.bytesPerSecond < b.bytesPerSecond }
}

extension Bandwidth: Quantity {
  private static let units: [(name: String, exponent: Int, bytesPerSecond: Double)] = [
    ("GB/s", 9, 1e9), ("MB/s", 6, 1e6), ("kB/s", 3, 1e3), ("B/s", 0, 1),
  ]

  /// Reads "2326 MB/s", "1.2 GB/s". Bandwidths are decimal, as sources publish them.
  ///
  /// - Throws: ``UnitError`` for another unit ("Mbit/s", "MiB/s"), no number, or a sign.
  public init(parsing text: String) throws(UnitError) {
    guard let number = DecimalText(text), let unit = Self.units.first(where: { $0.name == number.unit })
    else {
      throw UnitError(found: text, expected: "a bandwidth such as '2326 MB/s'")
    }
    self.init(bytesPerSecond: number.scaled(byPowerOfTen: unit.exponent))
  }

  /// The shortest text that reads back as the same bandwidth.
  public var exactText: String {
    for unit in Self.units.dropFirst() where bytesPerSecond >= unit.bytesPerSecond {
      let text = "\(NumberText.shortest(bytesPerSecond / unit.bytesPerSecond)) \(unit.name)"
      if (try? Bandwidth(parsing: text)) == self { return text }
    }
    return "\(NumberText.shortest(bytesPerSecond)) B/s"
  }
}

extension Bandwidth: CustomStringConvertible {
  /// Three significant digits, megabytes and above all in MB/s: "2326 MB/s", "98.3 MB/s".
  public var description: String {
    guard bytesPerSecond.isFinite, bytesPerSecond >= 0, bytesPerSecond < 1e15 else {
      return "\(bytesPerSecond) B/s"
    }
    let unit = Self.units.dropFirst().first { bytesPerSecond >= $0.bytesPerSecond } ?? ("B/s", 0, 1)
    let digits = NumberText.threeDigits(bytesPerSecond / unit.bytesPerSecond)
    return "\(NumberText.withoutTrailingZeros(digits)) \(unit.name)"
  }
}

extension Bandwidth: Codable {
  /// As text with its unit, see ``exactText``.
  public init(from decoder: any Decoder) throws { self = try decodeQuantity(from: decoder) }
  public func encode(to encoder: any Encoder) throws { try encodeText(exactText, to: encoder) }
}
