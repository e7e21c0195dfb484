import Graph

// Functions of each element alone.

extension ONNXConverter {
  static let activations: [String: Handler] = [
    "Abs": unary(.abs), "Ceil": unary(.ceil), "Cos": unary(.cos), "Erf": unary(.erf), "Exp": unary(.exp),
    "Floor": unary(.floor), "HardSwish": unary(.hardSwish), "Log": unary(.log), "Neg": unary(.negate),
    "Not": unary(.logicalNot), "Reciprocal": unary(.reciprocal), "Relu": unary(.relu), "Round": unary(.round),
    "Sigmoid": unary(.sigmoid), "Sign": unary(.sign), "Sin": unary(.sin), "Softplus": unary(.softplus),
    "Sqrt": unary(.sqrt), "Tanh": unary(.tanh),
    "Cast": ONNXConverter.cast,
    "CastLike": ONNXConverter.castLike,
    "Clip": ONNXConverter.clip,
    "Elu": ONNXConverter.elu,
    "Gelu": ONNXConverter.gelu,
    "HardSigmoid": ONNXConverter.hardSigmoid,
    "LeakyRelu": ONNXConverter.leakyRelu,
  ]

  static func unary(_ unary: Unary) -> Handler {
    { converter in { (node) throws(ModelFormatError) in try converter.emit(unary, node) } }
  }

  /// A function of input 0, in the order of axes that it is in.
  func emit(_ unary: Unary, _ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    try emit(.unary(unary), [x], node, order: assembler.order(of: x))
  }

  func elu(_ node: ONNXNode) throws(ModelFormatError) {
    try emit(.elu(alpha: try node.float("alpha", default: 1)), node)
  }

  func leakyRelu(_ node: ONNXNode) throws(ModelFormatError) {
    try emit(.leakyRelu(alpha: try node.float("alpha", default: 0.01)), node)
  }

  func hardSigmoid(_ node: ONNXNode) throws(ModelFormatError) {
    let alpha = try node.float("alpha", default: 0.2)
    try emit(.hardSigmoid(alpha: alpha, beta: try node.float("beta", default: 0.5)), node)
  }

  func gelu(_ node: ONNXNode) throws(ModelFormatError) {
    try emit(.gelu(approximate: try node.string("approximate", default: "none") == "tanh"), node)
  }

  /// Limits are attributes before opset 11, inputs from then on.
  func clip(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    if node.opset < 11 || elementType(x) == .f32 {
      let least: Float?
      let greatest: Float?
      if node.opset < 11 {
        least = try node.float("min")
        greatest = try node.float("max")
      } else {
        least = try optionalFloats(node, 1)?.first
        greatest = try optionalFloats(node, 2)?.first
      }
      let low = least ?? -.greatestFiniteMagnitude
      let high = greatest ?? .greatestFiniteMagnitude
      if low == 0, high == .greatestFiniteMagnitude { return try emit(.relu, node) }
      if low == 0, high == 6 { return try emit(.relu6, node) }
      return try emit(.clamp(min: min(low, high), max: high), node)
    }
    var result = x
    let order = assembler.order(of: x)
    if let least = try optional(node, 1) {
      result = try apply(.binary(.maximum, activation: .none), [result, least], node, order: order)
    }
    if let greatest = try optional(node, 2) {
      result = try apply(.binary(.minimum, activation: .none), [result, greatest], node, order: order)
    }
    try bind(result, node)
  }

  func cast(_ node: ONNXNode) throws(ModelFormatError) {
    let number = try node.integer("to", default: 0)
    guard let type = ONNXDataType(rawValue: number)?.elementType else {
      throw node.unsupported(
        "converts to \(ONNXDataType(rawValue: number).map { "\($0)" } ?? "type \(number)")")
    }
    try cast(try input(node, 0), to: type, node)
  }

  func castLike(_ node: ONNXNode) throws(ModelFormatError) {
    try cast(try input(node, 0), to: elementType(try input(node, 1)), node)
  }

  private func cast(_ x: TensorID, to type: ElementType, _ node: ONNXNode) throws(ModelFormatError) {
    if elementType(x) == type { return try bind(x, node) }
    // Without saturation, 8-bit floats become infinite or NaN.
    let saturates = try node.flag("saturate", default: true)
    try emit(saturates ? .cast : .castOverflowing, [x], node, type: type, order: assembler.order(of: x))
  }
}
