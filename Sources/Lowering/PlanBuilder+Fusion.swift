internal import Graph

extension PlanBuilder {
  /// The clamp that follows the node's sum: its own activation, and the one that is its output's only reader, which
  /// the node then does along with its own work. Also the tensor that holds the result.
  mutating func fusedClamp(
    _ node: Node, _ activation: Activation
  ) throws(LoweringError) -> (range: ClampRange, output: TensorID) {
    guard var range = ClampRange(activation) else {
      throw unsupported("its activation \(activation) has no operator")
    }
    var output = node.outputs[0]
    while let consumer = index.soleConsumer(of: output), case .unary(let unary) = graph.nodes[consumer].op,
      let next = ClampRange(unary)
    {
      let result = graph.nodes[consumer].outputs[0]
      guard graph[result].elementType == graph[output].elementType,
        graph[result].quantization == graph[output].quantization
      else { break }
      absorbed.insert(consumer)
      range = range.then(next)
      output = result
    }
    return (range, output)
  }
}
