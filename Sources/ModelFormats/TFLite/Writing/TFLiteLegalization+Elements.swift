import Graph

extension GraphRewriter {
  mutating func legalizeUnary(_ unary: Unary) throws(ModelWriteError) {
    let x = try tensor(0)
    let isReal = graph[x].elementType.isFloatingPoint
    // Integers that stand for numbers are dealt with by their kind of element.
    guard isReal else { return keep() }
    func scalar(_ value: Float, _ role: String) -> TensorID { constant([value], role) }
    switch unary {
    case .silu: finish(binary(.multiply), [x, try step(.unary(.sigmoid), [x])])
    case .clamp(0, 1), .elu(1): keep()
    case .clamp(let least, let greatest):
      let bounded = try step(binary(.maximum), [x, scalar(least, "least")])
      finish(binary(.minimum), [bounded, scalar(greatest, "greatest")])
    case .elu(let alpha):
      let negative = try step(.unary(.elu(alpha: 1)), [try step(binary(.minimum), [x, scalar(0, "zero")])])
      finish(binary(.add), [try step(.unary(.relu), [x]), try multiply(negative, scalar(alpha, "alpha"))])
    case .hardSigmoid(let alpha, let beta):
      let line = try add(try multiply(x, scalar(alpha, "alpha")), scalar(beta, "beta"))
      finish(.unary(.clamp(min: 0, max: 1)), [line])
    case .softplus:
      // log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), which does not overflow.
      let decay = try step(.unary(.exp), [try step(.unary(.negate), [try step(.unary(.abs), [x])])])
      let rest = try step(.unary(.log), [try add(decay, scalar(1, "one"))])
      finish(binary(.add), [try step(.unary(.relu), [x]), rest])
    case .reciprocal: finish(binary(.divide), [scalar(1, "one"), x])
    case .erf: try legalizeErf(x)
    default: keep()
    }
  }

  /// sign(x) * (1 - t * polynomial(t) * exp(-x * x)) with t = 1 / (1 + p * |x|); off by at most 1.5e-7, and by what
  /// f32 adds to that.
  ///
  /// - Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26.
  private mutating func legalizeErf(_ x: TensorID) throws(ModelWriteError) {
    let one = constant([1], "one")
    let scaled = try multiply(try step(.unary(.abs), [x]), constant([0.327_591_1], "p"))
    let t = try step(binary(.divide), [one, try add(scaled, one)])
    var polynomial = constant([1.061_405_429], "a5")
    for coefficient in [-1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592] as [Float] {
      polynomial = try add(try multiply(polynomial, t), constant([coefficient], "a"))
    }
    let bell = try step(.unary(.exp), [try step(.unary(.negate), [try step(.unary(.square), [x])])])
    let tail = try multiply(try multiply(polynomial, t), bell)
    finish(binary(.multiply), [try step(.unary(.sign), [x]), try step(binary(.subtract), [one, tail])])
  }

  /// ADD, SUB, MUL and DIV take an activation along.
  mutating func legalizeBinary(_ binary: Binary, _ activation: Activation) throws(ModelWriteError) {
    guard activation != .none, ![.add, .subtract, .multiply, .divide].contains(binary) else { return keep() }
    guard let unary = activation.unary else {
      throw unsupported("its activation \(activation) has no operator of its own")
    }
    let plain = try step(
      self.binary(binary), node.inputs.compactMap { $0 }, quantization: graph[node.outputs[0]].quantization)
    finish(.unary(unary), [plain])
  }

  mutating func legalizeReduction(
    _ reduction: Reduction, _ axes: [Int], _ keepsDimensions: Bool
  ) throws(ModelWriteError) {
    let x = try tensor(0)
    let isReal = graph[x].elementType.isFloatingPoint
    switch reduction {
    case .sumOfSquares where isReal:
      finish(
        .reduce(.sum, axes: axes, keepsDimensions: keepsDimensions), [try step(.unary(.square), [x])])
    case .l2Norm where isReal:
      let sum = try step(
        .reduce(.sum, axes: axes, keepsDimensions: keepsDimensions), [try step(.unary(.square), [x])])
      finish(.unary(.sqrt), [sum])
    case .sum, .mean, .maximum, .minimum, .product, .any, .all:
      // A reduction over no axes is a copy; an empty constant cannot be told from a missing one.
      axes.isEmpty ? finish(.reshape, [x]) : keep()
    default: throw unsupported("TFLite has no such reduction of \(graph[x].elementType)")
    }
  }

  /// (x - mean) / sqrt(variance + epsilon) * scale + bias.
  mutating func legalizeLayerNorm(_ axes: Int, _ epsilon: Float) throws(ModelWriteError) {
    let x = try tensor(0)
    let rank = graph[x].shape.rank
    let mean = Operator.reduce(.mean, axes: Array((rank - axes)..<rank), keepsDimensions: true)
    let centred = try step(binary(.subtract), [x, try step(mean, [x])])
    let variance = try step(mean, [try step(.unary(.square), [centred])])
    let spread = try step(.unary(.rsqrt), [try add(variance, constant([epsilon], "epsilon"))])
    let operands = (1...2).map { node.inputs.indices.contains($0) ? node.inputs[$0] : nil }
    switch (operands[0], operands[1]) {
    case (nil, nil): finish(binary(.multiply), [centred, spread])
    case (let scale?, nil): finish(binary(.multiply), [try multiply(centred, spread), scale])
    case (nil, let bias?): finish(binary(.add), [try multiply(centred, spread), bias])
    case (let scale?, let bias?):
      finish(binary(.add), [try multiply(try multiply(centred, spread), scale), bias])
    }
  }

  /// x * factor + offset, where scale, bias, mean and variance are constant.
  mutating func legalizeBatchNorm(_ epsilon: Float) throws(ModelWriteError) {
    let x = try tensor(0)
    var operands: [[Float]] = []
    for position in 1...4 {
      guard let values = graph.numbers(try tensor(position)) else {
        throw unsupported("its scale, bias, mean or variance is not an f32 constant")
      }
      operands.append(values)
    }
    let channels = operands[0].count
    let factors = (0..<channels).map { operands[0][$0] / (operands[3][$0] + epsilon).squareRoot() }
    let offsets = (0..<channels).map { operands[1][$0] - operands[2][$0] * factors[$0] }
    let scaled = try multiply(x, constant(factors, shape: [channels], "factors"))
    finish(binary(.add), [scaled, constant(offsets, shape: [channels], "offsets")])
  }
}
