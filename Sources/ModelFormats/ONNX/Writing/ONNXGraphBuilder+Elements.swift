import Graph

// Operators on each element, reductions, and conversions of type.

extension ONNXGraphBuilder {
  mutating func addUnary(_ node: Node, _ unary: Unary) throws(ModelWriteError) {
    let frame = frame(of: node)
    let x = try operand(try input(node, 0), frame)
    guard let result = try applied(unary, x, name(of: node), rank: graph[try input(node, 0)].shape.rank)
    else {
      throw unsupported(node, "opset \(ONNXWriter.opset) has no such operator")
    }
    try finish(node, result, frame)
  }

  /// A function of each element; `nil` where ONNX has none.
  mutating func applied(
    _ unary: Unary, _ x: String, _ name: String, rank: Int?
  ) throws(ModelWriteError) -> String? {
    if let op = Self.unaries[unary] { return emit(op, [x], named: name) }
    switch unary {
    case .relu6: return try clipped(x, 0, 6, name)
    case .reluN1To1: return try clipped(x, -1, 1, name)
    case .clamp(let least, let greatest): return try clipped(x, least, greatest, name)
    case .leakyRelu(let alpha): return emit("LeakyRelu", [x], named: name, ["alpha": .float(alpha)])
    case .elu(let alpha): return emit("Elu", [x], named: name, ["alpha": .float(alpha)])
    case .hardSigmoid(let alpha, let beta):
      return emit("HardSigmoid", [x], named: name, ["alpha": .float(alpha), "beta": .float(beta)])
    case .silu: return emit("Mul", [x, emit("Sigmoid", [x], named: "\(name)/sigmoid")], named: name)
    case .square: return emit("Mul", [x, x], named: name)
    case .rsqrt: return emit("Reciprocal", [emit("Sqrt", [x], named: "\(name)/root")], named: name)
    case .gelu(let isApproximate): return try gelu(x, isApproximate, name)
    default: return nil
    }
  }

  private mutating func clipped(
    _ x: String, _ least: Float, _ greatest: Float, _ name: String
  ) throws(ModelWriteError) -> String {
    emit("Clip", [x, try scalar(least, "least"), try scalar(greatest, "greatest")], named: name)
  }

  /// x / 2 * (1 + erf(x / sqrt(2))), or with tanh for erf.
  ///
  /// - Source: Hendrycks and Gimpel, arXiv:1606.08415, section 2.
  private mutating func gelu(
    _ x: String, _ isApproximate: Bool, _ name: String
  ) throws(ModelWriteError) -> String {
    let curve: String
    if isApproximate {
      let cube = emit("Mul", [emit("Mul", [x, x], named: "\(name)/square"), x], named: "\(name)/cube")
      let small = emit("Mul", [cube, try scalar(0.044_715)], named: "\(name)/small")
      let sum = emit("Add", [x, small], named: "\(name)/sum")
      let scaled = emit("Mul", [sum, try scalar(0.797_884_56)], named: "\(name)/scaled")
      curve = emit("Tanh", [scaled], named: "\(name)/tanh")
    } else {
      let scaled = emit("Mul", [x, try scalar(0.707_106_78)], named: "\(name)/scaled")
      curve = emit("Erf", [scaled], named: "\(name)/erf")
    }
    let gate = emit("Add", [curve, try scalar(1)], named: "\(name)/gate")
    let half = emit("Mul", [x, try scalar(0.5)], named: "\(name)/half")
    return emit("Mul", [half, gate], named: name)
  }

