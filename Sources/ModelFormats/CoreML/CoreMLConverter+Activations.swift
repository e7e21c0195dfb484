import Graph

// Functions of each element.

extension CoreMLConverter {
  static let activationOperations: [String: Operation] = {
    var table: [String: Operation] = ["cast": CoreMLConverter.castOperation]
    for (name, op) in unaryNodes { table[name] = unary(op) }
    for (name, convert) in parametricActivations { table[name] = activation(convert) }
    return table
  }()

  private static func unary(_ op: String) -> Operation {
    { converter in
      { (call) throws(ModelFormatError) in _ = try converter.node(op, [try call.name("x")], call.output) }
    }
  }

  private static func activation(_ convert: @escaping Activated) -> Operation {
    { converter in
      { (call) throws(ModelFormatError) in try converter.activate(call, by: convert) }
    }
  }

  /// Operations that ONNX has under another name, and without parameters.
  private static let unaryNodes: [String: String] = [
    "abs": "Abs", "acos": "Acos", "acosh": "Acosh", "asin": "Asin", "asinh": "Asinh", "atan": "Atan",
    "atanh": "Atanh", "ceil": "Ceil", "cos": "Cos", "cosh": "Cosh", "erf": "Erf", "exp": "Exp",
    "floor": "Floor",
    "identity": "Identity", "logical_not": "Not", "relu": "Relu", "round": "Round", "sigmoid": "Sigmoid",
    "sign": "Sign", "sin": "Sin", "sinh": "Sinh", "softplus": "Softplus", "softsign": "Softsign",
    "sqrt": "Sqrt",
    "tan": "Tan", "tanh": "Tanh",
  ]

  private typealias Activated =
    @Sendable (CoreMLConverter, String, MILCall) throws(ModelFormatError) -> String

  private static let parametricActivations: [String: Activated] = [
    "clamped_relu": { (c, x, call) throws(ModelFormatError) in
      let limited = try c.apply(.unary(.leakyRelu(alpha: try call.float("alpha", default: 0))), [x])
      return try c.node("Min", [limited, try c.scalar(try call.float("beta", default: 1))])
    },
    "clip": { (c, x, call) throws(ModelFormatError) in
      try c.clamped(
        x, try call.float("alpha", default: -.infinity), try call.float("beta", default: .infinity))
    },
    "elu": { (c, x, call) throws(ModelFormatError) in
      try c.apply(.unary(.elu(alpha: try call.float("alpha", default: 1))), [x])
    },
    "exp2": { (c, x, call) throws(ModelFormatError) in
      try c.node("Exp", [try c.linear(x, Float(0.693_147_180_559_945_3), 0)])
    },
    "gelu": { (c, x, call) throws(ModelFormatError) in
      try c.gelu(x, mode: try call.text("mode", default: "EXACT"))
    },
    "inverse": { (c, x, call) throws(ModelFormatError) in
      try c.node("Reciprocal", [try c.linear(x, 1, try call.float("epsilon", default: 1e-4))])
    },
    "leaky_relu": { (c, x, call) throws(ModelFormatError) in
      try c.apply(.unary(.leakyRelu(alpha: try call.float("alpha", default: 0.01))), [x])
    },
    "linear_activation": { (c, x, call) throws(ModelFormatError) in
      try c.linear(x, try call.float("alpha", default: 1), try call.float("beta", default: 0))
    },
    "log": { (c, x, call) throws(ModelFormatError) in
      try c.node("Log", [try c.linear(x, 1, try call.float("epsilon", default: .leastNonzeroMagnitude))])
    },
    "prelu": { (c, x, call) throws(ModelFormatError) in
      try c.node("PRelu", [x, try c.perChannel(try call.name("alpha"), rank: try c.shape(x).count)])
    },
    "relu6": { (c, x, call) throws(ModelFormatError) in try c.apply(.unary(.relu6), [x]) },
    "rsqrt": { (c, x, call) throws(ModelFormatError) in
      try c.apply(.unary(.rsqrt), [try c.linear(x, 1, try call.float("epsilon", default: 1e-12))])
    },
    "scaled_tanh": { (c, x, call) throws(ModelFormatError) in
      let inner = try c.node("Tanh", [try c.linear(x, try call.float("beta", default: 1), 0)])
      return try c.linear(inner, try call.float("alpha", default: 1), 0)
    },
    "sigmoid_hard": { (c, x, call) throws(ModelFormatError) in
      try c.apply(
        .unary(
          .hardSigmoid(
            alpha: try call.float("alpha", default: 0.2), beta: try call.float("beta", default: 0.5))), [x])
    },
    "silu": { (c, x, call) throws(ModelFormatError) in try c.apply(.unary(.silu), [x]) },
    "softplus_parametric": { (c, x, call) throws(ModelFormatError) in
      let rank = try c.shape(x).count
      let alpha = try c.perChannel(try call.name("alpha"), rank: rank)
      let beta = try c.perChannel(try call.name("beta"), rank: rank)
      return try c.node("Mul", [try c.node("Softplus", [try c.node("Mul", [x, beta])]), alpha])
    },
    "square": { (c, x, call) throws(ModelFormatError) in try c.apply(.unary(.square), [x]) },
    "threshold": { (c, x, call) throws(ModelFormatError) in
      try c.node("Max", [x, try c.scalar(try call.float("alpha", default: 0))])
    },
    "thresholded_relu": { (c, x, call) throws(ModelFormatError) in
      try c.thresholdedRelu(x, try call.float("alpha", default: 1))
    },
  ]

