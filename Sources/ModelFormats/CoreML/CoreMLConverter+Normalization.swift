import Graph

// Normalizations.

extension CoreMLConverter {
  static let normalizationOperations: [String: Operation] = [
    "batch_norm": CoreMLConverter.batchNorm,
    "instance_norm": CoreMLConverter.instanceNorm,
    "l2_norm": CoreMLConverter.l2Norm,
    "layer_norm": CoreMLConverter.layerNorm,
    "local_response_norm": CoreMLConverter.localResponseNorm,
  ]

  func batchNorm(_ call: MILCall) throws(ModelFormatError) {
    let mean = try call.name("mean")
    let count = try shape(mean).reduce(1, *)
    var scale = try call.optionalName("gamma") ?? ""
    if scale.isEmpty { scale = try filled(1, count) }
    var bias = try call.optionalName("beta") ?? ""
    if bias.isEmpty { bias = try filled(0, count) }
    try node(
      "BatchNormalization", [try call.name("x"), scale, bias, mean, try call.name("variance")], call.output,
      ["epsilon": ONNXAttribute(float: try call.float("epsilon", default: 1e-5))])
  }

  /// A constant vector of one number.
  func filled(_ value: Float, _ count: Int) throws(ModelFormatError) -> String {
    try spend(4 * count)
    return try floats(Array(repeating: value, count: count))
  }

  func instanceNorm(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let rank = try shape(x).count
    guard rank >= 3 else { throw call.operation.malformed("\(rank) axes", expected: "3 and more") }
    let scale = try call.optionalName("gamma")
    let bias = try call.optionalName("beta")
    try alias(
      try normalized(
        x, axes: Array(2..<rank), epsilon: try call.float("epsilon", default: 1e-5),
        scale: try optional(scale) { (name) throws(ModelFormatError) in try perChannel(name, rank: rank) },
        bias: try optional(bias) { (name) throws(ModelFormatError) in try perChannel(name, rank: rank) }),
      call.output)
  }

  private func optional(
    _ name: String?, _ change: (String) throws(ModelFormatError) -> String
  ) throws(ModelFormatError) -> String? {
    guard let name else { return nil }
    return try change(name)
  }

  func layerNorm(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let extents = try shape(x)
    let axes = try self.axes(try call.integers("axes") ?? Array(extents.indices), rank: extents.count)
      .sorted()
    try alias(
      try layerNormalized(
        x, axes: axes, epsilon: try call.float("epsilon", default: 1e-5),
        scale: try call.optionalName("gamma"),
        bias: try call.optionalName("beta")), call.output)
  }

  /// - Parameter scale: Of the shape of the normalized axes; so is `bias`.
  func layerNormalized(
    _ x: String, axes: [Int], epsilon: Float, scale: String?, bias: String?
  ) throws(ModelFormatError) -> String {
    let extents = try shape(x)
    if axes == Array((extents.count - axes.count)..<extents.count) {
      let own = axes.map { extents[$0] }
      return try apply(
        .layerNorm(axes: axes.count, epsilon: epsilon),
        [
          x, try optional(scale) { (name) throws(ModelFormatError) in try reshaped(name, own) } ?? "",
          try optional(bias) { (name) throws(ModelFormatError) in try reshaped(name, own) } ?? "",
        ])
    }
    let aligned = extents.indices.map { axes.contains($0) ? extents[$0] : 1 }
    return try normalized(
      x, axes: axes, epsilon: epsilon,
      scale: try optional(scale) { (name) throws(ModelFormatError) in try reshaped(name, aligned) },
      bias: try optional(bias) { (name) throws(ModelFormatError) in try reshaped(name, aligned) })
  }

  /// `(x - mean) / sqrt(variance + epsilon) * scale + bias`, mean and variance over `axes`.
  func normalized(
    _ x: String, axes: [Int], epsilon: Float, dividesByDeviation: Bool = true, scale: String? = nil,
    bias: String? = nil
  ) throws(ModelFormatError) -> String {
    var result = try node("Sub", [x, try reduced("ReduceMean", x, axes)])
    if dividesByDeviation {
      let variance = try reduced("ReduceMean", try apply(.unary(.square), [result]), axes)
      result = try node("Div", [result, try node("Sqrt", [try linear(variance, 1, epsilon)])])
    }
    if let scale { result = try node("Mul", [result, scale]) }
    if let bias { result = try node("Add", [result, bias]) }
    return result
  }

  /// `x / sqrt(sum(x^2) + epsilon)` over the last three axes.
  func l2Norm(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let rank = try shape(x).count
    try alias(
      try l2Normalized(
        x, axes: Array(max(0, rank - 3)..<rank), epsilon: try call.float("epsilon", default: 1e-6)),
      call.output)
  }

  func l2Normalized(_ x: String, axes: [Int], epsilon: Float) throws(ModelFormatError) -> String {
    let sum = try reduced("ReduceSumSquare", x, axes)
    return try node("Div", [x, try node("Sqrt", [try linear(sum, 1, epsilon)])])
  }

  func localResponseNorm(_ call: MILCall) throws(ModelFormatError) {
    try localResponse(
      try call.name("x"), size: try call.integer("size", default: 1),
      alpha: try call.float("alpha", default: 1e-4),
      beta: try call.float("beta", default: 0.75), k: try call.float("k", default: 1), call.output)
  }

  func localResponse(
    _ x: String, size: Int, alpha: Float, beta: Float, k: Float, _ output: String
  ) throws(ModelFormatError) {
    try node(
      "LRN", [x], output,
      [
        "size": ONNXAttribute(integer: size), "alpha": ONNXAttribute(float: alpha),
        "beta": ONNXAttribute(float: beta), "bias": ONNXAttribute(float: k),
      ])
  }
}
