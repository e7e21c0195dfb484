import Graph

// Normalizations.

extension ONNXConverter {
  static let normalizations: [String: Handler] = [
    "BatchNormalization": ONNXConverter.batchNormalization,
    "LRN": ONNXConverter.localResponseNormalization,
  ]

  func batchNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    if try node.flag("training_mode", default: false) { throw node.unsupported("is in training mode") }
    let x = try channelsLast(node, 0)
    var inputs: [TensorID?] = [x]
    for position in 1...4 { inputs.append(try written(node, position)) }
    try emit(
      .batchNorm(epsilon: try node.float("epsilon", default: 1e-5)), inputs, node, order: .channelsLast)
  }

  /// x / (bias + alpha / size * sum of squares over `size` channels around each)^beta.
  func localResponseNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try channelsLast(node, 0)
    try requireRank(3...Shape.largestRank, x, node)
    let size = try node.integer("size", default: 0)
    guard (1...Shape.largestExtent).contains(size) else {
      throw node.malformed("a size of \(size)", expected: "1 and more")
    }
    let shape = assembler[x].shape
    let channels = shape.dimensions[shape.rank - 1]
    let rows = shape.dimensions.dropLast().reduce(1, *)
    // A window over the channels, with zeros at both ends: an average pooling along the width.
    let square = try apply(.unary(.square), [x], node)
    let line = try apply(.reshape, [square], node, shape: [rows, 1, channels, 1])
    let (before, after) = ((size - 1) / 2, size / 2)
    let padded = try apply(
      .pad(before: [0, 0, before, 0], after: [0, 0, after, 0], mode: .constant(0)), [line], node)
    let mean = try apply(
      .pool2d(
        Pooling(kind: .average, window: Size2D(height: 1, width: size), strides: .one, countsPadding: true)),
      [padded], node)
    let alpha = try scalar(Double(try node.float("alpha", default: 1e-4)), like: x, node)
    let bias = try scalar(Double(try node.float("bias", default: 1)), like: x, node)
    let beta = try scalar(Double(try node.float("beta", default: 0.75)), like: x, node)
    let scaled = try apply(.binary(.multiply, activation: .none), [mean, alpha], node)
    let sum = try apply(.binary(.add, activation: .none), [scaled, bias], node)
    let divisor = try apply(.binary(.power, activation: .none), [sum, beta], node)
    let shaped = try apply(.reshape, [divisor], node, shape: shape, order: .channelsLast)
    try emit(.binary(.divide, activation: .none), [x, shaped], node, order: .channelsLast)
  }
}
