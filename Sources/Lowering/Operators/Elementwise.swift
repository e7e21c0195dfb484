internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerUnary(_ node: Node, _ unary: Unary) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    guard let count = x.shape.elementCount else { throw unsupported("its input is too large") }
    if try lowerMath(node, unary, x, count: count) { return }
    switch x.elementType {
    case .f32:
      // A chain of clamps is one; a clamp after another function is not worth a step of its own kind.
      var parameters = eb_unary_params(unary)
      parameters.count = UInt64(count)
      var output = node.outputs[0]
      if let range = ClampRange(unary) {
        let fused = try fusedClamp(node, .none)
        output = fused.output
        if output != node.outputs[0] { parameters.setClamp(range.then(fused.range)) }
      }
      addStep(EB_OP_UNARY_F32, parameters, [try input(0, of: node), try define(output)], reusable: [0])
    case .i8, .u8, .bool:
      guard let table = LookupTable.unary(unary, from: x, to: outputTensor(node)) else {
        throw unsupported("there is no table for \(x.elementType) with these scales")
      }
      try addLookup(table, node)
    case .i32, .i64:
      try lowerIntegerUnary(node, unary, x, count: count)
    default: throw unsupported("there is no kernel for \(x.elementType)")
    }
  }

  /// Adds a step that maps each byte through `table`.
  mutating func addLookup(_ table: [UInt8], _ node: Node) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    guard let count = x.shape.elementCount else { throw unsupported("its input is too large") }
    addStep(
      EB_OP_LUT_X8, eb_count_params(count: UInt64(count)),
      [
        try input(0, of: node), addConstant(TensorData(table), name: "\(node.name) table"),
        try define(node.outputs[0]),
      ], reusable: [0])
  }

  /// Whole numbers keep all their bits: a binary operator with the operand itself or with zero.
  private mutating func lowerIntegerUnary(
    _ node: Node, _ unary: Unary, _ x: Tensor, count: Int
  ) throws(LoweringError) {
    let isWide = x.elementType == .i64
    if unary == .bitwiseNot {
      let ones = addConstant(
        isWide ? TensorData([Int64(-1)]) : TensorData([Int32(-1)]), name: "\(node.name) ones")
      var parameters = eb_binary_params()
      parameters.rank = 1
      parameters.shape.0 = UInt64(count)
      parameters.a_strides.0 = 1
      parameters.kind = EB_BINARY_BITWISE_XOR.rawValue
      return addStep(
        isWide ? EB_OP_BINARY_I64 : EB_OP_BINARY_I32, parameters,
        [try input(0, of: node), ones, try define(node.outputs[0])])
    }
    let zero = addConstant(
      isWide ? TensorData([Int64(0)]) : TensorData([Int32(0)]), name: "\(node.name) zero")
    let value = try input(0, of: node)
    var parameters = eb_binary_params()
    parameters.rank = 1
    parameters.shape.0 = UInt64(count)
    let op = isWide ? EB_OP_BINARY_I64 : EB_OP_BINARY_I32
    switch unary {
    case .square:
      parameters.kind = EB_BINARY_MULTIPLY.rawValue
      parameters.a_strides.0 = 1
      parameters.b_strides.0 = 1
      addStep(op, parameters, [value, value, try define(node.outputs[0])])
    case .relu, .negate, .abs:
      parameters.kind = unary == .relu ? EB_BINARY_MAXIMUM.rawValue : EB_BINARY_SUBTRACT.rawValue
      parameters.b_strides.0 = 1
      guard unary == .abs else { return addStep(op, parameters, [zero, value, try define(node.outputs[0])]) }
      let negated = try addTemporary(x.type, name: "\(node.name) negated")
      addStep(op, parameters, [zero, value, negated])
      parameters.kind = EB_BINARY_MAXIMUM.rawValue
      parameters.a_strides.0 = 1
      addStep(op, parameters, [negated, value, try define(node.outputs[0])])
    default: throw unsupported("there is no kernel for \(x.elementType)")
    }
  }

  mutating func lowerBinary(_ node: Node, _ binary: Binary, _ activation: Activation) throws(LoweringError) {
    let a = try inputTensor(0, of: node)
    let b = try inputTensor(1, of: node)
    let fuses =
      !binary.isPredicate && !binary.needsAnyKernel(a.elementType)
      && (a.elementType == .f32 || a.elementType == .i8)
    let (range, output) = fuses ? try fusedClamp(node, activation) : (.unbounded, node.outputs[0])
    let result = graph[output]
    let walk = StridedWalk(
      result.shape.dimensions,
      [a.shape.strides(broadcastTo: result.shape), b.shape.strides(broadcastTo: result.shape)])
    guard walk.shape.count <= Int(EB_MAX_RANK) else { throw unsupported("it broadcasts over too many axes") }

    var parameters = eb_binary_params()
    parameters.kind = UInt32(binary.rawValue)
    parameters.rank = UInt32(walk.shape.count)
    copy(walk.shape, to: &parameters.shape)
    copy(walk.strides[0], to: &parameters.a_strides)
    copy(walk.strides[1], to: &parameters.b_strides)
    parameters.setBounds(range, output: result)
    if let a = a.quantization?.single { (parameters.a_scale, parameters.a_zero_point) = a }
    if let b = b.quantization?.single { (parameters.b_scale, parameters.b_zero_point) = b }
    if let out = result.quantization?.single { (parameters.out_scale, parameters.out_zero_point) = out }

    if binary.needsAnyKernel(a.elementType) {
      return addStep(
        EB_OP_BINARY_ANY, eb_binary_any_params(parameters, a.elementType),
        [try input(0, of: node), try input(1, of: node), try define(output)])
    }
    let op: eb_op
    switch (a.elementType, binary.isPredicate) {
    case (.bool, _): op = EB_OP_LOGICAL_X8
    case (.f32, false): op = EB_OP_BINARY_F32
    case (.i8, false): op = EB_OP_BINARY_QS8
    case (.i32, false): op = EB_OP_BINARY_I32
    case (.i64, false): op = EB_OP_BINARY_I64
    case (.f32, true): op = EB_OP_COMPARE_F32
    case (.i32, true): op = EB_OP_COMPARE_I32
    case (.i64, true): op = EB_OP_COMPARE_I64
    default: throw unsupported("there is no kernel for \(a.elementType)")
    }
    let isElementwise = a.elementType.bitWidth == result.elementType.bitWidth
    let reusable = [(0, a), (1, b)].filter { isElementwise && $0.1.shape == result.shape }.map(\.0)
    addStep(
      op, parameters, [try input(0, of: node), try input(1, of: node), try define(output)], reusable: reusable
    )
  }

  mutating func lowerSelect(_ node: Node) throws(LoweringError) {
    let result = outputTensor(node)
    var strides: [[Int]] = []
    for position in 0..<3 {
      strides.append(try inputTensor(position, of: node).shape.strides(broadcastTo: result.shape))
    }
    // Elements of other widths are runs of bytes or of 32-bit words.
    let width = result.elementType.bitWidth / 8
    let unit = width % 4 == 0 ? 4 : 1
    let run = width / unit
    var shape = result.shape.dimensions
    if run > 1 {
      shape.append(run)
      strides = strides.enumerated().map { position, strides in
        position == 0 ? strides + [0] : strides.map { $0 * run } + [1]
      }
    }
    let walk = StridedWalk(shape, strides)
    guard width > 0, walk.shape.count <= Int(EB_MAX_RANK) else {
      throw unsupported("it broadcasts over too many axes")
    }
    var parameters = eb_select_params()
    parameters.rank = UInt32(walk.shape.count)
    copy(walk.shape, to: &parameters.shape)
    copy(walk.strides[0], to: &parameters.condition_strides)
    copy(walk.strides[1], to: &parameters.a_strides)
    copy(walk.strides[2], to: &parameters.b_strides)
    let operands = [
      try input(0, of: node), try input(1, of: node), try input(2, of: node), try define(node.outputs[0]),
    ]
    addStep(unit == 4 ? EB_OP_SELECT_X32 : EB_OP_SELECT_X8, parameters, operands)
  }
}

