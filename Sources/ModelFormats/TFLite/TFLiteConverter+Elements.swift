import Graph

// Element-wise operators, reductions, and what is made of them.

extension TFLiteConverter {
  mutating func binary(_ binary: Binary, _ op: TFLiteOperator) throws(ModelFormatError) {
    let kinds: [Binary: UInt8] = [.add: 11, .multiply: 21, .subtract: 28, .divide: 29]
    var activation = Activation.none
    if let kind = kinds[binary] { activation = try self.activation(try options(op, kind), 0) }
    let a = try input(op, 0)
    let b = try input(op, 1)
    try emit(.binary(binary, activation: activation), [a, b], op)
  }

  mutating func reduce(_ reduction: Reduction, _ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let rank = shape(of: x).rank
    var axes: Set<Int> = []
    for axis in try integers(op, 1, "axes") { axes.insert(try self.axis(axis, rank: rank, op)) }
    let keepsDimensions = try options(op, 27)?.bool(0) ?? false
    try emit(.reduce(reduction, axes: axes.sorted(), keepsDimensions: keepsDimensions), [x], op)
  }

  mutating func argReduce(
    _ op: TFLiteOperator, optionsKind: UInt8, _ kind: (Int) -> Operator
  ) throws(ModelFormatError) {
    let x = try input(op, 0)
    _ = try options(op, optionsKind)
    let axis = try axis(try integer(op, 1, "an axis"), rank: shape(of: x).rank, op)
    try emit(kind(axis), [x], op)
  }

  mutating func softmax(_ op: TFLiteOperator) throws(ModelFormatError) {
    let beta = try options(op, 9)?.float(0, default: 0) ?? 1
    let x = try input(op, 0)
    let kind = Operator.softmax(axis: shape(of: x).rank - 1, beta: beta)
    let target = subgraph.tensors[try outputIndex(op)].type.elementType
    if graph[x].elementType == target { return try emit(kind, [x], op) }
    // i8 in, i16 out.
    try emit(.quantize(.halfAwayFromZero), [try intermediate(kind, [try real(x, op)], op)], op)
  }

  /// x / max(|x|, 1e-6), with the Euclidean norm over the last axis.
  mutating func l2Normalization(_ op: TFLiteOperator) throws(ModelFormatError) {
    var x = try input(op, 0)
    if graph[x].elementType != .f32 { x = try intermediate(.dequantize, [x], op, elementType: .f32) }
    let axis = try axis(-1, rank: shape(of: x).rank, op)
    let norm = try intermediate(.reduce(.l2Norm, axes: [axis], keepsDimensions: true), [x], op)
    let least = constant([1e-6], .scalar, "least norm")
    let bounded = try intermediate(.binary(.maximum, activation: .none), [norm, least], op)
    let divide = Operator.binary(.divide, activation: try activation(try options(op, 12), 0))
    if try isReal(op) { return try emit(divide, [x, bounded], op) }
    try emit(.quantize(.halfAwayFromZero), [try intermediate(divide, [x, bounded], op)], op)
  }

  /// Whether output 0 is f32.
  func isReal(_ op: TFLiteOperator) throws(ModelFormatError) -> Bool {
    subgraph.tensors[try outputIndex(op)].type == .float32
  }

  mutating func addAll(_ op: TFLiteOperator) throws(ModelFormatError) {
    var sum = try input(op, 0)
    if op.inputs.count == 1 { return try emit(.reshape, [sum], op, shape: shape(of: sum)) }
    for position in 1..<op.inputs.count {
      let next = try input(op, position)
      if position == op.inputs.count - 1 {
        try emit(.binary(.add, activation: .none), [sum, next], op)
      } else {
        sum = try intermediate(.binary(.add, activation: .none), [sum, next], op)
      }
    }
  }

