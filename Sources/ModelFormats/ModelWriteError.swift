/// Why a graph cannot be written in a format, in one line: where, what was found, and what to do.
public enum ModelWriteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The format has no operator, or no form of it, for a node.
  case unsupported(format: String, node: String, op: String, reason: String)
  /// A tensor is of a type that the format does not have.
  case type(format: String, tensor: String, type: String)
  /// The file would be larger than the format's offsets reach.
  case tooLarge(format: String, byteCount: Int, limit: Int)

  public var description: String {
    switch self {
    case .unsupported(let format, let node, let op, let reason):
      "node '\(node)' (\(op)) cannot be written as \(format): \(reason). "
        + "Write a plan (.ebplan), which holds every operator, or another format."
    case .type(let format, let tensor, let type):
      "tensor '\(tensor)' is \(type), which \(format) does not have. Write a plan (.ebplan) or another format."
    case .tooLarge(let format, let byteCount, let limit):
      "the model takes \(byteCount) bytes; \(format) holds at most \(limit). Write a plan (.ebplan)."
    }
  }
}
