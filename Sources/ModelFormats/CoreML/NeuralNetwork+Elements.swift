import Graph

// Layers on each element of one or more blobs, and normalizations.

extension CoreMLConverter {
  static let elementLayers: [Int: Layer] = {
    var table: [Int: Layer] = [:]
    for (kind, op) in unaryLayers {
      table[kind] = making { (c, layer, _, _) throws(ModelFormatError) in try c.node(op, [try c.blob(layer)])
      }
    }
    for (kind, op) in broadcastLayers {
      table[kind] = running { (c, layer) throws(ModelFormatError) in
        try c.set(layer, try c.node(op, [try c.blob(layer), try c.blob(layer, 1)]))
      }
    }
    for (kind, op) in [(865, Binary.floorModulo), (895, .floorDivide)] {
      table[kind] = running { (c, layer) throws(ModelFormatError) in
        try c.set(
          layer, try c.apply(.binary(op, activation: .none), [try c.blob(layer), try c.blob(layer, 1)]))
      }
    }
    // The constant to compare with is field 2, of the last two field 1.
    for (kind, op, alpha) in [
      (815, Binary.equal, 1), (820, .notEqual, 1), (825, .less, 2), (827, .lessEqual, 2), (830, .greater, 2),
      (832, .greaterEqual, 2),
    ] {
      table[kind] = running { (c, layer) throws(ModelFormatError) in
        let other =
          layer.inputs.count > 1 ? try c.blob(layer, 1) : try c.scalar(try layer.parameters.float(alpha))
        let holds = try c.apply(.binary(op, activation: .none), [try c.blob(layer), other])
        try c.set(layer, try c.converted(holds, to: .f32))
      }
    }
    for (kind, op) in [(840, "Or"), (845, "Xor"), (855, "And")] {
      table[kind] = running { (c, layer) throws(ModelFormatError) in
        let holds = try c.node(op, [try c.truth(try c.blob(layer)), try c.truth(try c.blob(layer, 1))])
        try c.set(layer, try c.converted(holds, to: .f32))
      }
    }
    table[850] = running { (c, layer) throws(ModelFormatError) in
      try c.set(layer, try c.converted(try c.node("Not", [try c.truth(try c.blob(layer))]), to: .f32))
    }
    table[130] = running { (c, layer) throws(ModelFormatError) in
      try c.set(layer, try c.activated(try c.blob(layer), layer.parameters))
    }
    table[160] = CoreMLConverter.batchNormLayer
    table[165] = CoreMLConverter.meanVarianceLayer
    table[170] = running { (c, layer) throws(ModelFormatError) in
      let x = try c.blob(layer)
      let rank = try c.shape(x).count
      let epsilon = try layer.parameters.float(1)
      try c.set(
        layer,
        try c.l2Normalized(x, axes: Array(max(0, rank - 3)..<rank), epsilon: epsilon == 0 ? 1e-6 : epsilon))
    }
    table[180] = running { (c, layer) throws(ModelFormatError) in
      let output = c.freshName("lrn")
      let (image, leading) = try c.asImage(try c.blob(layer))
      let k = try layer.parameters.float(4)
      try c.localResponse(
        image, size: try layer.parameters.integer(3), alpha: try layer.parameters.float(1),
        beta: try layer.parameters.float(2), k: k == 0 ? 1 : k, output)
      try c.set(layer, try c.fromImage(output, leading: leading))
    }
    table[220] = CoreMLConverter.unaryFunctionLayer
    table[230] = running { (c, layer) throws(ModelFormatError) in try c.combine("Add", layer) }
    table[231] = running { (c, layer) throws(ModelFormatError) in try c.combine("Mul", layer) }
    table[240] = running { (c, layer) throws(ModelFormatError) in
      let blobs = try c.allBlobs(layer)
      try c.set(layer, try c.linear(try c.folded("Add", blobs), 1 / Float(blobs.count), 0))
    }
    table[245] = CoreMLConverter.scaleLayer
    table[250] = running { (c, layer) throws(ModelFormatError) in
      let bias = try c.channelWeights(layer, 2, try layer.parameters.integers(1))
      try c.set(layer, try c.node("Add", [try c.blob(layer), bias]))
    }
    for (kind, op) in [(260, "Max"), (261, "Min")] {
      table[kind] = running { (c, layer) throws(ModelFormatError) in
        try c.set(layer, try c.folded(op, try c.allBlobs(layer)))
      }
    }
    table[600] = making { (c, layer, _, _) throws(ModelFormatError) in try c.blob(layer) }
    table[660] = running { (c, layer) throws(ModelFormatError) in
      try c.set(
        layer, try c.clamped(try c.blob(layer), try layer.parameters.float(1), try layer.parameters.float(2)))
    }
    table[700] = running { (c, layer) throws(ModelFormatError) in
      try c.set(layer, try c.node("Exp", [try c.linear(try c.blob(layer), 0.693_147_180_559_945_3, 0)]))
    }
    table[795] = running { (c, layer) throws(ModelFormatError) in
      let modes = ["EXACT", "TANH_APPROXIMATION", "SIGMOID_APPROXIMATION"]
      let mode = try layer.parameters.integer(1)
      try c.set(
        layer, try c.gelu(try c.blob(layer), mode: modes.indices.contains(mode) ? modes[mode] : "\(mode)"))
    }
    table[1330] = running { (c, layer) throws(ModelFormatError) in
      try c.set(
        layer,
        try c.node("Where", [try c.truth(try c.blob(layer)), try c.blob(layer, 1), try c.blob(layer, 2)]))
    }
    table[1350] = CoreMLConverter.layerNormLayer
    table[1460] = running { (c, layer) throws(ModelFormatError) in
      let limited = try c.apply(.unary(.leakyRelu(alpha: try layer.parameters.float(1))), [try c.blob(layer)])
      try c.set(layer, try c.node("Min", [limited, try c.scalar(try layer.parameters.float(2))]))
    }
    return table
  }()

