import Graph

// Normalizations by the input's own mean and variance.

extension ONNXConverter {
  static let layerNormalizations: [String: Handler] = [
    "GroupNormalization": ONNXConverter.groupNormalization,
    "InstanceNormalization": ONNXConverter.instanceNormalization,
    "LayerNormalization": ONNXConverter.layerNormalization,
    "LpNormalization": ONNXConverter.lpNormalization,
    "MeanVarianceNormalization": ONNXConverter.meanVarianceNormalization,
    "RMSNormalization": ONNXConverter.rmsNormalization,
    "SimplifiedLayerNormalization": ONNXConverter.rmsNormalization,
  ]

  func layerNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let rank = shape(x).rank
    let axis = try axis(try node.integer("axis", default: -1), rank: rank, node)
    let epsilon = try node.float("epsilon", default: 1e-5)
    let operands = [try optional(node, 1), try optional(node, 2)]
    let result = try normalized(.layerNorm(axes: rank - axis, epsilon: epsilon), x, axis, operands, node)
    try bind(result, node)
    guard node.makes(1) || node.makes(2) else { return }
    let axes = Array(axis..<rank)
    let mean = try apply(.reduce(.mean, axes: axes, keepsDimensions: true), [x], node)
    try bind(mean, node, output: 1)
    let deviation = try apply(.binary(.subtract, activation: .none), [x, mean], node)
    let square = try apply(.unary(.square), [deviation], node)
    let variance = try apply(.reduce(.mean, axes: axes, keepsDimensions: true), [square], node)
    let sum = try apply(
      .binary(.add, activation: .none), [variance, try scalar(Double(epsilon), like: x, node)], node)
    try emit(.unary(.rsqrt), [sum], node, output: 2)
  }

  func rmsNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let rank = shape(x).rank
    let axis = try axis(try node.integer("axis", default: -1), rank: rank, node)
    let epsilon = try node.float("epsilon", default: 1e-5)
    if node.makes(1) { throw node.unsupported("returns the inverse of its mean square") }
    try bind(
      try normalized(.rmsNorm(axes: rank - axis, epsilon: epsilon), x, axis, [try optional(node, 1)], node),
      node)
  }

  /// `op` with scale and bias inside where they have the shape that it normalizes, else multiplied and added behind it.
  private func normalized(
    _ op: Operator, _ x: TensorID, _ axis: Int, _ operands: [TensorID?], _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    let own = Shape(Array(shape(x).dimensions[axis...]))
    if operands.allSatisfy({ $0.map { shape($0) == own } ?? true }) {
      var inputs = [x] + operands
      while let last = inputs.last, last == nil { inputs.removeLast() }
      return try apply(op, inputs, node)
    }
    var result = try apply(op, [x], node)
    for (binary, operand) in zip([Binary.multiply, .add], operands) {
      if let operand { result = try apply(.binary(binary, activation: .none), [result, operand], node) }
    }
    return result
  }

  func groupNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try channelsLast(node, 0)
    try requireRank(3...Shape.largestRank, x, node)
    let channels = shape(x)[1]
    let groups = try node.integer("num_groups", default: 1)
    guard groups >= 1, channels % groups == 0 else {
      throw node.malformed("\(groups) groups of \(channels) channels", expected: "a number that divides them")
    }
    var inputs: [TensorID?] = [x]
    for position in 1...2 {
      var operand = try written(node, position)
      if node.opset < 21, groups != channels, shape(operand) == [groups] {
        // One a group, as the operator had it at first.
        let column = try apply(.reshape, [operand], node, shape: [groups, 1])
        let repeated = try apply(.broadcast, [column], node, shape: [groups, channels / groups])
        operand = try apply(.reshape, [repeated], node, shape: [channels])
      }
      inputs.append(operand)
    }
    try emit(
      .groupNorm(groups: groups, epsilon: try node.float("epsilon", default: 1e-5)), inputs, node,
      order: .channelsLast)
  }

  func instanceNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try channelsLast(node, 0)
    try requireRank(3...Shape.largestRank, x, node)
    try emit(
      .groupNorm(groups: shape(x)[1], epsilon: try node.float("epsilon", default: 1e-5)),
      [x, try written(node, 1), try written(node, 2)], node, order: .channelsLast)
  }

  func meanVarianceNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let axes = try axes(try node.integers("axes") ?? [0, 2, 3], rank: shape(x).rank, node)
    let mean = try apply(.reduce(.mean, axes: axes, keepsDimensions: true), [x], node)
    let deviation = try apply(.binary(.subtract, activation: .none), [x, mean], node)
    let square = try apply(.unary(.square), [deviation], node)
    let variance = try apply(.reduce(.mean, axes: axes, keepsDimensions: true), [square], node)
    let root = try apply(.unary(.sqrt), [variance], node)
    let divisor = try apply(.binary(.add, activation: .none), [root, try scalar(1e-9, like: x, node)], node)
    try emit(.binary(.divide, activation: .none), [deviation, divisor], node)
  }

  func lpNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let axis = try axis(try node.integer("axis", default: -1), rank: shape(x).rank, node)
    let norm: TensorID
    switch try node.integer("p", default: 2) {
    case 1:
      let magnitude = try apply(.unary(.abs), [x], node)
      norm = try apply(.reduce(.sum, axes: [axis], keepsDimensions: true), [magnitude], node)
    case 2: norm = try apply(.reduce(.l2Norm, axes: [axis], keepsDimensions: true), [x], node)
    case let p: throw node.malformed("p \(p)", expected: "1 or 2")
    }
    // Nothing divided by its norm of nothing is nothing.
    let nothing = try scalar(0, like: x, node)
    let isNothing = try apply(.binary(.equal, activation: .none), [norm, nothing], node, type: .bool)
    let quotient = try apply(.binary(.divide, activation: .none), [x, norm], node)
    try emit(.select, [isNothing, nothing, quotient], node, shape: shape(x), type: elementType(x))
  }
}
