import Graph

// Operators of ONNX Runtime's own domain that its optimizer and its tools write into models.

extension ONNXConverter {
  static let contributed: [String: Handler] = [
    "com.microsoft.BiasGelu": ONNXConverter.biasGelu,
    "com.microsoft.DequantizeLinear": ONNXConverter.dequantizeLinear,
    "com.microsoft.DynamicQuantizeMatMul": ONNXConverter.dynamicQuantizedProduct,
    "com.microsoft.FastGelu": ONNXConverter.fastGelu,
    "com.microsoft.FusedConv": ONNXConverter.fusedConvolution,
    "com.microsoft.FusedGemm": ONNXConverter.fusedGemm,
    "com.microsoft.FusedMatMul": ONNXConverter.fusedProduct,
    "com.microsoft.Gelu": ONNXConverter.gelu,
    "com.microsoft.MatMulIntegerToFloat": ONNXConverter.integerProductToFloat,
    "com.microsoft.QGemm": ONNXConverter.quantizedGemm,
    "com.microsoft.QLinearAdd": quantized(.add),
    "com.microsoft.QLinearAveragePool": ONNXConverter.quantizedAveragePool,
    "com.microsoft.QLinearConcat": ONNXConverter.quantizedConcat,
    "com.microsoft.QLinearGlobalAveragePool": ONNXConverter.quantizedGlobalAveragePool,
    "com.microsoft.QLinearLeakyRelu": ONNXConverter.quantizedLeakyRelu,
    "com.microsoft.QLinearMul": quantized(.multiply),
    "com.microsoft.QLinearSigmoid": ONNXConverter.quantizedSigmoid,
    "com.microsoft.QLinearSoftmax": ONNXConverter.quantizedSoftmax,
    "com.microsoft.QuantizeLinear": ONNXConverter.quantizeLinear,
    "com.microsoft.QuickGelu": ONNXConverter.quickGelu,
  ]

  // MARK: Fused layers

  /// A convolution with the activation that follows it, and a sum before that.
  func fusedConvolution(_ node: ONNXNode) throws(ModelFormatError) {
    var result = try convolution(
      node, x: try input(node, 0), weights: try input(node, 1), bias: try optional(node, 2))
    if node.has(3) { result = try sum(result, try input(node, 3), node) }
    try emitActivated(result, try node.string("activation", default: ""), node)
  }

  func fusedGemm(_ node: ONNXNode) throws(ModelFormatError) {
    try emitActivated(try gemmResult(node), try node.string("activation", default: ""), node)
  }

  private func emitActivated(_ x: TensorID, _ name: String, _ node: ONNXNode) throws(ModelFormatError) {
    var parameters = try node.floats("activation_params") ?? []
    if let alpha = try node.float("activation_alpha") { parameters = [alpha] }
    if let beta = try node.float("activation_beta") { parameters.append(beta) }
    func parameter(_ index: Int, _ value: Float) -> Float {
      index < parameters.count ? parameters[index] : value
    }
    let activation: Unary
    switch name {
    case "": return try bind(x, node)
    case "Relu": activation = .relu
    case "Tanh": activation = .tanh
    case "Sigmoid": activation = .sigmoid
    case "LeakyRelu": activation = .leakyRelu(alpha: parameter(0, 0.01))
    case "HardSigmoid": activation = .hardSigmoid(alpha: parameter(0, 0.2), beta: parameter(1, 0.5))
    case "Clip":
      let low = parameter(0, -.greatestFiniteMagnitude)
      activation = .clamp(min: low, max: max(low, parameter(1, .greatestFiniteMagnitude)))
    default: throw node.unsupported("ends with \(name)")
    }
    try emit(.unary(activation), [x], node, order: assembler.order(of: x))
  }

  /// `alpha * A' * B'`, with the last two axes of each swapped where it says so.
  func fusedProduct(_ node: ONNXNode) throws(ModelFormatError) {
    let swapsA = try node.flag("transBatchA", default: false)
    let swapsB = try node.flag("transBatchB", default: false)
    if swapsA || swapsB {
      throw node.unsupported("swaps batch axes")
    }
    let result = try product(
      try swapped(node, 0, if: "transA"), try swapped(node, 1, if: "transB"), node)
    try bind(try scaled(result, try node.float("alpha", default: 1), node), node)
  }

