internal import Graph

extension Graph {
  mutating func append(_ tensor: Tensor) -> TensorID {
    tensors.append(tensor)
    return TensorID(tensors.count - 1)
  }

  /// Where each tensor is read: (node, position) pairs, in order.
  func uses() -> [[(node: Int, position: Int)]] {
    var uses = [[(node: Int, position: Int)]](repeating: [], count: tensors.count)
    for (number, node) in nodes.enumerated() {
      for case (let position, let id?) in node.inputs.enumerated() {
        uses[id.index].append((number, position))
      }
    }
    return uses
  }

  /// With the tensors that nothing refers to left out.
  func withoutUnusedTensors() -> Graph {
    var isUsed = [Bool](repeating: false, count: tensors.count)
    for id in inputs + outputs { isUsed[id.index] = true }
    for node in nodes {
      for case let id? in node.inputs { isUsed[id.index] = true }
      for id in node.outputs { isUsed[id.index] = true }
    }
    var renumbered: [TensorID?] = []
    var graph = self
    graph.tensors = []
    for (index, tensor) in tensors.enumerated() {
      renumbered.append(isUsed[index] ? graph.append(tensor) : nil)
    }
    func new(_ id: TensorID) -> TensorID { renumbered[id.index] ?? id }
    graph.inputs = inputs.map(new)
    graph.outputs = outputs.map(new)
    for index in graph.nodes.indices {
      graph.nodes[index].inputs = nodes[index].inputs.map { $0.map(new) }
      graph.nodes[index].outputs = nodes[index].outputs.map(new)
    }
    return graph
  }

  /// With narrow weights as f32 constants: those that the graph widens before use, and those that a layer with real
  /// activations takes as integers. Tensors keep their numbers.
  func wideningWeights() -> Graph {
    var graph = self
    graph.nodes = []
    for var node in nodes {
      if node.op == .dequantize || node.op == .cast, case let narrow?? = node.inputs.first,
        let wide = node.outputs.first, self[wide].elementType == .f32,
        self[narrow].elementType != .f32 || node.op == .dequantize, let values = self[narrow].reals
      {
        graph[wide].constant = TensorData(values)
        continue
      }
      if node.op.weightChannelAxis != nil, node.inputs.count > 1, let weights = node.inputs[1],
        self[weights].elementType != .f32, let values = self[weights].reals
      {
        node.inputs[1] = graph.append(
          Tensor(
            name: self[weights].name, elementType: .f32, shape: self[weights].shape,
            constant: TensorData(values)))
      }
      graph.nodes.append(node)
    }
    return graph
  }
}