  private static let unaryLayers: [Int: String] = [
    665: "Ceil", 670: "Floor", 680: "Sign", 685: "Round", 710: "Sin", 715: "Cos", 720: "Tan", 730: "Asin",
    735: "Acos", 740: "Atan", 750: "Sinh", 755: "Cosh", 760: "Tanh", 770: "Asinh", 775: "Acosh", 780: "Atanh",
    790: "Erf",
  ]

  private static let broadcastLayers: [Int: String] = [
    870: "Min", 875: "Max", 880: "Add", 885: "Pow", 890: "Div", 900: "Mul", 905: "Sub",
  ]

  /// A number as a condition: all but 0 hold.
  func truth(_ x: String) throws(ModelFormatError) -> String {
    if try elementType(x) == .bool { return x }
    return try apply(.binary(.notEqual, activation: .none), [x, try scalar(0)])
  }

  func folded(_ op: String, _ blobs: [String]) throws(ModelFormatError) -> String {
    var result = blobs[0]
    for next in blobs.dropFirst() { result = try node(op, [result, next]) }
    return result
  }

  /// Several blobs with each other, or one with a constant.
  private func combine(_ op: String, _ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let blobs = try allBlobs(layer)
    let operands = blobs.count == 1 ? [blobs[0], try scalar(try layer.parameters.float(1))] : blobs
    try set(layer, try folded(op, operands))
  }

  // MARK: Activations

  /// The function that a message of ActivationParams describes.
  func activated(_ x: String, _ parameters: ProtobufRecord) throws(ModelFormatError) -> String {
    guard let kind = parameters.first(of: 5...71) else {
      throw malformed("no function", expected: "an activation")
    }
    let record = try parameters.record(kind)
    let rank = try shape(x).count
    /// One number a channel.
    func channels(_ number: Int) throws(ModelFormatError) -> String {
      let values = try numbers(try record.record(number), count: nil, channels: 1)
      let vector = values.count == 1 ? [] : [values.count, 1, 1]
      guard values.count == 1 || rank >= 3 else { return try floats(values) }
      return try floats(values, vector)
    }
    switch kind {
    case 5: return try linear(x, try record.float(1), try record.float(2))
    case 10: return try node("Relu", [x])
    case 15: return try apply(.unary(.leakyRelu(alpha: try record.float(1))), [x])
    case 20: return try thresholdedRelu(x, try record.float(1))
    case 25: return try node("PRelu", [x, try channels(1)])
    case 30: return try node("Tanh", [x])
    case 31:
      return try linear(try node("Tanh", [try linear(x, try record.float(2), 0)]), try record.float(1), 0)
    case 40: return try node("Sigmoid", [x])
    case 41:
      return try apply(.unary(.hardSigmoid(alpha: try record.float(1), beta: try record.float(2))), [x])
    case 50: return try apply(.unary(.elu(alpha: try record.float(1))), [x])
    case 60: return try node("Softsign", [x])
    case 70: return try node("Softplus", [x])
    case 71:
      let inner = try node("Softplus", [try node("Mul", [x, try channels(2)])])
      return try node("Mul", [inner, try channels(1)])
    default: throw unsupported("has an activation of kind \(kind)")
    }
  }

