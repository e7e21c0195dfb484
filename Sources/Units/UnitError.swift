/// A text that is not the quantity it was read as.
///
/// The description continues a place that the caller knows:
/// `memory.dram ` + `is '512 MB'; expected a binary size such as '512 MiB'`.
public struct UnitError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The text that was read, made printable and cut to ``foundLimit`` characters.
  public let found: String
  /// A noun phrase: "a binary size such as '512 MiB'".
  public let expected: String

  /// A longer text from outside is cut, so that one line stays one line.
  public static let foundLimit = 60

  public init(found: String, expected: String) {
    self.found = printable(found, limit: Self.foundLimit)
    self.expected = expected
  }

  public var description: String { "is '\(found)'; expected \(expected)" }
}

/// `text` on one line: control characters become '?', and what exceeds `limit` characters becomes '...'.
public func printable(_ text: String, limit: Int) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    guard count < limit else { return result + "..." }
    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    let isLineOrDirection =
      (0x2028...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    result.unicodeScalars.append(isControl || isLineOrDirection ? "?" : scalar)
    count += 1
  }
  return result
}