  mutating func addBinary(
    _ node: Node, _ binary: Binary, _ activation: Activation
  ) throws(ModelWriteError) {
    let frame = frame(of: node)
    let operands = try operands(node, frame)
    let type = graph[try input(node, 0)].elementType
    let name = name(of: node)
    let result: String
    switch binary {
    case .squaredDifference:
      let difference = emit("Sub", operands, named: "\(name)/difference")
      result = emit("Mul", [difference, difference], named: name)
    case .notEqual: result = emit("Not", [emit("Equal", operands, named: "\(name)/equal")], named: name)
    case .floorDivide where type.isFloatingPoint:
      result = emit("Floor", [emit("Div", operands, named: "\(name)/quotient")], named: name)
    case .floorModulo where type.isFloatingPoint:
      let quotient = emit("Floor", [emit("Div", operands, named: "\(name)/quotient")], named: "\(name)/floor")
      let multiple = emit("Mul", [quotient, operands[1]], named: "\(name)/multiple")
      result = emit("Sub", [operands[0], multiple], named: name)
    case .floorModulo: result = emit("Mod", operands, named: name)
    default:
      guard let op = Self.binaries[binary] else {
        throw unsupported(node, "opset \(ONNXWriter.opset) has no such operator on \(type)")
      }
      result = emit(op, operands, named: name)
    }
    try finish(node, try activated(result, activation, node), frame)
  }

  mutating func addReduction(
    _ node: Node, _ reduction: Reduction, _ axes: [Int], _ keepsDimensions: Bool
  ) throws(ModelWriteError) {
    let x = try input(node, 0)
    let frame = reducingFrame(x, axes: axes, keepsDimensions)
    let value = try operand(x, frame)
    let keeps = ONNXValue.int(keepsDimensions ? 1 : 0)
    let name = name(of: node)
    var result: String
    if axes.isEmpty {
      guard reduction != .sumOfSquares, reduction != .l2Norm else {
        throw unsupported(node, "it reduces over no axes")
      }
      result = emit("Identity", [value], named: name)
    } else if reduction == .sum {
      // Since opset 13 the axes of a sum are an input.
      result = emit(
        "ReduceSum", [value, try integers(axes.map { frame.axis($0) })], named: name, ["keepdims": keeps])
    } else if reduction == .any || reduction == .all {
      let numbers = emit("Cast", [value], named: "\(name)/number", ["to": .int(ONNXDataType.int32.rawValue)])
      let extreme = emit(
        reduction == .any ? "ReduceMax" : "ReduceMin", [numbers], named: "\(name)/extreme",
        ["axes": .ints(axes.map { frame.axis($0) }), "keepdims": keeps])
      result = emit("Cast", [extreme], named: name, ["to": .int(ONNXDataType.bool.rawValue)])
    } else {
      guard let op = Self.reductions[reduction] else { throw unsupported(node, "ONNX has no such reduction") }
      result = emit(
        op, [value], named: name, ["axes": .ints(axes.map { frame.axis($0) }), "keepdims": keeps])
    }
    let isImage = frame.isChannelsFirst && graph[node.outputs[0]].shape.rank == 4
    try finish(node, result, Frame(isChannelsFirst: isImage))
  }

  /// Channels first where the input comes like that and what is left of its axes is in the graph's order.
  private func reducingFrame(_ x: TensorID, axes: [Int], _ keepsDimensions: Bool) -> Frame {
    guard graph[x].shape.rank == 4, isChannelsFirst(x) else { return Frame(isChannelsFirst: false) }
    let left = (0..<4).filter { !axes.contains($0) }.map { ImageAxes.channelsFirst($0) }
    return Frame(isChannelsFirst: keepsDimensions || left == left.sorted())
  }

  mutating func addArgReduction(
    _ node: Node, _ op: String, _ axis: Int, _ keepsDimensions: Bool
  ) throws(ModelWriteError) {
    let x = try input(node, 0)
    let frame = reducingFrame(x, axes: [axis], keepsDimensions)
    var result = emit(
      op, [try operand(x, frame)], named: name(of: node),
      ["axis": .int(frame.axis(axis)), "keepdims": .int(keepsDimensions ? 1 : 0)])
    let output = graph[node.outputs[0]]
    if output.elementType == .i32 {
      result = emit("Cast", [result], named: "\(output.name)/i32", ["to": .int(ONNXDataType.int32.rawValue)])
    }
    try finish(node, result, Frame(isChannelsFirst: frame.isChannelsFirst && output.shape.rank == 4))
  }

