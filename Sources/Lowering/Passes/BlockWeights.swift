internal import CKernels
internal import Graph

/// Weights of a product as 4- or 8-bit steps with a scale for each short run of an output channel, which a kernel
/// widens as it goes.
///
/// A graph has them as a constant `[runs, size]`, dequantized and reshaped to `[outChannels, inChannels]`.
struct BlockWeights {
  /// i4 or i8, `[runs, size]`.
  var steps: TensorID
  var size: Int
  /// The nodes that would widen them: dequantize, reshape.
  var widening: [Int]

  init?(of node: Node, in graph: Graph, _ index: GraphIndex) {
    guard case .fullyConnected = node.op, node.inputs.count > 1, let x = node.inputs[0],
      graph[x].elementType == .f32, let weights = node.inputs[1],
      node.inputs.count < 3 || node.inputs[2].map({ graph[$0].isConstantOfFloats }) ?? true
    else { return nil }
    self.init(widenedTo: weights, in: graph, index)
  }

  init?(widenedTo weights: TensorID, in graph: Graph, _ index: GraphIndex) {
    guard let reshape = index.producers[weights.index], graph.nodes[reshape].op == .reshape,
      let wide = graph.nodes[reshape].inputs[0], index.soleConsumer(of: wide) == reshape,
      let dequantize = index.producers[wide.index], graph.nodes[dequantize].op == .dequantize,
      let steps = graph.nodes[dequantize].inputs[0], [.i4, .i8].contains(graph[steps].elementType),
      let constant = graph[steps].constant, constant.byteCount == graph[steps].type.byteCount,
      let quantization = graph[steps].quantization, quantization.axis == 0, quantization.isSymmetric,
      graph[steps].shape.rank == 2, graph[weights].elementType == .f32, graph[weights].shape.rank > 0
    else { return nil }
    size = graph[steps].shape[1]
    let channel = graph[weights].shape.dimensions.dropFirst().reduce(1, *)
    // Kernels take whole words of steps, and runs that lie in one channel.
    guard size > 0, size % (32 / graph[steps].elementType.bitWidth) == 0, channel % size == 0 else {
      return nil
    }
    self.steps = steps
    widening = [dequantize, reshape]
  }
}

extension Graph {
  /// With 1x1 convolutions on such weights as fully connected layers, which kernels exist for.
  func replacingPointwiseBlockWeights() -> Graph {
    let index = GraphIndex(self)
    var graph = self
    for (position, node) in nodes.enumerated() {
      guard case .conv2d(let convolution) = node.op, node.inputs.count > 1, let x = node.inputs[0],
        let weights = node.inputs[1], self[x].elementType == .f32, convolution.isPointwise(self[weights]),
        index.soleConsumer(of: weights) == position, BlockWeights(widenedTo: weights, in: self, index) != nil
      else { continue }
      graph.nodes[position].op = .fullyConnected(activation: convolution.activation, keepsLeadingAxes: true)
      graph[weights].shape = [self[weights].shape[0], self[weights].shape[3]]
    }
    return graph
  }

  /// The nodes that widen such weights for kernels that do it themselves: neither folded nor run.
  ///
  /// - Parameter index: This graph's.
  func wideningOfBlockWeights(_ index: GraphIndex) -> Set<Int> {
    var users: [TensorID: Int] = [:]
    var widening: [TensorID: [Int]] = [:]
    for node in nodes {
      guard let blocks = BlockWeights(of: node, in: self, index), let weights = node.inputs[1] else {
        continue
      }
      users[weights, default: 0] += 1
      widening[weights] = blocks.widening
    }
    // What something else reads has to be widened after all.
    return Set(
      widening.filter {
        index.consumers[$0.key.index].count == users[$0.key] && !index.isOutput[$0.key.index]
      }
      .values.joined())
  }
}
