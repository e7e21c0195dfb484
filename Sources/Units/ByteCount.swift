/// A number of bytes: memory, a file, a buffer.
public struct ByteCount: Sendable, Hashable, Comparable {
  public var bytes: Int64

  public init(bytes: Int64) { self.bytes = bytes }
  public init(bytes: Int) { self.bytes = Int64(bytes) }

  public static let zero = ByteCount(bytes: Int64(0))

  public static func kibibytes(_ count: Double) -> ByteCount { ByteCount(bytes: Int64(count * 1024)) }
  public static func mebibytes(_ count: Double) -> ByteCount { ByteCount(bytes: Int64(count * 1_048_576)) }
  public static func gibibytes(_ count: Double) -> ByteCount {
    ByteCount(bytes: Int64(count * 1_073_741_824))
  }

  public static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }
}

extension ByteCount {
  /// Bytes per unit, largest unit first.
  private static let units: [(name: String, bytes: Int64)] = [
    ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
  ]

  /// Reads "512 MiB", "64MiB", "8 KiB", "1.5GiB", "896 B".
  ///
  /// A fraction of a byte is rounded to the nearest. Decimal units ("MB", "kB") are refused: a reader
  /// cannot tell whether 10^6 or 2^20 bytes are meant.
  ///
  /// - Throws: ``UnitError`` for another unit, no number, a sign, or 8 EiB and more.
  public init(parsing text: String) throws(UnitError) {
    guard let number = DecimalText(text), let unit = Self.units.first(where: { $0.name == number.unit })
    else {
      throw UnitError(found: text, expected: "a binary size such as '512 MiB'")
    }
    guard let bytes = number.scaled(by: Int128(unit.bytes), limit: .max) else {
      throw UnitError(found: text, expected: "a binary size below 8 EiB, such as '512 MiB'")
    }
    self.init(bytes: bytes)
  }

  /// The size in the largest unit that divides it: "512 MiB", "1537 KiB". Reads back as the same size.
  public var exactText: String {
    guard bytes != 0 else { return "0 B" }
    let unit = Self.units.first { bytes % $0.bytes == 0 } ?? ("B", 1)
    return "\(bytes / unit.bytes) \(unit.name)"
  }
}

extension ByteCount: CustomStringConvertible {
  /// Three significant digits in the unit that suits: "61.2 MiB", "896 B"; "64 MiB" where that is exact.
  public var description: String {
    guard bytes >= 0 else { return bytes == .min ? "\(bytes) B" : "-" + ByteCount(bytes: -bytes).description }
    for unit in Self.units where bytes >= unit.bytes {
      if bytes % unit.bytes == 0 { return "\(bytes / unit.bytes) \(unit.name)" }
      return "\(NumberText.threeDigits(Double(bytes) / Double(unit.bytes))) \(unit.name)"
    }
    return "0 B"
  }
}

extension ByteCount: Codable {
  /// As text with its unit, see ``exactText``.
  public init(from decoder: any Decoder) throws { self = try decodeQuantity(from: decoder) }
  public func encode(to encoder: any Encoder) throws { try encodeText(exactText, to: encoder) }
}

extension ByteCount: Quantity {}
