internal import Graph

extension Graph {
  /// With activations that operators cannot do along with their sum as nodes of their own.
  func splittingActivations() throws(LoweringError) -> Graph {
    var graph = self
    graph.nodes = []
    for node in nodes {
      var plain = node
      guard let activation = node.op.activation, activation != .none, let output = node.outputs.first,
        !plain.op.fuses(activation, self[output].elementType)
      else {
        graph.nodes.append(node)
        continue
      }
      guard let unary = activation.unary else {
        throw .unsupported(
          node: node.name, op: node.op.name, reason: "its activation \(activation) has no operator")
      }
      plain.op.activation = Activation.none
      var inner = self[output]
      inner.name += " before \(activation)"
      plain.outputs = [graph.append(inner)]
      graph.nodes.append(plain)
      graph.nodes.append(
        Node(name: "\(node.name) \(activation)", op: .unary(unary), inputs: plain.outputs, outputs: [output]))
    }
    return graph
  }
}

extension Operator {
  /// What follows the operator's sum; `nil` for operators without one. Setting it on those does nothing.
  var activation: Activation? {
    get {
      switch self {
      case .conv2d(let convolution), .depthwiseConv2d(let convolution), .transposeConv2d(let convolution):
        convolution.activation
      case .fullyConnected(let activation, _), .binary(_, let activation), .concat(_, let activation):
        activation
      case .pool2d(let pooling): pooling.activation
      default: nil
      }
    }
    set {
      let activation = newValue ?? .none
      switch self {
      case .conv2d(var convolution):
        convolution.activation = activation
        self = .conv2d(convolution)
      case .depthwiseConv2d(var convolution):
        convolution.activation = activation
        self = .depthwiseConv2d(convolution)
      case .transposeConv2d(var convolution):
        convolution.activation = activation
        self = .transposeConv2d(convolution)
      case .fullyConnected(_, let keepsLeadingAxes):
        self = .fullyConnected(activation: activation, keepsLeadingAxes: keepsLeadingAxes)
      case .binary(let binary, _): self = .binary(binary, activation: activation)
      case .concat(let axis, _): self = .concat(axis: axis, activation: activation)
      case .pool2d(var pooling):
        pooling.activation = activation
        self = .pool2d(pooling)
      default: break
      }
    }
  }

  /// Whether the operator's kernels clamp their result as `activation` does.
  fileprivate func fuses(_ activation: Activation, _ type: ElementType) -> Bool {
    guard ClampRange(activation) != nil, type == .f32 || type == .i8 else { return false }
    if case .concat = self { return false }
    return true
  }
}