  private func swapped(
    _ node: ONNXNode, _ position: Int, if flag: String
  ) throws(ModelFormatError) -> TensorID {
    let x = try written(node, position)
    guard try node.flag(flag, default: false), shape(x).rank >= 2 else { return x }
    var permutation = Array(0..<shape(x).rank)
    permutation.swapAt(permutation.count - 1, permutation.count - 2)
    return try permuted(x, permutation, node)
  }

  func sum(_ a: TensorID, _ b: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let (ids, order) = try aligned([a, b], node)
    return try apply(.binary(.add, activation: .none), ids, node, order: order)
  }

  // MARK: Activations

  func biasGelu(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try sum(try input(node, 0), try input(node, 1), node)
    try emit(.unary(.gelu(approximate: false)), [x], node, order: assembler.order(of: x))
  }

  func fastGelu(_ node: ONNXNode) throws(ModelFormatError) {
    var x = try input(node, 0)
    if node.has(1) { x = try sum(x, try input(node, 1), node) }
    try emit(.unary(.gelu(approximate: true)), [x], node, order: assembler.order(of: x))
  }

  /// `x * sigmoid(alpha * x)`.
  func quickGelu(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let order = assembler.order(of: x)
    let alpha = try scalar(Double(try node.float("alpha", default: 1.702)), like: x, node)
    let product = try apply(.binary(.multiply, activation: .none), [x, alpha], node, order: order)
    let gate = try apply(.unary(.sigmoid), [product], node, order: order)
    try emit(.binary(.multiply, activation: .none), [x, gate], node, order: order)
  }

  // MARK: Layers on integers: on the numbers that they stand for; lowering does them with integer kernels

  private static func quantized(_ binary: Binary) -> Handler {
    { converter in
      { (node) throws(ModelFormatError) in
        let a = try converter.dequantized(node, 0, scale: 1, zeroPoint: 2)
        let b = try converter.dequantized(node, 3, scale: 4, zeroPoint: 5)
        let (ids, order) = try converter.aligned([a, b], node)
        let result = try converter.apply(.binary(binary, activation: .none), ids, node, order: order)
        try converter.emitQuantized(result, node, scale: 6, zeroPoint: 7)
      }
    }
  }

  private func emitQuantized(_ unary: Unary, _ node: ONNXNode) throws(ModelFormatError) {
    let x = try dequantized(node, 0, scale: 1, zeroPoint: 2)
    let result = try apply(.unary(unary), [x], node, order: assembler.order(of: x))
    try emitQuantized(result, node, scale: 3, zeroPoint: 4)
  }

  func quantizedLeakyRelu(_ node: ONNXNode) throws(ModelFormatError) {
    try emitQuantized(.leakyRelu(alpha: try node.float("alpha", default: 0.01)), node)
  }

  func quantizedSigmoid(_ node: ONNXNode) throws(ModelFormatError) { try emitQuantized(.sigmoid, node) }

  func quantizedSoftmax(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try dequantized(node, 0, scale: 1, zeroPoint: 2)
    let opset = try node.integer("opset", default: 13)
    let rank = shape(x).rank
    let axis = try axis(try node.integer("axis", default: -1), rank: rank, node)
    guard opset >= 13 || axis == rank - 1 else { throw node.unsupported("takes several axes as one") }
    let order = assembler.order(of: x)
    let result = try apply(
      .softmax(axis: order.place(of: axis, rank: rank), beta: 1), [x], node, order: order)
    try emitQuantized(result, node, scale: 3, zeroPoint: 4)
  }

  func quantizedGlobalAveragePool(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try dequantizedImage(node)
    let rank = assembler[x].shape.rank
    let result = try apply(
      .reduce(.mean, axes: Array(1..<rank - 1), keepsDimensions: true), [x], node,
      order: assembler.order(of: x))
    try emitQuantized(result, node, scale: 3, zeroPoint: 4)
  }

  func quantizedAveragePool(_ node: ONNXNode) throws(ModelFormatError) {
    if try node.flag("channels_last", default: false) { throw node.unsupported("has channels last") }
    let x = try dequantized(node, 0, scale: 1, zeroPoint: 2)
    try emitQuantized(try pooled(x, .average, node), node, scale: 3, zeroPoint: 4)
  }