extension Binary {
  /// Whether the result is a truth value.
  var isPredicate: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .logicalAnd, .logicalOr: true
    default: false
    }
  }
}

extension Binary {
  /// Whether only the operator for any element type computes this on `type`.
  fileprivate func needsAnyKernel(_ type: ElementType) -> Bool {
    switch type {
    case .f64, .u64: true
    case .f32: self == .truncatedModulo || self == .floorModulo || self == .arcTangent
    default: false
    }
  }
}

extension eb_binary_any_params {
  fileprivate init(_ parameters: eb_binary_params, _ type: ElementType) {
    self.init()
    kind = parameters.kind
    rank = parameters.rank
    shape = parameters.shape
    a_strides = parameters.a_strides
    b_strides = parameters.b_strides
    self.type = UInt32(type.rawValue)
  }
}

extension eb_binary_params {
  /// The clamp in real units, and in steps where `output` is quantized. Whole numbers are not clamped.
  mutating func setBounds(_ range: ClampRange, output: Tensor) {
    min = range.lower
    max = range.upper
    guard let (scale, zeroPoint) = output.quantization?.single else { return }
    (out_min, out_max) = range.steps(scale: scale, zeroPoint: zeroPoint)
  }
}

extension eb_unary_params {
  init(_ unary: Unary) {
    self.init()
    let kind: eb_unary
    switch unary {
    case .relu: kind = EB_UNARY_RELU
    case .relu6: (kind, p0, p1) = (EB_UNARY_CLAMP, 0, 6)
    case .reluN1To1: (kind, p0, p1) = (EB_UNARY_CLAMP, -1, 1)
    case .clamp(let lower, let upper): (kind, p0, p1) = (EB_UNARY_CLAMP, lower, upper)
    case .leakyRelu(let alpha): (kind, p0) = (EB_UNARY_LEAKY_RELU, alpha)
    case .elu(let alpha): (kind, p0) = (EB_UNARY_ELU, alpha)
    case .hardSigmoid(let alpha, let beta): (kind, p0, p1) = (EB_UNARY_HARD_SIGMOID, alpha, beta)
    case .gelu(let approximate): kind = approximate ? EB_UNARY_GELU_TANH : EB_UNARY_GELU
    case .sigmoid: kind = EB_UNARY_SIGMOID
    case .tanh: kind = EB_UNARY_TANH
    case .hardSwish: kind = EB_UNARY_HARD_SWISH
    case .silu: kind = EB_UNARY_SILU
    case .softplus: kind = EB_UNARY_SOFTPLUS
    case .erf: kind = EB_UNARY_ERF
    case .exp: kind = EB_UNARY_EXP
    case .log: kind = EB_UNARY_LOG
    case .sqrt: kind = EB_UNARY_SQRT
    case .rsqrt: kind = EB_UNARY_RSQRT
    case .square: kind = EB_UNARY_SQUARE
    case .abs: kind = EB_UNARY_ABS
    case .negate: kind = EB_UNARY_NEGATE
    case .reciprocal: kind = EB_UNARY_RECIPROCAL
    case .floor: kind = EB_UNARY_FLOOR
    case .ceil: kind = EB_UNARY_CEIL
    case .round: kind = EB_UNARY_ROUND
    case .sign: kind = EB_UNARY_SIGN
    case .sin: kind = EB_UNARY_SIN
    case .cos: kind = EB_UNARY_COS
    // Never reached: truth values go through a table, whole numbers and the C library's functions elsewhere.
    case .logicalNot, .bitwiseNot, .tan, .asin, .acos, .atan, .sinh, .cosh, .asinh, .acosh, .atanh, .expm1,
      .log1p,
      .softsign, .mish, .celu, .selu, .thresholdedRelu, .shrink, .swish, .isNaN, .isInfinite:
      kind = EB_UNARY_ABS
    }
    self.kind = kind.rawValue
  }

  mutating func setClamp(_ range: ClampRange) {
    kind = EB_UNARY_CLAMP.rawValue
    p0 = range.lower
    p1 = range.upper
  }
}
