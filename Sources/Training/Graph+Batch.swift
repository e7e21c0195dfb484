public import Graph

extension Graph {
  /// The same graph for `count` samples at once: the first extent of every activation times `count`.
  ///
  /// - Precondition: The graph is valid.
  /// - Throws: ``TrainingError/batch(_:)`` where a node's result does not have the batch as its first axis.
  public func batched(_ count: Int) throws(TrainingError) -> Graph {
    var graph = self
    func scaled(_ shape: Shape) -> Shape {
      guard let first = shape.dimensions.first else { return shape }
      return Shape([first * count] + shape.dimensions.dropFirst())
    }
    for id in inputs { graph[id].shape = scaled(self[id].shape) }
    for node in nodes {
      let depends = node.inputs.contains { $0.map { graph[$0].shape != self[$0].shape } ?? false }
      guard depends else { continue }
      for id in node.outputs { graph[id].shape = scaled(self[id].shape) }
    }
    do throws(GraphError) { try graph.validate() } catch { throw .batch(error) }
    return graph
  }

  /// What the last softmax is taken of, its rounding to steps looked through; the first output where none makes it.
  public var logits: TensorID? {
    guard let output = outputs.first else { return nil }
    func maker(of id: TensorID) -> Node? { nodes.first { $0.outputs.contains(id) } }
    var last = maker(of: output)
    while let node = last, node.op.convertsSteps, let x = node.inputs[0] {
      last = maker(of: x)
    }
    switch last?.op {
    case .softmax(_, beta: 1), .logSoftmax:
      guard let x = last?.inputs[0], self[x].elementType == .f32 else { return output }
      return x
    default: return output
    }
  }
}

extension Operator {
  /// Whether it converts between real numbers and steps.
  fileprivate var convertsSteps: Bool {
    switch self {
    case .quantize, .dequantize: true
    default: false
    }
  }
}