  mutating func select(_ op: TFLiteOperator) throws(ModelFormatError) {
    var condition = try input(op, 0)
    let a = try input(op, 1)
    let b = try input(op, 2)
    let rank = shape(of: a).rank
    if op.name == "SELECT", shape(of: condition).rank == 1, rank > 1 {
      // The older operator picks whole rows.
      let rows = Shape(shape(of: condition).dimensions + Array(repeating: 1, count: rank - 1))
      condition = try intermediate(.reshape, [condition], op, shape: rows)
    }
    try emit(.select, [condition, a, b], op)
  }

  /// Rounds to the steps that training saw, and back: `steps` of a range that is moved so that zero is one of them.
  ///
  /// - Source: TensorFlow, "Nudge" in fake_quantize_ops.
  mutating func fakeQuantize(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let options = try options(op, 58)
    let low = try options?.float(0, default: 0) ?? 0
    let high = try options?.float(1, default: 0) ?? 0
    let bits: Int32 = try options?.scalar(2, default: 0) ?? 0
    let isNarrow = try options?.bool(3) ?? false
    guard (2...16).contains(bits), low < high, low <= 0, high >= 0 else {
      throw malformed(op, "\(bits) bits from \(low) to \(high)", expected: "2 to 16 bits of a range around 0")
    }
    let first: Float = isNarrow ? 1 : 0
    let last = Float((1 << bits) - 1)
    let scale = (high - low) / (last - first)
    let zero = min(max((first - low / scale).rounded(.toNearestOrAwayFromZero), first), last)
    let (least, most) = ((first - zero) * scale, (last - zero) * scale)
    let clamped = try intermediate(.unary(.clamp(min: least, max: most)), [x], op)
    let raised = try intermediate(
      .binary(.subtract, activation: .none), [clamped, constant([least], .scalar, "least")], op)
    let steps = try intermediate(
      .binary(.multiply, activation: .none), [raised, constant([1 / scale], .scalar, "inverse scale")], op)
    // Halves round up.
    let half = try intermediate(
      .binary(.add, activation: .none), [steps, constant([0.5], .scalar, "half")], op)
    let whole = try intermediate(.unary(.floor), [half], op)
    let scaled = try intermediate(
      .binary(.multiply, activation: .none), [whole, constant([scale], .scalar, "scale")], op)
    try emit(.binary(.add, activation: .none), [scaled, constant([least], .scalar, "least")], op)
  }

  /// `x / (bias + alpha * sum of the squares of the channels within radius) ^ beta`.
  mutating func localResponseNormalization(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let options = try options(op, 13)
    let radius: Int32 = try options?.scalar(0, default: 0) ?? 0
    let bias = try options?.float(1, default: 0) ?? 0
    let alpha = try options?.float(2, default: 0) ?? 0
    let beta = try options?.float(3, default: 0) ?? 0
    let dimensions = shape(of: x).dimensions
    guard let channels = dimensions.last, channels > 0, radius >= 0, let count = shape(of: x).elementCount
    else {
      throw malformed(op, "radius \(radius) of \(graph[x].type)", expected: "0 and more, and channels")
    }
    // Beyond the channels there are zeros; a wider window sees no more of them.
    let reach = min(Int(radius), channels - 1)
    let squares = try intermediate(.unary(.square), [x], op)
    let columns = try intermediate(.reshape, [squares], op, shape: [count / channels, channels, 1, 1])
    let window = Pooling(
      kind: .average, window: Size2D(height: 2 * reach + 1, width: 1), strides: .one,
      padding: Padding2D(top: reach, left: 0, bottom: reach, right: 0), countsPadding: true)
    let means = try intermediate(.pool2d(window), [columns], op)
    let shaped = try intermediate(.reshape, [means], op, shape: shape(of: x))
    let factor = constant([alpha * Float(2 * reach + 1)], .scalar, "alpha")
    let scaled = try intermediate(.binary(.multiply, activation: .none), [shaped, factor], op)
    let sum = try intermediate(
      .binary(.add, activation: .none), [scaled, constant([bias], .scalar, "bias")], op)
    let power = try intermediate(
      .binary(.power, activation: .none), [sum, constant([-beta], .scalar, "beta")], op)
    try emit(.binary(.multiply, activation: .none), [x, power], op)
  }
}
