internal import Graph

extension Graph {
  /// With convolutions in two dimensions whose weights or bias are computed as ones in three dimensions, whose weights a
  /// step packs when the model runs.
  ///
  /// Runs after constants are folded: what is constant then is packed when the plan is made.
  func replacingComputedWeights() -> Graph {
    var graph = self
    graph.nodes = []
    for node in nodes {
      switch node.op {
      case .conv2d(let convolution) where hasComputedWeights(node):
        graph.replace(node, convolution, groups: convolution.groups, order: nil)
      case .depthwiseConv2d(let convolution) where hasComputedWeights(node):
        // [1, KH, KW, C * m] to [C * m, KH, KW, 1].
        graph.replace(
          node, convolution, groups: self[node.inputs[0] ?? node.outputs[0]].shape[3], order: [3, 1, 2, 0])
      case .transposeConv2d(let convolution) where hasComputedWeights(node):
        // [O, KH, KW, C] to [KH, KW, O, C].
        graph.replace(node, convolution, groups: 1, order: [1, 2, 0, 3])
      default: graph.nodes.append(node)
      }
    }
    return graph
  }

  private func hasComputedWeights(_ node: Node) -> Bool {
    let parameters = node.inputs.dropFirst().compactMap { $0 }
    return node.inputs.allSatisfy { $0.map { self[$0].elementType == .f32 } ?? true }
      && parameters.contains { self[$0].constant == nil }
  }

  /// - Parameter order: Of the weights' axes in three dimensions, where it differs.
  private mutating func replace(_ node: Node, _ convolution: Convolution, groups: Int, order: [Int]?) {
    guard let x = node.inputs[0], var weights = node.inputs[1] else { return nodes.append(node) }
    let taps = Size2D(height: self[weights].shape[1], width: self[weights].shape[2])
    let isTransposed: Bool
    if case .transposeConv2d = node.op { isTransposed = true } else { isTransposed = false }
    if let order {
      let shape = Shape(order.map { self[weights].shape[$0] })
      weights = add(.transpose(permutation: order), weights, shape, "\(node.name) weights in order")
    }
    let own = self[weights].shape
    weights = add(
      .reshape, weights,
      isTransposed ? [1, 1, own[0], own[1], own[2], own[3]] : [own[0], 1, own[1], own[2], own[3]],
      "\(node.name) weights in 3D")
    let image = add(.reshape, x, self[x].shape.in3D, "\(node.name) input in 3D")
    let result = node.outputs[0]
    let volume = append(
      Tensor(
        name: "\(node.name) in 3D", elementType: self[result].elementType, shape: self[result].shape.in3D))
    let op = Operator.convolution3D(
      Convolution3D(Window3D(convolution, taps: taps), groups: groups, isTransposed: isTransposed))
    let bias = node.inputs.count > 2 ? node.inputs[2] : nil
    nodes.append(
      Node(
        name: node.name, op: op, inputs: [image, weights] + (bias == nil ? [] : [bias]), outputs: [volume]))
    var last = volume
    if let unary = convolution.activation.unary {
      last = add(.unary(unary), volume, self[volume].shape, "\(node.name) activation")
    }
    nodes.append(Node(name: "\(node.name) in 2D", op: .reshape, inputs: [last], outputs: [result]))
  }

  private mutating func add(_ op: Operator, _ input: TensorID, _ shape: Shape, _ name: String) -> TensorID {
    let result = append(Tensor(name: name, elementType: self[input].elementType, shape: shape))
    nodes.append(Node(name: name, op: op, inputs: [input], outputs: [result]))
    return result
  }
}

extension Shape {
  /// `[N, H, W, C]` as `[N, 1, H, W, C]`.
  fileprivate var in3D: Shape { [self[0], 1, self[1], self[2], self[3]] }
}
