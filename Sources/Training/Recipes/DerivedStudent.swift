import Compression
public import Graph

/// A smaller network of a teacher's kind: fewer channels, fewer layers, first weights drawn anew.
public struct DerivedStudent: Sendable, Hashable, Codable {
  /// The share of the channels of every layer whose channels can go.
  public var width: Double
  /// The share that stays, rounded down, of the layers that could go: those whose result has the shape of what they read.
  public var depth: Double
  public var seed: UInt64

  public init(width: Double = 1, depth: Double = 1, seed: UInt64 = 1) {
    self.width = width
    self.depth = depth
    self.seed = seed
  }

  /// - Throws: ``TrainingError/mismatch(_:)`` where nothing of the teacher can go.
  public func derive(from teacher: Graph) throws(TrainingError) -> Graph {
    var graph = withoutLayers(teacher)
    if width < 1 {
      let whole = graph
      graph = try compressing { () throws(CompressionError) in try whole.keepingChannels(width) }
    }
    return redrawn(graph)
  }

  /// The last of the layers that could go are left out first.
  private func withoutLayers(_ teacher: Graph) -> Graph {
    var graph = teacher
    let candidates = teacher.nodes.indices.filter { number in
      let node = teacher.nodes[number]
      guard node.op.isLayer, let x = node.inputs[0], let output = node.outputs.first else { return false }
      return teacher[x].type == teacher[output].type && !teacher.outputs.contains(output)
    }
    let removed = Set(
      candidates.suffix(candidates.count - Int((Double(candidates.count) * depth).rounded(.down))))
    var replaced: [TensorID: TensorID] = [:]
    graph.nodes = []
    for (number, var node) in teacher.nodes.enumerated() {
      node.inputs = node.inputs.map { id in id.map { replaced[$0] ?? $0 } }
      if removed.contains(number), let x = node.inputs[0] {
        replaced[node.outputs[0]] = x
      } else {
        graph.nodes.append(node)
      }
    }
    return graph
  }

  /// Kernels uniform with the variance 2 / fanIn (He et al., arXiv:1502.01852), biases zero; other parameters as they are.
  private func redrawn(_ graph: Graph) -> Graph {
    var result = graph
    var random = SplitMix64(seed: seed)
    for node in graph.nodes where node.op.isLayer {
      guard let weights = node.inputs[1], let count = graph[weights].shape.elementCount else { continue }
      let isDepthwise = if case .depthwiseConv2d = node.op { true } else { false }
      let channels = graph[weights].shape[isDepthwise ? 3 : 0]
      let limit = (6 / Float(max(1, count / max(1, channels)))).squareRoot()
      result[weights].constant = TensorData((0..<count).map { _ in random.uniform(within: limit) })
      guard node.inputs.count > 2, let bias = node.inputs[2] else { continue }
      result[bias].constant = TensorData([Float](repeating: 0, count: graph[bias].shape.elementCount ?? 0))
    }
    return result
  }
}

extension Operator {
  fileprivate var isLayer: Bool {
    switch self {
    case .conv2d, .depthwiseConv2d, .fullyConnected: true
    default: false
    }
  }
}
