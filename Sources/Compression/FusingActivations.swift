internal import Graph

extension Graph {
  /// With rectifiers that are the only reader of a sum worked into the operator that makes it, so that the sum's
  /// steps need not hold what the rectifier cuts off. Tensors keep their numbers.
  func fusingActivations() -> Graph {
    var graph = self
    let uses = uses()
    var producers = [Int?](repeating: nil, count: tensors.count)
    for (number, node) in nodes.enumerated() {
      for id in node.outputs { producers[id.index] = number }
    }
    var removed: Set<Int> = []
    for (number, node) in nodes.enumerated() {
      guard case .unary(let unary) = node.op, let activation = unary.fusable,
        case let x?? = node.inputs.first,
        uses[x.index].count == 1, !outputs.contains(x), let producer = producers[x.index],
        let fused = graph.nodes[producer].op.fusing(activation)
      else { continue }
      graph.nodes[producer].op = fused
      graph.nodes[producer].outputs = node.outputs
      producers[node.outputs[0].index] = producer
      removed.insert(number)
    }
    graph.nodes = graph.nodes.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    return graph
  }
}

extension Unary {
  fileprivate var fusable: Activation? {
    switch self {
    case .relu: .relu
    case .relu6: .relu6
    case .reluN1To1: .reluN1To1
    default: nil
    }
  }
}

extension Operator {
  /// What follows this operator's sum; `nil` where nothing can.
  var activation: Activation? {
    switch self {
    case .conv2d(let window), .depthwiseConv2d(let window), .transposeConv2d(let window): window.activation
    case .fullyConnected(let activation, _), .binary(_, let activation), .concat(_, let activation):
      activation
    case .pool2d(let pooling): pooling.activation
    default: nil
    }
  }

  /// This operator followed by `activation`; `nil` where it cannot be, or has one already.
  fileprivate func fusing(_ activation: Activation) -> Operator? {
    guard self.activation == Activation.none else { return nil }
    switch self {
    case .conv2d(var window):
      window.activation = activation
      return .conv2d(window)
    case .depthwiseConv2d(var window):
      window.activation = activation
      return .depthwiseConv2d(window)
    case .transposeConv2d(var window):
      window.activation = activation
      return .transposeConv2d(window)
    case .fullyConnected(_, let keepsLeadingAxes):
      return .fullyConnected(activation: activation, keepsLeadingAxes: keepsLeadingAxes)
    case .binary(let binary, _) where [.add, .subtract, .multiply].contains(binary):
      return .binary(binary, activation: activation)
    default: return nil
    }
  }
}
