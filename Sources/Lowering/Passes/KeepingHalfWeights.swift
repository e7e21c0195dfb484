internal import Graph

extension Graph {
  /// With products taking their 16-bit weights as they are, where the graph dequantizes them first.
  func keepingHalfWeights() -> Graph {
    let index = GraphIndex(self)
    var graph = self
    for (position, node) in nodes.enumerated() {
      switch node.op {
      case .conv2d, .depthwiseConv2d, .fullyConnected: break
      default: continue
      }
      guard node.inputs.count > 1, let weights = node.inputs[1],
        let producer = index.producers[weights.index],
        nodes[producer].op == .dequantize || nodes[producer].op == .cast,
        let half = nodes[producer].inputs.first,
        let half, self[half].elementType == .f16, self[half].constant != nil,
        self[weights].elementType == .f32
      else { continue }
      graph.nodes[position].inputs[1] = half
    }
    return graph
  }
}
