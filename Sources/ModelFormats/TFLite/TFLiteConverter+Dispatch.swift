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
    case "QUANTIZE": try emit(.quantize(.halfAwayFromZero), [try input(op, 0)], op)
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
    default: try convertSpecial(op)
    }
  }

  /// Operators that few models have, and those that call subgraphs.
  private mutating func convertSpecial(_ op: TFLiteOperator) throws(ModelFormatError) {
    switch op.name {
    case "CALL": try callSubgraph(op)
    case "IF": try branch(op)
    case "WHILE": try whileLoop(op)
    case "STABLEHLO_COMPOSITE": try composite(op)
    case "STABLEHLO_WHILE": try stableWhile(op)
    case "LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM": try longShortTermMemory(op)
    case "BIDIRECTIONAL_SEQUENCE_LSTM": try bidirectionalLongShortTermMemory(op)
    case "RNN", "UNIDIRECTIONAL_SEQUENCE_RNN": try recurrentNetwork(op)
    case "BIDIRECTIONAL_SEQUENCE_RNN": try bidirectionalRecurrentNetwork(op)
    case "SVDF": try rankConstrainedFilter(op)
    case "CONV_3D": try volumeConvolution(op)
    case "CONV_3D_TRANSPOSE": try transposeVolumeConvolution(op)
    case "DENSIFY": try emit(try input(op, 0), op)
    case "BROADCAST_ARGS": try broadcastShapes(op)
    case "ONE_HOT": try oneHot(op)
    case "BUCKETIZE": try bucketize(op)
    case "GATHER_ND": try gatherND(op)
    case "SCATTER_ND": try scatterND(op)
    case "TOPK_V2": try largest(op)
    case "CUMSUM": try cumulativeSum(op)
    case "REVERSE_SEQUENCE": try reverseSequence(op)
    case "BITCAST": try emit(.bitcast, [try input(op, 0)], op)
    case "SEGMENT_SUM", "UNSORTED_SEGMENT_SUM": try segments(op, .sum)
    case "UNSORTED_SEGMENT_MAX": try segments(op, .maximum)
    case "UNSORTED_SEGMENT_MIN": try segments(op, .minimum)
    case "UNSORTED_SEGMENT_PROD": try segments(op, .product)
    case "MATRIX_DIAG": try matrixDiagonal(op)
    case "MATRIX_SET_DIAG": try setDiagonal(op)
    case "DYNAMIC_UPDATE_SLICE", "STABLEHLO_DYNAMIC_UPDATE_SLICE": try updateSlice(op)
    case "SPARSE_TO_DENSE": try sparseToDense(op)
    case "WHERE": try places(op)
    case "NON_MAX_SUPPRESSION_V4": try suppressOverlaps(op, givesScores: false)
    case "NON_MAX_SUPPRESSION_V5": try suppressOverlaps(op, givesScores: true)
    case "UNIQUE": try unique(op)
    case "FAKE_QUANT": try fakeQuantize(op)
    case "LOCAL_RESPONSE_NORMALIZATION": try localResponseNormalization(op)
    case "DILATE": try dilate(op)
    case "REDUCE_WINDOW": try reduceWindow(op)
    case "RFFT2D": try realSpectrum(op)
    case "REAL", "IMAG": try complexPart(op)
    case "COMPLEX_ABS": try complexMagnitude(op)
    default:
      guard try convertStable(op) else { throw unsupported(describe(op), "is \(op.name)") }
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
    "ATAN2": .arcTangent, "BITWISE_XOR": .bitwiseXor, "RIGHT_SHIFT": .shiftRight,
  ]

  static let reductions: [String: Reduction] = [
    "SUM": .sum, "MEAN": .mean, "REDUCE_MAX": .maximum, "REDUCE_MIN": .minimum, "REDUCE_PROD": .product,
    "REDUCE_ANY": .any, "REDUCE_ALL": .all,
  ]

  /// The operators that `convert` has a case for, besides those of the tables above.
  static let cases: [String] = """
    ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE AVERAGE_POOL_2D BATCH_MATMUL BATCH_TO_SPACE_ND \
    BIDIRECTIONAL_SEQUENCE_LSTM BIDIRECTIONAL_SEQUENCE_RNN BITCAST BROADCAST_ARGS BROADCAST_TO BUCKETIZE CALL CALL_ONCE \
    CAST COMPLEX_ABS CONCATENATION CONV_2D CONV_3D CONV_3D_TRANSPOSE CUMSUM DENSIFY DEPTHWISE_CONV_2D DEPTH_TO_SPACE \
    DEQUANTIZE DILATE DYNAMIC_UPDATE_SLICE EMBEDDING_LOOKUP EXPAND_DIMS FAKE_QUANT FILL FULLY_CONNECTED GATHER GATHER_ND \
    GELU IF IMAG L2_NORMALIZATION L2_POOL_2D LEAKY_RELU LOCAL_RESPONSE_NORMALIZATION LOG_SOFTMAX LSTM MATRIX_DIAG \
    MATRIX_SET_DIAG MAX_POOL_2D MIRROR_PAD NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 ONE_HOT PACK PAD PADV2 QUANTIZE RANGE RANK READ_VARIABLE REAL \
    REDUCE_WINDOW RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR REVERSE_SEQUENCE REVERSE_V2 RFFT2D RNN SCATTER_ND SEGMENT_SUM SELECT SELECT_V2 \
    SHAPE SLICE SOFTMAX SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPARSE_TO_DENSE SPLIT SPLIT_V SQUEEZE STABLEHLO_COMPOSITE \
    STABLEHLO_DYNAMIC_UPDATE_SLICE STABLEHLO_WHILE STRIDED_SLICE SVDF TILE TOPK_V2 TRANSPOSE TRANSPOSE_CONV \
    UNIDIRECTIONAL_SEQUENCE_LSTM UNIDIRECTIONAL_SEQUENCE_RNN UNIQUE UNPACK UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_MIN \
    UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_SUM VAR_HANDLE WHERE WHILE ZEROS_LIKE
    """.split(separator: " ").map(String.init)
}
