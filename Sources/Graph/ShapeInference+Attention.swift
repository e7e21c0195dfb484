// Attention, normalisations and transforms of sequences.

extension ShapeInference {
  func attention(_ attention: Attention) throws(GraphError) -> TensorType {
    try requireInputs(3...5)
    let (q, k, v) = (try input(0, "q"), try input(1, "k"), try input(2, "v"))
    guard let extents = AttentionExtents(attention, q: q.shape, k: k.shape, v: v.shape) else {
      throw mismatch(
        "q is \(q), k is \(k), v is \(v) for \(attention.heads) heads over \(attention.keyHeads)",
        expected: "[N, heads, length, depth] or [N, length, heads * depth] each")
    }
    let whole: Shape = [extents.batch, attention.heads, extents.queries, extents.keys]
    if let mask = optionalInput(3) {
      try require(
        mask.shape.broadcast(with: whole) == whole && [.f32, .f16, .f64, .bool].contains(mask.elementType),
        "mask is \(mask)", expected: "bool or real numbers that broadcast to \(whole)")
    }
    if let lengths = optionalInput(4) {
      try require(
        lengths == TensorType(.i32, [extents.batch]), "lengths is \(lengths)",
        expected: "i32 \(extents.batch)")
    }
    try requireExtent(attention.offset, atLeast: 0, "offset")
    for bound in [attention.left, attention.right] {
      if let bound { try requireExtent(bound, atLeast: 0, "a bound of the window") }
    }
    let shape: Shape =
      q.shape.rank == 4
      ? [extents.batch, attention.heads, extents.queries, extents.valueDepth]
      : [extents.batch, extents.queries, attention.heads * extents.valueDepth]
    return TensorType(q.elementType, shape)
  }

  func rmsNorm(axes: Int, epsilon: Float) throws(GraphError) -> TensorType {
    try requireInputs(1...2)
    return try layerNorm(axes: axes, epsilon: epsilon)
  }

  func groupNorm(groups: Int, epsilon: Float) throws(GraphError) -> TensorType {
    try requireInputs(1...3)
    let x = try input(0, "x")
    try require(x.shape.rank >= 2, "x is \(x)", expected: "at least 2 axes")
    let channels = x.shape[x.shape.rank - 1]
    try require(
      groups >= 1 && channels % groups == 0, "\(groups) groups of \(channels) channels",
      expected: "a number of groups that divides the channels")
    try require(epsilon.isFinite && epsilon >= 0, "epsilon is \(epsilon)", expected: "0 or more")
    for (index, role) in [(1, "scale"), (2, "bias")] {
      guard let operand = optionalInput(index) else { continue }
      try require(operand.shape == [channels], "\(role) is \(operand)", expected: "\(channels)")
    }
    return x
  }

  func fourier(_ fourier: Fourier) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let rank = x.shape.rank
    try require(
      rank >= 2 && (1...2).contains(x.shape[rank - 1]), "x is \(x)",
      expected: "1 or 2 parts along the last axis")
    try require(
      (0..<rank - 1).contains(fourier.axis), "axis \(fourier.axis) of \(x)", expected: "0 to \(rank - 2)")
    try require(
      (1...1 << 28).contains(fourier.length), "a length of \(fourier.length)", expected: "1 to \(1 << 28)")
    try require(
      (1...fourier.length).contains(fourier.count) && (1...2).contains(fourier.parts),
      "a result of \(fourier.count) elements of \(fourier.parts) parts",
      expected: "1 to \(fourier.length), 1 or 2")
    var dimensions = x.shape.dimensions
    dimensions[fourier.axis] = fourier.count
    dimensions[rank - 1] = fourier.parts
    return TensorType(x.elementType, Shape(dimensions))
  }
}
