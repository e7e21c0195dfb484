extension Operator {
  /// The types of the outputs that this operator makes from inputs of the types `inputs`.
  ///
  /// - Parameters:
  ///   - node: The node's name, for errors.
  ///   - inputs: One a operand, `nil` where it is left out.
  ///   - declared: The types that the graph gives to the outputs. Where the inputs do not determine a result
  ///     (the shape of reshape, broadcast, resize and slice; the type of quantize, dequantize, cast and the
  ///     arg reductions), it is taken from here and checked; elsewhere this is not read and may be empty.
  ///   - states: The graph's.
  /// - Throws: ``GraphError`` naming the node, what was found and what was expected.
  public func outputTypes(
    node: String, inputs: [TensorType?], declared: [TensorType] = [], states: [State] = []
  ) throws(GraphError) -> [TensorType] {
    try ShapeInference(node: node, op: self, inputs: inputs, declared: declared, states: states).outputs()
  }
}

extension Graph {
  /// The types that `node` makes from its inputs as they are in this graph.
  ///
  /// - Precondition: The node's tensors are this graph's.
  public func outputTypes(of node: Node) throws(GraphError) -> [TensorType] {
    try node.op.outputTypes(
      node: node.name, inputs: node.inputs.map { $0.map { self[$0].type } },
      declared: node.outputs.map { self[$0].type }, states: states)
  }
}
