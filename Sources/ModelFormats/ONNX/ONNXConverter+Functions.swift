import Graph

// Functions of each element alone, beyond those that most models use.

extension ONNXConverter {
  static let functions: [String: Handler] = [
    "Acos": unary(.acos), "Acosh": unary(.acosh), "Asin": unary(.asin), "Asinh": unary(.asinh),
    "Atan": unary(.atan), "Atanh": unary(.atanh), "BitwiseNot": unary(.bitwiseNot), "Cosh": unary(.cosh),
    "IsNaN": unary(.isNaN), "Mish": unary(.mish), "Sinh": unary(.sinh), "Softsign": unary(.softsign),
    "Tan": unary(.tan),
    "Celu": ONNXConverter.celu,
    "Hardmax": ONNXConverter.hardmax,
    "IsInf": ONNXConverter.isInfinite,
    "Selu": ONNXConverter.selu,
    "Shrink": ONNXConverter.shrink,
    "SwiGLU": ONNXConverter.gatedSwish,
    "Swish": ONNXConverter.swish,
    "ThresholdedRelu": ONNXConverter.thresholdedRelu,
    "ai.onnx.ml.Binarizer": ONNXConverter.binarizer,
  ]

  func celu(_ node: ONNXNode) throws(ModelFormatError) {
    try emit(.celu(alpha: try node.float("alpha", default: 1)), node)
  }

  /// The defaults are the operator's: alpha 1.67326319217681884765625, gamma 1.05070102214813232421875.
  func selu(_ node: ONNXNode) throws(ModelFormatError) {
    let alpha = try node.float("alpha", default: 1.6732632)
    try emit(.selu(alpha: alpha, gamma: try node.float("gamma", default: 1.050701)), node)
  }

  func shrink(_ node: ONNXNode) throws(ModelFormatError) {
    let lambda = try node.float("lambd", default: 0.5)
    try emit(.shrink(lambda: lambda, bias: try node.float("bias", default: 0)), node)
  }

  func swish(_ node: ONNXNode) throws(ModelFormatError) {
    try emit(.swish(alpha: try node.float("alpha", default: 1)), node)
  }

  /// The swish of the first input times the second.
  func gatedSwish(_ node: ONNXNode) throws(ModelFormatError) {
    let gate = try apply(
      .unary(.swish(alpha: try node.float("alpha", default: 1))), [try written(node, 0)], node)
    try emit(.multiply, gate, try written(node, 1), node)
  }

  func thresholdedRelu(_ node: ONNXNode) throws(ModelFormatError) {
    try emit(.thresholdedRelu(alpha: try node.float("alpha", default: 1)), node)
  }

  func isInfinite(_ node: ONNXNode) throws(ModelFormatError) {
    let positive = try node.flag("detect_positive", default: true)
    try emit(
      .isInfinite(positive: positive, negative: try node.flag("detect_negative", default: true)), node)
  }

  /// 1 where x is above the threshold, else 0.
  func binarizer(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let threshold = try scalar(Double(try node.float("threshold", default: 0)), like: x, node)
    let isAbove = try apply(.binary(.greater, activation: .none), [x, threshold], node)
    try emit(.cast, [isAbove], node, type: elementType(x))
  }

  /// 1 at the first largest element along the axis, 0 elsewhere; before opset 13 all axes from the given one on are one.
  func hardmax(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let own = shape(x)
    var axis = try axis(try node.integer("axis", default: node.opset < 13 ? 1 : -1), rank: own.rank, node)
    var operand = x
    if node.opset < 13 {
      let rows = own.dimensions[..<axis].reduce(1, *)
      operand = try apply(.reshape, [x], node, shape: [rows, own.dimensions[axis...].reduce(1, *)])
      axis = 1
    }
    let place = try apply(.argMax(axis: axis, keepsDimensions: true), [operand], node, type: .i64)
    let isPlace = try apply(
      .binary(.equal, activation: .none), [place, counting(shape(operand), along: axis, node)], node)
    let ones = try apply(.cast, [isPlace], node, type: elementType(x))
    try emit(.reshape, [ones], node, shape: own)
  }

  /// 0, 1, 2, ... as i64 along one axis of `shape`, with extent 1 along the others.
  func counting(_ shape: Shape, along axis: Int, _ node: ONNXNode) -> TensorID {
    var dimensions = shape.dimensions.map { _ in 1 }
    dimensions[axis] = shape[axis]
    return constant((0..<shape[axis]).map { Int64($0) }, .i64, shape: Shape(dimensions), node, "counting")
  }
}
