import Graph

// Operators of StableHLO that TFLite files hold as they are.

extension TFLiteConverter {
  private static let stableUnaries: [String: Unary] = [
    "STABLEHLO_ABS": .abs, "STABLEHLO_COSINE": .cos, "STABLEHLO_EXPONENTIAL": .exp, "STABLEHLO_FLOOR": .floor,
    "STABLEHLO_LOG": .log, "STABLEHLO_LOGISTIC": .sigmoid, "STABLEHLO_NEGATE": .negate,
    "STABLEHLO_RSQRT": .rsqrt,
    "STABLEHLO_TANH": .tanh,
  ]

  private static let stableBinaries: [String: Binary] = [
    "STABLEHLO_ADD": .add, "STABLEHLO_SUBTRACT": .subtract, "STABLEHLO_MULTIPLY": .multiply,
    "STABLEHLO_DIVIDE": .divide, "STABLEHLO_MAXIMUM": .maximum, "STABLEHLO_MINIMUM": .minimum,
    "STABLEHLO_POWER": .power, "STABLEHLO_REMAINDER": .truncatedModulo, "STABLEHLO_SHIFT_LEFT": .shiftLeft,
  ]

  private static let stableComparisons: [Binary] = [
    .equal, .notEqual, .greaterEqual, .greater, .lessEqual, .less,
  ]

  /// Those that `convertStable` reads.
  static let stableOperators: [String] =
    Array(stableUnaries.keys) + Array(stableBinaries.keys)
      + """
      STABLEHLO_AND STABLEHLO_BROADCAST_IN_DIM STABLEHLO_CLAMP STABLEHLO_COMPARE STABLEHLO_CONCATENATE STABLEHLO_CONVERT \
      STABLEHLO_DOT_GENERAL STABLEHLO_DYNAMIC_SLICE STABLEHLO_IOTA STABLEHLO_OR STABLEHLO_PAD STABLEHLO_REDUCE STABLEHLO_RESHAPE \
      STABLEHLO_SELECT STABLEHLO_SLICE STABLEHLO_TRANSPOSE
      """.split(separator: " ").map(String.init)

  /// - Returns: Whether the operator is one of StableHLO's that are read.
  mutating func convertStable(_ op: TFLiteOperator) throws(ModelFormatError) -> Bool {
    if let unary = Self.stableUnaries[op.name] {
      try emit(.unary(unary), [try input(op, 0)], op)
      return true
    }
    if let binary = Self.stableBinaries[op.name] {
      try emit(.binary(binary, activation: .none), [try input(op, 0), try input(op, 1)], op)
      return true
    }
    switch op.name {
    case "STABLEHLO_AND", "STABLEHLO_OR":
      let (a, b) = (try input(op, 0), try input(op, 1))
      let isLogical = graph[a].elementType == .bool
      let kind: Binary =
        op.name == "STABLEHLO_AND"
        ? isLogical ? .logicalAnd : .bitwiseAnd : isLogical ? .logicalOr : .bitwiseOr
      try emit(.binary(kind, activation: .none), [a, b], op)
    case "STABLEHLO_RESHAPE": try emit(.reshape, [try input(op, 0)], op)
    case "STABLEHLO_CONVERT": try emit(.cast, [try input(op, 0)], op)
    case "STABLEHLO_SELECT": try emit(.select, [try input(op, 0), try input(op, 1), try input(op, 2)], op)
    case "STABLEHLO_TRANSPOSE":
      let axes = try options2(op, 17)?.integers(0, as: Int64.self).map { Int(clamping: $0) } ?? []
      try emit(.transpose(permutation: axes), [try input(op, 0)], op)
    case "STABLEHLO_CLAMP":
      let raised = try intermediate(
        .binary(.maximum, activation: .none), [try input(op, 1), try input(op, 0)], op)
      try emit(.binary(.minimum, activation: .none), [raised, try input(op, 2)], op)
    case "STABLEHLO_COMPARE":
      let direction: UInt32 = try options2(op, 8)?.scalar(0, default: 0) ?? 0
      guard direction < Self.stableComparisons.count else {
        throw malformed(op, "comparison \(direction)", expected: "0 to 5")
      }
      let comparison = Self.stableComparisons[Int(direction)]
      try emit(.binary(comparison, activation: .none), [try input(op, 0), try input(op, 1)], op)
    case "STABLEHLO_CONCATENATE":
      let dimension: Int64 = try options2(op, 1)?.scalar(0, default: 0) ?? 0
      var inputs: [TensorID?] = []
      for position in op.inputs.indices { inputs.append(try input(op, position)) }
      try emit(.concat(axis: Int(clamping: dimension), activation: .none), inputs, op)
    case "STABLEHLO_BROADCAST_IN_DIM": try stableBroadcast(op)
    case "STABLEHLO_SLICE": try stableSlice(op)
    case "STABLEHLO_DYNAMIC_SLICE": try stableDynamicSlice(op)
    case "STABLEHLO_IOTA": try stableIota(op)
    case "STABLEHLO_PAD": try stablePad(op)
    case "STABLEHLO_REDUCE": try stableReduce(op)
    case "STABLEHLO_DOT_GENERAL": try stableProduct(op)
    default: return false
    }
    return true
  }

