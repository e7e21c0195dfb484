import Graph

extension TFLiteConverter {
  mutating func convert(_ op: TFLiteOperator) throws(ModelFormatError) {
    if let unary = Self.unaries[op.name] { return try emit(.unary(unary), [try input(op, 0)], op) }
    if let binary = Self.binaries[op.name] { return try self.binary(binary, op) }
    if let reduction = Self.reductions[op.name] { return try reduce(reduction, op) }
    switch op.name {
    case "CONV_2D": try convolution(op)
    case "DEPTHWISE_CONV_2D": try depthwiseConvolution(op)
    case "TRANSPOSE_CONV": try transposeConvolution(op)
    case "MAX_POOL_2D": try pool(.max, op)
    case "AVERAGE_POOL_2D": try pool(.average, op)
    case "L2_POOL_2D": try l2Pool(op)
    case "FULLY_CONNECTED": try fullyConnected(op)
    case "BATCH_MATMUL": try batchMatMul(op)
    case "LEAKY_RELU":
      let alpha = try options(op, 75)?.float(0, default: 0) ?? 0
      try emit(.unary(.leakyRelu(alpha: alpha)), [try input(op, 0)], op)
    case "GELU":
      let isApproximate = try options(op, 116)?.bool(0) ?? false
      try emit(.unary(.gelu(approximate: isApproximate)), [try input(op, 0)], op)
    case "SOFTMAX": try softmax(op)
    case "LOG_SOFTMAX":
      let x = try input(op, 0)
      try emit(.logSoftmax(axis: shape(of: x).rank - 1), [x], op)
    case "L2_NORMALIZATION": try l2Normalization(op)
    case "ADD_N": try addAll(op)
    case "SELECT", "SELECT_V2": try select(op)
    case "ARG_MAX": try argReduce(op, optionsKind: 40) { .argMax(axis: $0, keepsDimensions: false) }
    case "ARG_MIN": try argReduce(op, optionsKind: 57) { .argMin(axis: $0, keepsDimensions: false) }
    case "QUANTIZE": try emit(.quantize, [try input(op, 0)], op)
    case "DEQUANTIZE": try emit(.dequantize, [try input(op, 0)], op)
    case "CAST": try emit(.cast, [try input(op, 0)], op)
    case "CONCATENATION": try concatenation(op)
    case "PACK": try pack(op)
    case "UNPACK": try unpack(op)
    case "SPLIT": try split(op)
    case "SPLIT_V": try splitByLengths(op)
    case "RESHAPE": try reshape(op)
    case "SQUEEZE": try squeeze(op)
    case "EXPAND_DIMS": try expandDimensions(op)
    case "SHAPE": try shapeConstant(op)
    case "RANGE": try range(op)
    case "RANK": try rankConstant(op)
    case "TRANSPOSE": try transpose(op)
    case "PAD", "PADV2": try pad(op)
    case "MIRROR_PAD": try mirrorPad(op)
    case "SLICE": try slice(op)
    case "STRIDED_SLICE": try stridedSlice(op)
    case "REVERSE_V2": try reverse(op)
    case "GATHER": try gather(op)
    case "EMBEDDING_LOOKUP": try embeddingLookup(op)
    case "TILE": try tile(op)
    case "BROADCAST_TO": try broadcast(op)
    case "FILL": try fill(op)
    case "ZEROS_LIKE": try zeros(op)
    case "RESIZE_BILINEAR": try resize(op, .bilinear)
    case "RESIZE_NEAREST_NEIGHBOR": try resize(op, .nearest)
    case "DEPTH_TO_SPACE":
      try emit(.depthToSpace(block: try block(op, optionsKind: 94)), [try input(op, 0)], op)
    case "SPACE_TO_DEPTH":
      try emit(.spaceToDepth(block: try block(op, optionsKind: 19)), [try input(op, 0)], op)
    case "SPACE_TO_BATCH_ND": try spaceToBatch(op)
    case "BATCH_TO_SPACE_ND": try batchToSpace(op)
    case "CALL_ONCE": try callOnce(op)
    case "VAR_HANDLE": try handle(op)
    case "READ_VARIABLE": try readVariable(op)
    case "ASSIGN_VARIABLE": try assignVariable(op)
    case "CUSTOM": try custom(op)
    default:
      throw unsupported(describe(op), "is \(op.name)")
    }
  }

  /// Operators of one input and no options.
  static let unaries: [String: Unary] = [
    "ABS": .abs, "CEIL": .ceil, "COS": .cos, "ELU": .elu(alpha: 1), "EXP": .exp, "FLOOR": .floor,
    "HARD_SWISH": .hardSwish, "LOG": .log, "LOGICAL_NOT": .logicalNot, "LOGISTIC": .sigmoid, "NEG": .negate,
    "RELU": .relu, "RELU6": .relu6, "RELU_N1_TO_1": .reluN1To1, "RELU_0_TO_1": .clamp(min: 0, max: 1),
    "ROUND": .round, "RSQRT": .rsqrt, "SIGN": .sign, "SIN": .sin, "SQRT": .sqrt, "SQUARE": .square,
    "TANH": .tanh,
  ]

  static let binaries: [String: Binary] = [
    "ADD": .add, "SUB": .subtract, "MUL": .multiply, "DIV": .divide, "MINIMUM": .minimum, "MAXIMUM": .maximum,
    "POW": .power, "SQUARED_DIFFERENCE": .squaredDifference, "FLOOR_DIV": .floorDivide,
    "FLOOR_MOD": .floorModulo,
    "EQUAL": .equal, "NOT_EQUAL": .notEqual, "LESS": .less, "LESS_EQUAL": .lessEqual, "GREATER": .greater,
    "GREATER_EQUAL": .greaterEqual, "LOGICAL_AND": .logicalAnd, "LOGICAL_OR": .logicalOr, "PRELU": .prelu,
  ]

  static let reductions: [String: Reduction] = [
    "SUM": .sum, "MEAN": .mean, "REDUCE_MAX": .maximum, "REDUCE_MIN": .minimum, "REDUCE_PROD": .product,
    "REDUCE_ANY": .any, "REDUCE_ALL": .all,
  ]

  /// The operators that `convert` has a case for, besides those of the tables above.
  static let cases: [String] = """
    ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE AVERAGE_POOL_2D BATCH_MATMUL BATCH_TO_SPACE_ND BROADCAST_TO \
    CALL_ONCE CAST CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP \
    EXPAND_DIMS FILL FULLY_CONNECTED GATHER GELU L2_NORMALIZATION L2_POOL_2D LEAKY_RELU LOG_SOFTMAX \
    MAX_POOL_2D MIRROR_PAD PACK PAD PADV2 QUANTIZE RANGE RANK READ_VARIABLE RESHAPE RESIZE_BILINEAR \
    RESIZE_NEAREST_NEIGHBOR REVERSE_V2 SELECT SELECT_V2 SHAPE SLICE SOFTMAX SPACE_TO_BATCH_ND \
    SPACE_TO_DEPTH SPLIT SPLIT_V SQUEEZE STRIDED_SLICE TILE TRANSPOSE TRANSPOSE_CONV UNPACK VAR_HANDLE \
    ZEROS_LIKE
    """.split(separator: " ").map(String.init)
}