  private func activate(_ call: MILCall, by convert: Activated) throws(ModelFormatError) {
    var x = try call.name("x")
    if try elementType(x) != .f32 { x = try converted(x, to: .f32) }
    try alias(try convert(self, x, call), call.output)
  }

  // MARK: What layers of neural networks share

  /// `alpha * x + beta`.
  func linear(_ x: String, _ alpha: Float, _ beta: Float) throws(ModelFormatError) -> String {
    let scaled = alpha == 1 ? x : try node("Mul", [x, try scalar(alpha)])
    return beta == 0 ? scaled : try node("Add", [scaled, try scalar(beta)])
  }

  func clamped(_ x: String, _ low: Float, _ high: Float) throws(ModelFormatError) -> String {
    try apply(.unary(.clamp(min: low, max: high)), [x])
  }

  func gelu(_ x: String, mode: String) throws(ModelFormatError) -> String {
    switch mode {
    case "EXACT": try apply(.unary(.gelu(approximate: false)), [x])
    case "TANH_APPROXIMATION": try apply(.unary(.gelu(approximate: true)), [x])
    case "SIGMOID_APPROXIMATION": try node("Mul", [x, try node("Sigmoid", [try linear(x, 1.702, 0)])])
    default: throw malformed("mode '\(mode)'", expected: "EXACT, TANH_APPROXIMATION or SIGMOID_APPROXIMATION")
    }
  }

  /// `x` where it reaches `alpha`, else 0.
  func thresholdedRelu(_ x: String, _ alpha: Float) throws(ModelFormatError) -> String {
    let reaches = try node("GreaterOrEqual", [x, try scalar(alpha)])
    return try node("Where", [reaches, x, try scalar(0)])
  }

  /// One number a channel, shaped to broadcast over `[N, C, ...]` of `rank` axes; a number for all stays one.
  func perChannel(_ vector: String, rank: Int) throws(ModelFormatError) -> String {
    let count = try shape(vector).reduce(1, *)
    if count == 1 { return try reshaped(vector, []) }
    guard rank >= 2 else { return try reshaped(vector, [count]) }
    return try reshaped(vector, [count] + Array(repeating: 1, count: rank - 2))
  }

  // MARK: Types

  private static let castTypes: [String: ElementType] = [
    "fp16": .f32, "fp32": .f32, "int32": .i32, "int16": .i16, "uint16": .u16, "int8": .i8, "uint8": .u8,
    "bool": .bool, "int64": .i32, "fp64": .f32,
  ]

  private func castOperation(_ call: MILCall) throws(ModelFormatError) {
    let type = try call.text("dtype", default: "fp32")
    guard let target = Self.castTypes[type] else { throw call.operation.unsupported("casts to '\(type)'") }
    try convert(try call.name("x"), to: target, call.output)
  }

  func converted(_ x: String, to type: ElementType) throws(ModelFormatError) -> String {
    try convert(x, to: type, freshName("cast"))
  }

  @discardableResult
  func convert(_ x: String, to type: ElementType, _ output: String) throws(ModelFormatError) -> String {
    if try elementType(x) == type {
      try alias(x, output)
      return output
    }
    let codes: [ElementType: Int] = [.f32: 1, .u8: 2, .i8: 3, .u16: 4, .i16: 5, .i32: 6, .i64: 7, .bool: 9]
    return try node("Cast", [x], output, ["to": ONNXAttribute(integer: codes[type] ?? 1)])
  }
}
