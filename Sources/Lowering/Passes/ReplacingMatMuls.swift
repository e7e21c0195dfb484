internal import Graph

extension Graph {
  /// With products by a constant matrix as fully connected layers, whose weights are packed, and fully connected
  /// layers whose weights are not constant as products.
  func replacingMatMuls() -> Graph {
    var graph = self
    graph.nodes = []
    let index = GraphIndex(self)
    let widening = wideningOfBlockWeights(index)
    for node in nodes {
      switch node.op {
      case .fullyConnected
      where BlockWeights(of: node, in: self, index).map { widening.isSuperset(of: $0.widening) } ?? false:
        graph.nodes.append(node)
      case .matMul(transposeA: false, let transposeB):
        graph.nodes.append(graph.fullyConnected(node, transposeB: transposeB) ?? node)
      case .fullyConnected(let activation, _):
        graph.nodes += graph.product(node, activation) ?? [node]
      default: graph.nodes.append(node)
      }
    }
    return graph
  }

  private mutating func fullyConnected(_ node: Node, transposeB: Bool) -> Node? {
    guard node.inputs.count == 2, let a = node.inputs[0], let b = node.inputs[1],
      let constant = self[b].constant, self[b].isConstantOfFloats,
      self[a].elementType == .f32, self[b].elementType == .f32
    else { return nil }
    let shape = self[b].shape
    guard shape.rank <= self[a].shape.rank, shape.dimensions.dropLast(2).allSatisfy({ $0 == 1 }) else {
      return nil
    }
    let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let weights =
      transposeB ? constant : constant.permuted(shape: [rows, columns], by: [1, 0], elementSize: 4)
    let id = append(
      Tensor(
        name: self[b].name, elementType: .f32, shape: transposeB ? [rows, columns] : [columns, rows],
        constant: weights))
    return Node(
      name: node.name, op: .fullyConnected(activation: .none, keepsLeadingAxes: true), inputs: [a, id],
      outputs: node.outputs)
  }

  private mutating func product(_ node: Node, _ activation: Activation) -> [Node]? {
    guard node.inputs.count > 1, let x = node.inputs[0], let weights = node.inputs[1],
      self[weights].constant == nil, self[x].elementType == .f32, self[weights].elementType == .f32
    else { return nil }
    let output = node.outputs[0]
    let bias = node.inputs.count > 2 ? node.inputs[2] : nil
    let (channels, depth) = (self[weights].shape[0], self[weights].shape[1])
    let rows = (self[x].shape.elementCount ?? 0) / depth
    let flat = append(Tensor(name: "\(self[x].name) rows", elementType: .f32, shape: [rows, depth]))
    let sum = append(Tensor(name: "\(node.name) product", elementType: .f32, shape: [rows, channels]))
    let shaped = append(Tensor(name: "\(node.name) shaped", elementType: .f32, shape: self[output].shape))
    let zero = append(Tensor(name: "zero", elementType: .f32, shape: [1], constant: TensorData([Float(0)])))
    return [
      Node(name: node.name, op: .reshape, inputs: [x], outputs: [flat]),
      Node(
        name: node.name, op: .matMul(transposeA: false, transposeB: true), inputs: [flat, weights],
        outputs: [sum]),
      Node(name: node.name, op: .reshape, inputs: [sum], outputs: [shaped]),
      Node(
        name: node.name, op: .binary(.add, activation: activation), inputs: [shaped, bias ?? zero],
        outputs: [output]),
    ]
  }
}
