import Graph

// Matrix products.

extension ONNXConverter {
  static let products: [String: Handler] = [
    "Gemm": ONNXConverter.gemm,
    "MatMul": ONNXConverter.matMul,
  ]

  /// `alpha * A' * B' + beta * C`.
  func gemm(_ node: ONNXNode) throws(ModelFormatError) { try bind(try gemmResult(node), node) }

  func gemmResult(_ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    var a = try written(node, 0)
    let b = try written(node, 1)
    try requireRank(2...2, a, node)
    try requireRank(2...2, b, node)
    if try node.flag("transA", default: false) { a = try permuted(a, [1, 0], node) }
    let weights = try node.flag("transB", default: false) ? b : try permuted(b, [1, 0], node)
    let alpha = try node.float("alpha", default: 1)
    let beta = try node.float("beta", default: 1)
    let c = try optional(node, 2)
    let columns = shape(weights)[0]
    let dense = Operator.fullyConnected(activation: .none, keepsLeadingAxes: true)
    guard [.f32, .f16].contains(elementType(a)), elementType(weights) == elementType(a) else {
      var result = try apply(.matMul(transposeA: false, transposeB: true), [a, weights], node)
      result = try scaled(result, alpha, node)
      if let c {
        result = try apply(.binary(.add, activation: .none), [result, try scaled(c, beta, node)], node)
      }
      return result
    }
    if alpha == 1, beta == 1, let c, shape(c).elementCount == columns, shape(c).dimensions.last == columns {
      // A bias that is a list already stays what it is, quantized or not.
      let bias = shape(c).rank == 1 ? c : try apply(.reshape, [c], node, shape: [columns])
      return try apply(dense, [a, weights, bias], node)
    }
    var result = try scaled(try apply(dense, [a, weights], node), alpha, node)
    if let c {
      result = try apply(.binary(.add, activation: .none), [result, try scaled(c, beta, node)], node)
    }
    return result
  }

  func scaled(_ x: TensorID, _ factor: Float, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    if factor == 1 { return x }
    return try apply(
      .binary(.multiply, activation: .none), [x, try scalar(Double(factor), like: x, node)], node)
  }

  func matMul(_ node: ONNXNode) throws(ModelFormatError) {
    try bind(try product(try written(node, 0), try written(node, 1), node), node)
  }

  /// As numpy.matmul: a vector is a row on the left, a column on the right, and its axis is dropped.
  func product(_ a: TensorID, _ b: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let (left, right) = (shape(a), shape(b))
    guard left.rank >= 1, right.rank >= 1 else {
      throw node.malformed("\(left) times \(right)", expected: "at least 1 axis each")
    }
    let rows = left.rank == 1 ? try apply(.reshape, [a], node, shape: [1, left[0]]) : a
    if right.rank == 2, elementType(a) == .f32, isWeights(b) {
      let weights = try permuted(b, [1, 0], node)
      let result = try apply(
        .fullyConnected(activation: .none, keepsLeadingAxes: true), [rows, weights], node)
      return left.rank == 1 ? try apply(.reshape, [result], node, shape: [right[1]]) : result
    }
    let columns = right.rank == 1 ? try apply(.reshape, [b], node, shape: [right[0], 1]) : b
    let result = try apply(.matMul(transposeA: false, transposeB: false), [rows, columns], node)
    var dimensions = shape(result).dimensions
    if right.rank == 1 { dimensions.removeLast() }
    if left.rank == 1 { dimensions.remove(at: dimensions.count - (right.rank == 1 ? 1 : 2)) }
    return dimensions == shape(result).dimensions
      ? result : try apply(.reshape, [result], node, shape: Shape(dimensions))
  }

  /// Whether a tensor is known before the model runs, or is a constant that is only widened.
  func isWeights(_ id: TensorID) -> Bool {
    if assembler.isConstant(id) { return true }
    guard let producer = assembler.producer(of: id), producer.op == .dequantize || producer.op == .cast,
      case let source?? = producer.inputs.first
    else { return false }
    return assembler.isConstant(source)
  }
}
