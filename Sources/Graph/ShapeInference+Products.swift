// Operators that multiply by weights or by each other, and what their operands' types may be.

extension ShapeInference {
  func fullyConnected(keepsLeadingAxes: Bool) throws(GraphError) -> TensorType {
    try requireInputs(2...3)
    let x = try input(0, "x")
    let weights = try input(1, "weights")
    try requireRank(2, weights, "weights")
    try requireWeights(weights, for: x)
    try require(
      x.shape.dimensions.last == weights.shape[1], "x is \(x)",
      expected: "\(weights.shape[1]) elements along the last axis, as the weights have")
    try checkBias(channels: weights.shape[0], for: x)
    let leading = Array(x.shape.dimensions.dropLast())
    let filters = weights.shape[0]
    if keepsLeadingAxes { return TensorType(x.elementType, Shape(leading + [filters])) }
    guard let rows = Shape(leading).elementCount else {
      throw mismatch("x is \(x)", expected: "fewer rows")
    }
    return TensorType(x.elementType, [rows, filters])
  }

  func matMul(_ transposeA: Bool, _ transposeB: Bool) throws(GraphError) -> TensorType {
    try requireInputs(2...2)
    let a = try input(0, "a")
    let b = try input(1, "b")
    try require(
      a.shape.rank >= 2 && b.shape.rank >= 2, "a is \(a), b is \(b)", expected: "at least 2 axes each")
    try require(a.elementType == b.elementType, "a is \(a), b is \(b)", expected: "the same type")
    let (aRank, bRank) = (a.shape.rank, b.shape.rank)
    let rows = a.shape[transposeA ? aRank - 1 : aRank - 2]
    let depth = a.shape[transposeA ? aRank - 2 : aRank - 1]
    let depthOfB = b.shape[transposeB ? bRank - 1 : bRank - 2]
    let columns = b.shape[transposeB ? bRank - 2 : bRank - 1]
    try require(depth == depthOfB, "a is \(a), b is \(b)", expected: "as many columns in a as rows in b")
    let aBatch = Shape(Array(a.shape.dimensions.dropLast(2)))
    let bBatch = Shape(Array(b.shape.dimensions.dropLast(2)))
    guard let batch = aBatch.broadcast(with: bBatch) else {
      throw mismatch("a is \(a), b is \(b)", expected: "leading axes that broadcast")
    }
    return TensorType(a.elementType, Shape(batch.dimensions + [rows, columns]))
  }

  /// Weights are of the input's type, or of a narrower one that the kernel widens.
  func requireWeights(_ weights: TensorType, for x: TensorType) throws(GraphError) {
    let allowed: [ElementType] =
      switch x.elementType {
      case .f32: [.f32, .f16, .i8, .i4]
      case .f16: [.f16, .i8, .i4]
      case .i8: [.i8, .i4, .u8]
      case .i16: [.i8, .i4]
      case .u8: [.u8, .i8, .i4]
      default: []
      }
    try require(
      allowed.contains(weights.elementType), "x is \(x.elementType), weights are \(weights.elementType)",
      expected: allowed.isEmpty ? "f32, f16, i8, i16 or u8 for x" : "weights of \(list(allowed))")
  }

  func checkBias(channels: Int, for x: TensorType) throws(GraphError) {
    guard let bias = optionalInput(2) else { return }
    let allowed: [ElementType] =
      x.elementType.isFloatingPoint ? [.f32, .f16] : x.elementType == .i16 ? [.i32, .i64] : [.i32]
    try require(
      bias.shape.elementCount == channels && bias.shape.dimensions.last == channels
        && allowed.contains(bias.elementType),
      "bias is \(bias)", expected: "\(list(allowed)) \(channels)")
  }

  private func list(_ types: [ElementType]) -> String {
    types.map { String(describing: $0) }.joined(separator: " or ")
  }
}
