import Graph

extension ONNXGraphBuilder {
  /// Adds what ONNX computes a node with.
  mutating func add(_ node: Node) throws(ModelWriteError) {
    switch node.op {
    case .conv2d, .depthwiseConv2d, .transposeConv2d: try addConvolution(node)
    case .fullyConnected(let activation, let keepsLeadingAxes):
      try addFullyConnected(node, activation, keepsLeadingAxes)
    case .matMul(let transposeA, let transposeB): try addMatMul(node, transposeA, transposeB)
    case .pool2d(let pooling): try addPooling(node, pooling)
    case .batchNorm(let epsilon): try addBatchNorm(node, epsilon)
    case .layerNorm(let axes, let epsilon): try addLayerNorm(node, axes, epsilon)
    case .unary(let unary): try addUnary(node, unary)
    case .binary(let binary, let activation): try addBinary(node, binary, activation)
    case .select:
      let frame = frame(of: node)
      try finish(node, emit("Where", try operands(node, frame), named: name(of: node)), frame)
    case .reduce(let reduction, let axes, let keepsDimensions):
      try addReduction(node, reduction, axes, keepsDimensions)
    case .softmax(let axis, let beta): try addSoftmax(node, axis, beta)
    case .logSoftmax(let axis):
      let frame = frame(of: node)
      let result = emit(
        "LogSoftmax", try operands(node, frame), named: name(of: node), ["axis": .int(frame.axis(axis))])
      try finish(node, result, frame)
    case .argMax(let axis, let keepsDimensions): try addArgReduction(node, "ArgMax", axis, keepsDimensions)
    case .argMin(let axis, let keepsDimensions): try addArgReduction(node, "ArgMin", axis, keepsDimensions)
    case .quantize, .dequantize, .cast: try addConversion(node)
    default: try addMovement(node)
    }
  }

  // MARK: The order of axes that a node computes in

  /// Whether a node without an order of its own runs with channels first.
  struct Frame {
    var isChannelsFirst: Bool
    /// Where an axis of the graph's order is.
    func axis(_ axis: Int) -> Int { isChannelsFirst ? ImageAxes.channelsFirst(axis) : axis }
    /// A list with an element an axis, in this order.
    func arranged<Element>(_ list: [Element]) -> [Element] {
      isChannelsFirst ? ImageAxes.toChannelsFirst.map { list[$0] } : list
    }
  }

  /// Channels first where all activations are images and one of them comes like that.
  func frame(of node: Node) -> Frame {
    let operands = node.inputs.compactMap { $0 }
    let activations = operands.filter { graph[$0].constant == nil }
    let isImage =
      activations.allSatisfy { graph[$0].shape.rank == 4 }
      && operands.allSatisfy { graph[$0].shape.rank <= 4 }
      && node.outputs.allSatisfy { graph[$0].shape.rank == 4 }
    return Frame(isChannelsFirst: isImage && activations.contains { isChannelsFirst($0) })
  }

  mutating func operands(_ node: Node, _ frame: Frame) throws(ModelWriteError) -> [String] {
    var names: [String] = []
    for id in node.inputs {
      names.append(try id.map { id throws(ModelWriteError) in try operand(id, frame) } ?? "")
    }
    return names
  }

  mutating func operand(_ id: TensorID, _ frame: Frame) throws(ModelWriteError) -> String {
    guard frame.isChannelsFirst, graph[id].shape.rank > 0 else { return try value(id) }
    if graph[id].shape.rank == 4 { return try imageValue(id) }
    // A constant that is broadcast: extents of 1 before its own make it an image.
    let wide = [Int](repeating: 1, count: 4 - graph[id].shape.rank) + graph[id].shape.dimensions
    return try constant(id, reordered: ImageAxes.toChannelsFirst, shape: wide)
  }

  func name(of node: Node) -> String { node.outputs.first.map { graph[$0].name } ?? node.name }

  mutating func finish(_ node: Node, _ result: String, _ frame: Frame) throws(ModelWriteError) {
    guard let output = node.outputs.first else { throw unsupported(node, "it has no output") }
    define(output, result, isChannelsFirst: frame.isChannelsFirst)
  }

  /// `x` after an activation that ONNX has no fused form of.
  mutating func activated(
    _ x: String, _ activation: Activation, _ node: Node
  ) throws(ModelWriteError) -> String {
    guard activation != .none else { return x }
    guard let unary = activation.unary, let result = try applied(unary, x, name(of: node), rank: nil) else {
      throw unsupported(node, "ONNX has no activation \(activation)")
    }
    return result
  }

  func input(_ node: Node, _ position: Int) throws(ModelWriteError) -> TensorID {
    guard node.inputs.indices.contains(position), let id = node.inputs[position] else {
      throw unsupported(node, "input \(position) is left out")
    }
    return id
  }

  /// An operand that has one element a channel, as a vector; `nil` where it is left out.
  mutating func vector(_ node: Node, _ position: Int) throws(ModelWriteError) -> String? {
    guard node.inputs.indices.contains(position), let id = node.inputs[position] else { return nil }
    let shape = graph[id].shape
    guard shape.rank != 1 else { return try value(id) }
    if graph[id].constant != nil {
      return try constant(id, reordered: [0], shape: [shape.elementCount ?? 0])
    }
    return emit(
      "Reshape", [try value(id), try integers([shape.elementCount ?? 0])], named: "\(graph[id].name)/vector")
  }
}
