import Graph

// Operators of ONNX Runtime's own domain that its tools write into models.

extension ONNXConverter {
  static let contributed: [String: Handler] = [
    "com.microsoft.DequantizeLinear": ONNXConverter.dequantizeLinear,
    "com.microsoft.FastGelu": ONNXConverter.fastGelu,
    "com.microsoft.FusedConv": ONNXConverter.fusedConvolution,
    "com.microsoft.Gelu": ONNXConverter.gelu,
    "com.microsoft.QuantizeLinear": ONNXConverter.quantizeLinear,
  ]

  /// A convolution with the activation that follows it, and a sum before that.
  func fusedConvolution(_ node: ONNXNode) throws(ModelFormatError) {
    var result = try convolution(
      node, x: try input(node, 0), weights: try input(node, 1), bias: try optional(node, 2))
    if node.has(3) {
      let (ids, order) = try aligned([result, try input(node, 3)], node)
      result = try apply(.binary(.add, activation: .none), ids, node, order: order)
    }
    let parameters = try node.floats("activation_params") ?? []
    func parameter(_ index: Int, _ value: Float) -> Float {
      index < parameters.count ? parameters[index] : value
    }
    let activation: Unary
    switch try node.string("activation", default: "") {
    case "": return try bind(result, node)
    case "Relu": activation = .relu
    case "Tanh": activation = .tanh
    case "Sigmoid": activation = .sigmoid
    case "LeakyRelu": activation = .leakyRelu(alpha: parameter(0, 0.01))
    case "HardSigmoid": activation = .hardSigmoid(alpha: parameter(0, 0.2), beta: parameter(1, 0.5))
    case "Clip":
      let low = parameter(0, -.greatestFiniteMagnitude)
      activation = .clamp(min: low, max: max(low, parameter(1, .greatestFiniteMagnitude)))
    case let name: throw node.unsupported("ends with \(name)")
    }
    try emit(.unary(activation), [result], node, order: assembler.order(of: result))
  }

  func fastGelu(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    guard node.has(1) else {
      try emit(.unary(.gelu(approximate: true)), [x], node, order: assembler.order(of: x))
      return
    }
    let (ids, order) = try aligned([x, try input(node, 1)], node)
    let sum = try apply(.binary(.add, activation: .none), ids, node, order: order)
    try emit(.unary(.gelu(approximate: true)), [sum], node, order: order)
  }
}
