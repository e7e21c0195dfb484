import Graph

// Fully connected layers and products of matrices.

extension TFLiteConverter {
  mutating func fullyConnected(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 8)
    let format: Int8 = try options?.scalar(1, default: 0) ?? 0
    guard format == 0 else { throw unsupported(describe(op), "has shuffled weights") }
    let activation = try activation(options, 0)
    let keepsLeadingAxes = try options?.bool(2) ?? false
    var x = try input(op, 0)
    let weights = try weights(op, for: x)
    let bias = try optionalInput(op, 2)
    try requireRank(2, weights, op)
    let depth = shape(of: weights)[1]
    if !keepsLeadingAxes, shape(of: x).dimensions.last != depth {
      // The batch is whatever is left when rows of `depth` elements are taken.
      guard let count = shape(of: x).elementCount, count % depth == 0 else {
        throw malformed(op, "its input is \(graph[x].type)", expected: "a multiple of \(depth) elements")
      }
      x = try intermediate(
        .reshape, [x], op, shape: [count / depth, depth], quantization: graph[x].quantization)
    }
    guard isConstant(weights) || graph[x].elementType != .f32 else {
      return try productOfActivations(x, weights, bias, activation, keepsLeadingAxes, op)
    }
    try emit(
      .fullyConnected(activation: activation, keepsLeadingAxes: keepsLeadingAxes),
      bias.map { [x, weights, $0] } ?? [x, weights], op)
  }

  /// Input 1. Converters once gave the signed weights of a float layer the type uint8, with a zero point of 0;
  /// LiteRT takes their bytes as signed, and so does this.
  mutating func weights(_ op: TFLiteOperator, for x: TensorID) throws(ModelFormatError) -> TensorID {
    let weights = try input(op, 1)
    let zeroPoints = graph[weights].quantization?.zeroPoints
    if graph[x].elementType == .f32, graph[weights].elementType == .u8,
      zeroPoints?.allSatisfy({ $0 == 0 }) == true
    {
      graph[weights].elementType = .i8
    }
    return weights
  }

  /// A fully connected layer whose weights are computed: a product, and a sum with the bias.
  private mutating func productOfActivations(
    _ x: TensorID, _ weights: TensorID, _ bias: TensorID?, _ activation: Activation, _ keepsLeadingAxes: Bool,
    _ op: TFLiteOperator
  ) throws(ModelFormatError) {
    var rows = x
    let depth = shape(of: weights)[1]
    if let count = shape(of: x).elementCount, shape(of: x).rank != 2 {
      rows = try intermediate(.reshape, [x], op, shape: [count / depth, depth])
    }
    var product = try intermediate(.matMul(transposeA: false, transposeB: true), [rows, weights], op)
    let output =
      keepsLeadingAxes
      ? Shape(Array(shape(of: x).dimensions.dropLast()) + [shape(of: weights)[0]]) : shape(of: product)
    if let bias { product = try intermediate(.binary(.add, activation: activation), [product, bias], op) }
    if bias == nil, let unary = activation.unary { product = try intermediate(.unary(unary), [product], op) }
    try emit(.reshape, [product], op, shape: output)
  }

  mutating func batchMatMul(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 101)
    let a = try input(op, 0)
    let b = try input(op, 1)
    try emit(
      .matMul(transposeA: try options?.bool(0) ?? false, transposeB: try options?.bool(1) ?? false), [a, b],
      op)
  }
}