  private func wide(_ table: FlatTable?, _ slot: Int) throws(ModelFormatError) -> [Int] {
    try table?.integers(slot, as: Int64.self).map { Int(clamping: $0) } ?? []
  }

  /// The operand's axis `i` becomes axis `dimensions[i]`; the others repeat it.
  private mutating func stableBroadcast(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let target = subgraph.tensors[try outputIndex(op)].shape
    let axes = try wide(try options2(op, 2), 0)
    let extents = shape(of: x).dimensions
    guard axes.count == extents.count, axes.allSatisfy({ (0..<target.rank).contains($0) }),
      zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw unsupported(describe(op), "broadcasts axes \(axes.prefix(9)) of \(shape(of: x)) to \(target)")
    }
    var placed = Array(repeating: 1, count: target.rank)
    for (axis, extent) in zip(axes, extents) { placed[axis] = extent }
    let shaped = try intermediate(
      .reshape, [x], op, shape: Shape(placed), quantization: graph[x].quantization)
    try emit(.broadcast, [shaped], op, shape: target)
  }

  private mutating func stableSlice(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let options = try options2(op, 3)
    let (begin, end, strides) = (try wide(options, 0), try wide(options, 1), try wide(options, 2))
    let extents = shape(of: x).dimensions
    guard [begin.count, end.count, strides.count].allSatisfy({ $0 == extents.count }),
      extents.indices.allSatisfy({
        begin[$0] >= 0 && begin[$0] < end[$0] && end[$0] <= extents[$0]
          && (1...Shape.largestExtent).contains(strides[$0])
      })
    else {
      throw malformed(
        op, "a slice from \(begin.prefix(9)) to \(end.prefix(9)) of \(shape(of: x))", expected: "a part of it"
      )
    }
    let taken = extents.indices.map { (end[$0] - begin[$0] - 1) / strides[$0] + 1 }
    try emit(.slice(begin: begin, strides: strides), [x], op, shape: Shape(taken))
  }

  private mutating func stableDynamicSlice(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let sizes = try wide(try options2(op, 9), 0)
    let extents = shape(of: x).dimensions
    guard sizes.count == extents.count, zip(sizes, extents).allSatisfy({ $0 >= 1 && $0 <= $1 }) else {
      throw malformed(op, "sizes \(sizes.prefix(9)) of \(shape(of: x))", expected: "a part of it")
    }
    var begin: [Int] = []
    for axis in extents.indices {
      begin.append(min(max(try integer(op, 1 + axis, "a start"), 0), extents[axis] - sizes[axis]))
    }
    try emit(.slice(begin: begin, strides: extents.map { _ in 1 }), [x], op, shape: Shape(sizes))
  }

  private mutating func stableIota(_ op: TFLiteOperator) throws(ModelFormatError) {
    let tensor = subgraph.tensors[try outputIndex(op)]
    let dimension: Int64 = try options2(op, 11)?.scalar(0, default: 0) ?? 0
    guard let type = tensor.type.elementType, type == .i32 || type == .i64 || type == .f32,
      (0..<tensor.shape.rank).contains(Int(clamping: dimension)),
      tensor.shape[Int(dimension)] <= Self.mostSmallConstants
    else {
      throw unsupported(describe(op), "counts along axis \(dimension) of \(tensor.type) \(tensor.shape)")
    }
    let extent = tensor.shape[Int(dimension)]
    var form = tensor.shape.dimensions.map { _ in 1 }
    form[Int(dimension)] = extent
    let numbers =
      type == .f32
      ? constant((0..<extent).map(Float.init), Shape(form), "numbers")
      : constant(Array(0..<extent), type, Shape(form), "numbers")
    try emit(.broadcast, [numbers], op, shape: tensor.shape)
  }

  private mutating func stablePad(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let options = try options2(op, 10)
    let (before, after, inner) = (try wide(options, 0), try wide(options, 1), try wide(options, 2))
    guard before.count == shape(of: x).rank, after.count == before.count,
      (before + after).allSatisfy({ (0...Shape.largestExtent).contains($0) }), inner.allSatisfy({ $0 == 0 })
    else {
      throw unsupported(
        describe(op), "pads by \(before.prefix(9)), \(after.prefix(9)), and \(inner.prefix(9)) between")
    }
    let value = try number(try input(op, 1), "a padding value", op)
    try emit(.pad(before: before, after: after, mode: .constant(value)), [x], op)
  }

  /// Reductions whose body is one operator of two operands.
  private mutating func stableReduce(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options2(op, 6)
    let axes = try wide(options, 0)
    let body: Int32 = try options?.scalar(1, default: 0) ?? 0
    let x = try input(op, 0)
    let operators = try model.subgraph(Int(body)).operators
    let kinds: [String: (Reduction, Binary)] = [
      "ADD": (.sum, .add), "MUL": (.product, .multiply), "MAXIMUM": (.maximum, .maximum),
      "MINIMUM": (.minimum, .minimum), "STABLEHLO_ADD": (.sum, .add),
      "STABLEHLO_MULTIPLY": (.product, .multiply),
      "STABLEHLO_MAXIMUM": (.maximum, .maximum), "STABLEHLO_MINIMUM": (.minimum, .minimum),
    ]
    guard op.inputs.count == 2, operators.count == 1, let (reduction, binary) = kinds[operators[0].name]
    else {
      throw unsupported(describe(op), "reduces with \(operators.first?.name ?? "nothing")")
    }
    let reduced = try intermediate(
      .reduce(reduction, axes: axes, keepsDimensions: false), [x], op)
    try emit(.binary(binary, activation: .none), [reduced, try input(op, 1)], op)
  }

  /// Axes in the order batch, free, contracting; then a product of matrices.
  private mutating func stableProduct(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options2(op, 12)
    let (a, b) = (try input(op, 0), try input(op, 1))
    let left = try sides(a, batch: try wide(options, 0), contracting: try wide(options, 2), op)
    let right = try sides(b, batch: try wide(options, 1), contracting: try wide(options, 3), op)
    guard left.batch == right.batch, left.depth == right.depth else {
      throw malformed(op, "\(shape(of: a)) and \(shape(of: b))", expected: "the same batches and depths")
    }
    let product = try intermediate(
      .matMul(transposeA: false, transposeB: true), [left.matrices, right.matrices], op)
    try emit(.reshape, [product], op, shape: Shape(left.batch + left.free + right.free))
  }

  private mutating func sides(
    _ x: TensorID, batch: [Int], contracting: [Int], _ op: TFLiteOperator
  ) throws(ModelFormatError) -> (matrices: TensorID, batch: [Int], free: [Int], depth: Int) {
    let extents = shape(of: x).dimensions
    let used = batch + contracting
    guard used.allSatisfy({ extents.indices.contains($0) }), Set(used).count == used.count else {
      throw malformed(op, "axes \(used.prefix(9)) of \(shape(of: x))", expected: "each axis once")
    }
    let free = extents.indices.filter { !used.contains($0) }
    let order = batch + free + contracting
    let turned =
      order == Array(extents.indices) ? x : try intermediate(.transpose(permutation: order), [x], op)
    func count(_ axes: [Int]) -> Int { Shape(axes.map { extents[$0] }).elementCount ?? 0 }
    let matrices = try intermediate(
      .reshape, [turned], op, shape: [count(batch), count(free), count(contracting)])
    return (matrices, batch.map { extents[$0] }, free.map { extents[$0] }, count(contracting))
  }
}
