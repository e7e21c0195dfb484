public import Graph

/// Why a graph cannot be trained, or a training not be continued.
public enum TrainingError: Error, Sendable, CustomStringConvertible {
  /// There is no gradient for an operator.
  case unsupported(node: String, op: String, reason: String)
  /// The graph's shapes do not hold for a batch.
  case batch(GraphError)
  /// Data, options or loss do not fit the graph.
  case mismatch(String)
  /// A loss that is not finite: the rate is too large, or data are.
  case diverged(epoch: Int)
  case checkpoint(path: String, problem: String)
  /// The time that it was given is over.
  case stopped(epoch: Int, of: Int)

  public var description: String {
    switch self {
    case .unsupported(let node, let op, let reason):
      "node '\(node)' (\(op)) has no gradient: \(reason)."
    case .batch(let error): "the model cannot be run in batches: \(error)."
    case .mismatch(let text): text
    case .diverged(let epoch):
      "the loss is not finite in epoch \(epoch); expected it to fall. Take a smaller learning rate."
    case .checkpoint(let path, let problem): "\(path): \(problem)."
    case .stopped(let epoch, let epochs): "stopped in epoch \(epoch) of \(epochs)."
    }
  }
}
