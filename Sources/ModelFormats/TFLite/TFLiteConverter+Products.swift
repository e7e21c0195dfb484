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
    let weights = try use(try index(op, 1), place: op.place)
    let zeroPoints = graph[weights].quantization?.zeroPoints
    if graph[x].elementType == .f32, graph[weights].elementType == .u8,
      zeroPoints?.allSatisfy({ $0 == 0 }) == true
    {
      guard let constant = graph[weights].constant else {
        throw unsupported(describe(op), "has computed weights of u8")
      }
      return addConstant(
        graph[weights].name, .i8, shape(of: weights), constant, quantization: graph[weights].quantization)
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
    if graph[a].elementType == .f32, graph[b].elementType == .i8 {
      return try hybridMatMul(a, b, options, op)
    }
    try emit(
      .matMul(transposeA: try options?.bool(0) ?? false, transposeB: try options?.bool(1) ?? false), [a, b],
      op)
  }

  /// A product of real rows with constant integers: a fully connected layer.
  private mutating func hybridMatMul(
    _ a: TensorID, _ b: TensorID, _ options: FlatTable?, _ op: TFLiteOperator
  ) throws(ModelFormatError) {
    guard shape(of: b).rank == 2, let data = graph[b].constant, let quantization = graph[b].quantization,
      quantization.axis == nil, !(try options?.bool(0) ?? false)
    else {
      throw unsupported(describe(op), "multiplies f32 with i8 \(shape(of: b))")
    }
    var weights = b
    if !(try options?.bool(1) ?? false) {
      let turned = data.permuted(shape: shape(of: b), by: [1, 0], elementSize: 1)
      weights = addConstant(
        "\(graph[b].name)/transposed", .i8, [shape(of: b)[1], shape(of: b)[0]], turned,
        quantization: quantization)
    }
    try emit(try product(a, weights, nil, isAsymmetric: try options?.bool(2) ?? false, op), op)
  }

  /// Real numbers as LiteRT's dynamic quantization leaves them: the nearest of 255 steps over the range of each batch.
  ///
  /// The range includes zero, and zero is one of the steps.
  mutating func dynamicallyRounded(_ x: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> TensorID {
    let axes = Array(1..<max(shape(of: x).rank, 2))
    func bound(_ converter: inout TFLiteConverter, _ reduction: Reduction, _ binary: Binary)
      throws(ModelFormatError)
      -> TensorID
    {
      let extreme = try converter.intermediate(.reduce(reduction, axes: axes, keepsDimensions: true), [x], op)
      let zero = converter.constant([0], .scalar, "zero")
      return try converter.intermediate(.binary(binary, activation: .none), [extreme, zero], op)
    }
    let low = try bound(&self, .minimum, .minimum)
    let high = try bound(&self, .maximum, .maximum)
    let width = try intermediate(.binary(.subtract, activation: .none), [high, low], op)
    let range = try intermediate(
      .binary(.maximum, activation: .none), [width, constant([1e-30], .scalar, "least range")], op)
    let inverse = try intermediate(
      .binary(.divide, activation: .none), [constant([255], .scalar, "steps"), range], op)
    // The zero point is a whole step: that of the lower end, rounded.
    let zero = try intermediate(
      .unary(.round), [try intermediate(.unary(.negate), [try multiplied(low, inverse, op)], op)], op)
    let steps = try intermediate(.unary(.round), [try multiplied(x, inverse, op)], op)
    let placed = try intermediate(
      .unary(.clamp(min: 0, max: 255)), [try sum(steps, zero, op)], op)
    let centred = try intermediate(.binary(.subtract, activation: .none), [placed, zero], op)
    let unit = try multiplied(range, constant([1 / 255], .scalar, "step"), op)
    return try multiplied(centred, unit, op)
  }
}
