internal import Glibc
public import Graph
public import Inference

/// Why a graph cannot be lowered.
public enum LoweringError: Error, CustomStringConvertible {
  /// The graph does not fit together.
  case invalid(GraphError)
  /// No operator of this build does what the node asks for.
  case unsupported(node: String, op: String, reason: String)
  /// Folding constants failed when running them.
  case folding(PlanError)
  /// A file could not be written; an `errno` value.
  case cannotWrite(path: String, errno: Int32)

  public var description: String {
    switch self {
    case .invalid(let error): error.description
    case .unsupported(let node, let op, let reason):
      "node '\(node)' (\(op)) cannot be run: \(reason)."
    case .folding(let error): "constants cannot be folded: \(error.description)"
    case .cannotWrite(let path, let errno):
      "\(path): cannot be written: \(String(cString: strerror(errno))); expected a writable folder with enough space."
    }
  }
}
