import Graph

// Products of matrices, and attention.

extension CoreMLConverter {
  static let productOperations: [String: Operation] = [
    "einsum": CoreMLConverter.einsum,
    "linear": CoreMLConverter.linearLayer,
    "matmul": CoreMLConverter.matMul,
    "scaled_dot_product_attention": CoreMLConverter.attention,
  ]

  func linearLayer(_ call: MILCall) throws(ModelFormatError) {
    try dense(try call.name("x"), try call.name("weight"), try call.optionalName("bias"), call.output)
  }

  /// A product with weights `[outputs, inputs]` over the last axis.
  @discardableResult
  func dense(
    _ x: String, _ weights: String, _ bias: String?, _ output: String? = nil
  ) throws(ModelFormatError) -> String {
    try apply(
      .fullyConnected(activation: .none, keepsLeadingAxes: true), [x, weights] + (bias.map { [$0] } ?? []),
      output)
  }

  func matMul(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let y = try call.name("y")
    let (a, b) = (try call.flag("transpose_x"), try call.flag("transpose_y"))
    guard try shape(x).count >= 2, try shape(y).count >= 2 else {
      try node("MatMul", [x, y], call.output)
      return
    }
    try apply(.matMul(transposeA: a, transposeB: b), [x, y], call.output)
  }

  func einsum(_ call: MILCall) throws(ModelFormatError) {
    try node(
      "Einsum", try call.names("values"), call.output,
      ["equation": ONNXAttribute(text: try call.text("equation", default: ""))])
  }

  /// softmax(query x key^T / sqrt(E) + mask) x value.
  func attention(_ call: MILCall) throws(ModelFormatError) {
    let query = try call.name("query")
    guard let width = try shape(query).last, width > 0 else {
      throw call.operation.malformed("a query without axes", expected: "[..., length, width]")
    }
    var scores = try apply(.matMul(transposeA: false, transposeB: true), [query, try call.name("key")])
    scores = try linear(scores, 1 / Float(width).squareRoot(), 0)
    if let mask = try call.optionalName("attn_mask") {
      scores =
        try elementType(mask) == .bool
        ? try node("Where", [mask, scores, try scalar(-.greatestFiniteMagnitude)])
        : try node("Add", [scores, mask])
    }
    let weights = try node("Softmax", [scores], nil, ["axis": ONNXAttribute(integer: -1)])
    try apply(.matMul(transposeA: false, transposeB: false), [weights, try call.name("value")], call.output)
  }
}
