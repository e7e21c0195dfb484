internal import Graph

extension Graph {
  /// With zero padding of images done by the convolution or average pooling that reads them.
  func fusingPadding() -> Graph {
    let index = GraphIndex(self)
    var graph = self
    for (position, node) in nodes.enumerated() {
      guard case let padded?? = node.inputs.first, let producer = index.producers[padded.index],
        case .pad(let before, let after, .constant(0)) = nodes[producer].op, before.count == 4,
        before[0] == 0, before[3] == 0, after[0] == 0, after[3] == 0,
        case let image?? = nodes[producer].inputs.first,
        self[image].quantization == self[padded].quantization,
        let op = node.op.adding(
          Padding2D(top: before[1], left: before[2], bottom: after[1], right: after[2]))
      else { continue }
      graph.nodes[position].op = op
      graph.nodes[position].inputs[0] = image
    }
    return graph
  }
}

extension Operator {
  /// The operator with more zeros around its image; `nil` where that is not what its own padding means.
  fileprivate func adding(_ more: Padding2D) -> Operator? {
    switch self {
    case .conv2d(var convolution):
      convolution.padding = convolution.padding + more
      return .conv2d(convolution)
    case .depthwiseConv2d(var convolution):
      convolution.padding = convolution.padding + more
      return .depthwiseConv2d(convolution)
    case .pool2d(var pooling)
    where pooling.kind == .average && (pooling.countsPadding || pooling.padding == .zero):
      pooling.padding = pooling.padding + more
      pooling.countsPadding = true
      return .pool2d(pooling)
    default: return nil
    }
  }
}

extension Padding2D {
  fileprivate static func + (a: Padding2D, b: Padding2D) -> Padding2D {
    Padding2D(
      top: a.top + b.top, left: a.left + b.left, bottom: a.bottom + b.bottom, right: a.right + b.right)
  }
}