  mutating func addSoftmax(_ node: Node, _ axis: Int, _ beta: Float) throws(ModelWriteError) {
    let frame = frame(of: node)
    var x = try operand(try input(node, 0), frame)
    if beta != 1 { x = emit("Mul", [x, try scalar(beta, "beta")], named: "\(name(of: node))/scaled") }
    let result = emit("Softmax", [x], named: name(of: node), ["axis": .int(frame.axis(axis))])
    try finish(node, result, frame)
  }

  mutating func addConversion(_ node: Node) throws(ModelWriteError) {
    let x = try input(node, 0)
    let output = graph[node.outputs[0]]
    // A constant is widened where it is used, in the order of axes that is asked for there.
    if !node.op.isQuantize, graph[x].constant != nil, output.elementType == .f32 { return }
    let frame = frame(of: node)
    let value = try operand(x, frame)
    let name = name(of: node)
    let result: String
    switch (node.op, graph[x].quantization, output.quantization) {
    case (.quantize, nil, let quantization?):
      result = try quantized(value, quantization, output, named: name, frame, node)
    case (.quantize, let from?, let to?):
      let real = try dequantized(
        value, from, graph[x].elementType, named: "\(graph[x].name)/f32",
        axis: from.axis.map { frame.axis($0) })
      result = try quantized(real, to, output, named: name, frame, node)
    case (.dequantize, let quantization?, _):
      result = try dequantized(
        value, quantization, graph[x].elementType, named: name, axis: quantization.axis.map { frame.axis($0) }
      )
    default:
      guard let type = output.elementType.onnxNumber else {
        throw unsupported(node, "ONNX has no \(output.elementType)")
      }
      result = emit("Cast", [value], named: name, ["to": .int(type)])
    }
    try finish(node, result, frame)
  }

  private mutating func quantized(
    _ x: String, _ quantization: Quantization, _ output: Tensor, named: String, _ frame: Frame, _ node: Node
  ) throws(ModelWriteError) -> String {
    guard output.elementType == .i8 || output.elementType == .u8 else {
      throw unsupported(node, "opset \(ONNXWriter.opset) quantizes to 8 bits, not to \(output.elementType)")
    }
    let operands = try scaleAndZeroPoint(quantization, output.elementType)
    guard let axis = quantization.axis else { return emit("QuantizeLinear", [x] + operands, named: named) }
    return emit("QuantizeLinear", [x] + operands, named: named, ["axis": .int(frame.axis(axis))])
  }

  private static let unaries: [Unary: String] = [
    .relu: "Relu", .sigmoid: "Sigmoid", .tanh: "Tanh", .hardSwish: "HardSwish", .softplus: "Softplus",
    .erf: "Erf", .exp: "Exp", .log: "Log", .sqrt: "Sqrt", .abs: "Abs", .negate: "Neg",
    .reciprocal: "Reciprocal", .floor: "Floor", .ceil: "Ceil", .round: "Round", .sign: "Sign", .sin: "Sin",
    .cos: "Cos", .logicalNot: "Not",
  ]

  private static let binaries: [Binary: String] = [
    .add: "Add", .subtract: "Sub", .multiply: "Mul", .divide: "Div", .minimum: "Min", .maximum: "Max",
    .power: "Pow", .equal: "Equal", .less: "Less", .lessEqual: "LessOrEqual", .greater: "Greater",
    .greaterEqual: "GreaterOrEqual", .logicalAnd: "And", .logicalOr: "Or", .prelu: "PRelu",
  ]

  private static let reductions: [Reduction: String] = [
    .mean: "ReduceMean", .maximum: "ReduceMax", .minimum: "ReduceMin", .product: "ReduceProd",
    .sumOfSquares: "ReduceSumSquare", .l2Norm: "ReduceL2",
  ]
}