  private func unaryFunctionLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let scale = try p.float(5)
    let x = try linear(try blob(layer), scale == 0 ? 1 : scale, try p.float(4))
    let epsilon = try p.float(3)
    let small = epsilon == 0 ? 1e-6 : epsilon
    let result: String
    switch try p.integer(1) {
    case 0: result = try node("Sqrt", [x])
    case 1: result = try apply(.unary(.rsqrt), [try linear(x, 1, small)])
    case 2: result = try node("Reciprocal", [try linear(x, 1, small)])
    case 3: result = try node("Pow", [x, try scalar(try p.float(2))])
    case 4: result = try node("Exp", [x])
    case 5: result = try node("Log", [x])
    case 6: result = try node("Abs", [x])
    case 7: result = try node("Max", [x, try scalar(try p.float(2))])
    case let function: throw unsupported("is a unary function of kind \(function)")
    }
    try set(layer, result)
  }

  // MARK: Normalizations and scales

  private func batchNormLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let channels = try p.integer(1)
    let x = try blob(layer)
    let epsilon = try p.float(10)
    let small = epsilon == 0 ? Float(1e-5) : epsilon
    let gamma = try weights(layer, 15, [channels])
    let beta = try weights(layer, 16, [channels])
    let isInstance = try p.flag(6)
    if try p.flag(5), isInstance {
      let rank = try shape(x).count
      let spread = [channels, 1, 1]
      return try set(
        layer,
        try normalized(
          x, axes: [rank - 2, rank - 1], epsilon: small, scale: try reshaped(gamma, spread),
          bias: try reshaped(beta, spread)))
    }
    let (image, leading) = try asImage(x)
    let result = try node(
      "BatchNormalization",
      [image, gamma, beta, try weights(layer, 17, [channels]), try weights(layer, 18, [channels])],
      nil, ["epsilon": ONNXAttribute(float: small)])
    try set(layer, try fromImage(result, leading: leading))
  }

  private func meanVarianceLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let x = try blob(layer)
    let rank = try shape(x).count
    guard rank >= 3 else { throw malformed("\(rank) axes", expected: "channels, rows and columns") }
    let first = try layer.parameters.flag(1) ? rank - 3 : rank - 2
    let epsilon = try layer.parameters.float(3)
    try set(
      layer,
      try normalized(
        x, axes: Array(first..<rank), epsilon: epsilon == 0 ? 1e-5 : epsilon,
        dividesByDeviation: try layer.parameters.flag(2)))
  }

  private func layerNormLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let x = try blob(layer)
    let normalizedShape = try layer.parameters.integers(1)
    let rank = try shape(x).count
    guard normalizedShape.count <= rank else {
      throw malformed("a shape of \(normalizedShape.count) axes", expected: "at most \(rank)")
    }
    let epsilon = try layer.parameters.float(2)
    try set(
      layer,
      try layerNormalized(
        x, axes: Array((rank - normalizedShape.count)..<rank), epsilon: epsilon == 0 ? 1e-5 : epsilon,
        scale: try weights(layer, 3, normalizedShape), bias: try weights(layer, 4, normalizedShape)))
  }

  /// Weights of shape `[C]`, or of channels, rows and columns, to broadcast over an image.
  private func channelWeights(_ layer: NeuralNetworkLayer, _ number: Int, _ shape: [Int])
    throws(ModelFormatError) -> String
  {
    let shape = shape.isEmpty ? [1] : shape
    let values = try weights(layer, number, shape)
    return shape.count == 1 && networkHasOldAxes ? try reshaped(values, shape + [1, 1]) : values
  }

  private func scaleLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let scale = try channelWeights(layer, 2, try layer.parameters.integers(1))
    var result = try node("Mul", [try blob(layer), scale])
    if try layer.parameters.flag(3) {
      result = try node("Add", [result, try channelWeights(layer, 5, try layer.parameters.integers(4))])
    }
    try set(layer, result)
  }
}
