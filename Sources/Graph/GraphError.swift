/// Why a graph cannot be used: where, what was found, and what was expected.
public struct GraphError: Error, Sendable, Hashable, CustomStringConvertible {
  /// "node 'stem' (conv2d)", "tensor 3 'logits'".
  public var place: String
  /// "weights are 8x3x3x4".
  public var found: String
  /// "8x3x3x3".
  public var expected: String

  public init(place: String, found: String, expected: String) {
    self.place = place
    self.found = found
    self.expected = expected
  }

  public var description: String { "\(place): \(found); expected \(expected)" }
}
