internal import Graph

extension Graph {
  /// With constants that are added to a layer's result, one an output channel, as its bias.
  ///
  /// The sum starts from the bias then, where it was added last: results may differ by one rounding of the sum.
  func fusingBiases() -> Graph {
    var graph = self
    let index = GraphIndex(self)
    var removed: Set<Int> = []
    for (position, node) in nodes.enumerated() {
      guard node.takesBias, let consumer = index.soleConsumer(of: node.outputs[0]),
        case .binary(.add, let activation) = nodes[consumer].op,
        let bias = nodes[consumer].inputs.compactMap({ $0 }).first(where: { $0 != node.outputs[0] }),
        let addends = channelAddends(bias, of: node, sum: nodes[consumer].outputs[0])
      else { continue }
      let id = graph.append(
        Tensor(
          name: "\(self[bias].name) as bias", elementType: .f32, shape: [addends.count],
          constant: TensorData(addends)))
      // The sum's place: what the layer reads is there, and what reads the sum comes behind.
      var op = node.op
      op.activation = activation
      graph.nodes[consumer] = Node(
        name: node.name, op: op, inputs: [node.inputs[0], node.inputs[1], id],
        outputs: nodes[consumer].outputs)
      removed.insert(position)
    }
    graph.nodes = graph.nodes.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    return graph
  }

  /// The layer's bias with `addend` in it; `nil` where that is not one number a channel.
  private func channelAddends(_ addend: TensorID, of node: Node, sum: TensorID) -> [Float]? {
    let result = self[node.outputs[0]]
    guard result.elementType == .f32, result.quantization == nil, self[sum].shape == result.shape,
      let x = node.inputs[0], self[x].elementType == .f32, let channels = result.shape.dimensions.last,
      self[addend].elementType == .f32, let values = self[addend].floats,
      values.count == 1 || (values.count == channels && self[addend].shape.dimensions.last == channels)
    else { return nil }
    var own = [Float](repeating: 0, count: channels)
    if node.inputs.count > 2, let bias = node.inputs[2] {
      guard let floats = self[bias].floats, floats.count == channels else { return nil }
      own = floats
    }
    return own.indices.map { own[$0] + values[values.count == 1 ? 0 : $0] }
  }
}

extension Node {
  /// Whether it has weights, a bias and no activation of its own.
  fileprivate var takesBias: Bool {
    guard inputs.count >= 2, inputs[1] != nil else { return false }
    switch op {
    case .conv2d, .depthwiseConv2d, .transposeConv2d, .fullyConnected: return op.activation == Activation.none
    default: return false
    }
  }
}
