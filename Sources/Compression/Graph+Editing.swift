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

  /// With f16 constants that are widened to f32 before use as f32 constants. Tensors keep their numbers.
  func wideningHalfWeights() -> Graph {
    var graph = self
    graph.nodes = []
    for node in nodes {
      guard node.op == .dequantize || node.op == .cast, case let half?? = node.inputs.first,
        let wide = node.outputs.first, self[half].elementType == .f16, self[wide].elementType == .f32,
        let values = self[half].reals
      else {
        graph.nodes.append(node)
        continue
      }
      graph[wide].constant = TensorData(values)
    }
    return graph
  }
}