  /// Input 0 with its channels at the end; it may come so.
  private func dequantizedImage(_ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let x = try dequantized(node, 0, scale: 1, zeroPoint: 2)
    try requireRank(3...Shape.largestRank, x, node)
    return try node.flag("channels_last", default: false)
      ? try inOrder(.written, x, node) : try inOrder(.channelsLast, x, node)
  }

  /// The scale and zero point of the result come first, then three inputs an operand.
  func quantizedConcat(_ node: ONNXNode) throws(ModelFormatError) {
    var operands: [TensorID] = []
    for position in stride(from: 2, to: node.inputs.count, by: 3) {
      operands.append(try dequantized(node, position, scale: position + 1, zeroPoint: position + 2))
    }
    guard let first = operands.first else { throw node.malformed("no inputs", expected: "at least 1") }
    let rank = shape(first).rank
    let axis = try axis(try node.integer("axis", default: 1), rank: rank, node)
    let order = commonOrder(operands)
    var ids: [TensorID?] = []
    for id in operands { ids.append(try inOrder(order, id, node)) }
    let result = try apply(
      .concat(axis: order.place(of: axis, rank: rank), activation: .none), ids, node, order: order)
    try emitQuantized(result, node, scale: 0, zeroPoint: 1)
  }

  /// A, B and C, the first two with scales and zero points; the result is real where it has no scale.
  func quantizedGemm(_ node: ONNXNode) throws(ModelFormatError) {
    var a = try dequantized(node, 0, scale: 1, zeroPoint: 2)
    let transposed = try node.flag("transB", default: false)
    let b = try dequantized(node, 3, scale: 4, zeroPoint: 5, defaultAxis: transposed ? 0 : 1)
    let alpha = try node.float("alpha", default: 1)
    if try node.flag("transA", default: false) { a = try permuted(a, [1, 0], node) }
    let weights = transposed ? b : try permuted(b, [1, 0], node)
    var bias: TensorID?
    if node.has(6) {
      let input = try float(node, 1) * alpha
      let scales = try floats(node, 4).map { $0 * input }
      bias = try dequantizedBias(node, 6, scales: scales)
    }
    guard alpha == 1 else { throw node.unsupported("multiplies by \(alpha)") }
    let result = try apply(
      .fullyConnected(activation: .none, keepsLeadingAxes: true), [a, weights] + (bias.map { [$0] } ?? []),
      node)
    guard node.has(7) else { return try bind(result, node) }
    try emitQuantized(result, node, scale: 7, zeroPoint: 8)
  }

  /// A product of bytes, times the scales of both, plus a bias.
  func integerProductToFloat(_ node: ONNXNode) throws(ModelFormatError) {
    let a = try centred(node, 0, zeroPoint: 4, axis: -2)
    let b = try centred(node, 1, zeroPoint: 5, axis: -1)
    let scale = try apply(
      .binary(.multiply, activation: .none), [try written(node, 2), try written(node, 3)], node)
    var result = try apply(.binary(.multiply, activation: .none), [try product(a, b, node), scale], node)
    if let bias = try optional(node, 6) { result = try sum(result, bias, node) }
    try bind(result, node)
  }

  /// The same, with A quantized as it comes.
  func dynamicQuantizedProduct(_ node: ONNXNode) throws(ModelFormatError) {
    let a = try dynamicallyQuantized(try written(node, 0), node)
    let numbers = try apply(.cast, [a.bytes], node, type: .f32)
    let offset = try apply(.cast, [a.zeroPoint], node, type: .f32)
    let centredA = try apply(.binary(.subtract, activation: .none), [numbers, offset], node)
    let b = try centred(node, 1, zeroPoint: 3, axis: -1)
    let scale = try apply(.binary(.multiply, activation: .none), [a.scale, try written(node, 2)], node)
    var result = try apply(
      .binary(.multiply, activation: .none), [try product(centredA, b, node), scale], node)
    if let bias = try optional(node, 4) { result = try sum(result, bias, node) }
    try bind(result, node)
  }
}
