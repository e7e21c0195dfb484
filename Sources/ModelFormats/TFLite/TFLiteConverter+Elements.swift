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
    try emit(.softmax(axis: shape(of: x).rank - 1, beta: beta), [x], op)
  }

  /// x / max(|x|, 1e-6), with the Euclidean norm over the last axis.
  mutating func l2Normalization(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    guard graph[x].elementType == .f32 else {
      throw unsupported(describe(op), "is L2_NORMALIZATION of \(graph[x].elementType)")
    }
    let axis = try axis(-1, rank: shape(of: x).rank, op)
    let norm = try intermediate(.reduce(.l2Norm, axes: [axis], keepsDimensions: true), [x], op)
    let least = add(
      Tensor(name: "least norm", elementType: .f32, shape: .scalar, constant: TensorData([Float(1e-6)])))
    let bounded = try intermediate(.binary(.maximum, activation: .none), [norm, least], op)
    try emit(.binary(.divide, activation: try activation(try options(op, 12), 0)), [x, bounded], op)
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
}
