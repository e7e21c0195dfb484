/// Why data cannot be used, in one line: where, what was found, what was expected.
public struct DatasetError: Error, Sendable, Hashable, CustomStringConvertible {
  public var place: String
  public var found: String
  public var expected: String

  public init(_ place: String, _ found: String, expected: String) {
    self.place = place
    self.found = found
    self.expected = expected
  }

  public var description: String { "\(place): \(found); expected \(expected)." }
}
