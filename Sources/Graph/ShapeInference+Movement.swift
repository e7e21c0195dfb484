// Operators that only move elements.

extension ShapeInference {
  func concat(axis: Int) throws(GraphError) -> TensorType {
    try require(!inputs.isEmpty, "no inputs", expected: "at least 1")
    let first = try input(0, "x")
    try requireAxis(axis, of: first)
    var dimensions = first.shape.dimensions
    for index in inputs.indices.dropFirst() {
      let next = try input(index, "x")
      var rest = next.shape.dimensions
      try require(
        rest.count == dimensions.count && next.elementType == first.elementType, "input \(index) is \(next)",
        expected: "\(first.elementType) with \(dimensions.count) axes")
      let extent = rest[axis]
      rest[axis] = first.shape[axis]
      try require(
        Shape(rest) == first.shape, "input \(index) is \(next)",
        expected: "\(first.shape) but for axis \(axis)")
      dimensions[axis] += extent
      try requireExtent(dimensions[axis], atLeast: 1, "the sum along axis \(axis)")
    }
    return TensorType(first.elementType, Shape(dimensions))
  }

  func reshape() throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let output = try declaredOutput()
    try require(
      x.shape.elementCount == output.shape.elementCount, "\(x.shape) to \(output.shape)",
      expected: "the same number of elements")
    return TensorType(x.elementType, output.shape)
  }

  func transpose(_ permutation: [Int]) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try require(
      permutation.sorted() == Array(0..<x.shape.rank), "permutation \(permutation) of \(x)",
      expected: "each axis once")
    return TensorType(x.elementType, Shape(permutation.map { x.shape[$0] }))
  }

  func pad(_ before: [Int], _ after: [Int], _ mode: PadMode) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let rank = x.shape.rank
    try require(
      before.count == rank && after.count == rank, "padding of \(before.count) axes for \(x)",
      expected: "\(rank)")
    var dimensions = x.shape.dimensions
    for axis in 0..<rank {
      let limit =
        switch mode {
        case .constant, .edge: Shape.largestExtent
        case .reflect: x.shape[axis] - 1
        case .symmetric, .wrap: x.shape[axis]
        }
      let range = 0...limit
      try require(
        range.contains(before[axis]) && range.contains(after[axis]),
        "padding \(before[axis]) and \(after[axis]) along axis \(axis) of \(x)", expected: "0 to \(limit)")
      dimensions[axis] += before[axis] + after[axis]
      try requireExtent(dimensions[axis], atLeast: 1, "the extent along axis \(axis)")
    }
    return TensorType(x.elementType, Shape(dimensions))
  }

  func slice(_ begin: [Int], _ strides: [Int]) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let output = try declaredOutput()
    let rank = x.shape.rank
    try require(
      begin.count == rank && strides.count == rank && output.shape.rank == rank,
      "\(begin.count) begins and \(strides.count) strides for \(x) to \(output)",
      expected: "\(rank) axes each")
    for axis in 0..<rank {
      let range = 0..<x.shape[axis]
      try require(
        abs(clamping: strides[axis]) <= Shape.largestExtent && range.contains(begin[axis])
          && range.contains(begin[axis] + (output.shape[axis] - 1) * strides[axis]),
        "\(output.shape[axis]) elements from \(begin[axis]) by \(strides[axis]) along axis \(axis)",
        expected: "elements 0 to \(x.shape[axis] - 1)")
    }
    return TensorType(x.elementType, output.shape)
  }

  func gather(axis: Int) throws(GraphError) -> TensorType {
    try requireInputs(2...2)
    let data = try input(0, "data")
    let indices = try input(1, "indices")
    try requireAxis(axis, of: data)
    try require(
      indices.elementType == .i32 || indices.elementType == .i64, "indices are \(indices)",
      expected: "i32 or i64")
    let dimensions = data.shape.dimensions
    let shape = Shape(
      Array(dimensions[..<axis]) + indices.shape.dimensions + Array(dimensions[(axis + 1)...]))
    return TensorType(data.elementType, shape)
  }

  func broadcastToDeclared() throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let output = try declaredOutput()
    try require(
      x.shape.broadcast(with: output.shape) == output.shape, "\(x.shape) to \(output.shape)",
      expected: "a shape that it broadcasts to")
    return TensorType(x.elementType, output.shape)
  }

  func tile(_ multiples: [Int]) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try require(
      multiples.count == x.shape.rank, "\(multiples.count) multiples for \(x)", expected: "\(x.shape.rank)")
    var dimensions = x.shape.dimensions
    for axis in dimensions.indices {
      try requireExtent(multiples[axis], atLeast: 1, "the multiple of axis \(axis)")
      dimensions[axis] *= multiples[axis]
      try requireExtent(dimensions[axis], atLeast: 1, "the extent along axis \(axis)")
    }
    return TensorType(x.elementType, Shape(dimensions))
  }

  func resize() throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let output = try declaredOutput()
    try requireRank(4, x, "x")
    try requireRank(4, output, "the output")
    try require(
      x.shape[0] == output.shape[0] && x.shape[3] == output.shape[3], "\(x.shape) to \(output.shape)",
      expected: "the same batch and channels")
    return TensorType(x.elementType, output.shape)
  }

  func depthToSpace(_ block: Int) throws(GraphError) -> TensorType {
    let x = try blocked(block)
    let (height, width) = (x.shape[1] * block, x.shape[2] * block)
    try require(
      x.shape[3] % (block * block) == 0, "\(x) in blocks of \(block)",
      expected: "channels in multiples of \(block * block)")
    try requireExtent(height, atLeast: 1, "the output's height")
    try requireExtent(width, atLeast: 1, "the output's width")
    return TensorType(x.elementType, [x.shape[0], height, width, x.shape[3] / (block * block)])
  }

  func spaceToDepth(_ block: Int) throws(GraphError) -> TensorType {
    let x = try blocked(block)
    try require(
      x.shape[1] % block == 0 && x.shape[2] % block == 0, "\(x) in blocks of \(block)",
      expected: "height and width in multiples of \(block)")
    // Blocks tile the image, so block * block is at most its number of pixels.
    guard let channels = Shape([x.shape[3], block, block]).elementCount else {
      throw mismatch("\(x) in blocks of \(block)", expected: "fewer channels")
    }
    try requireExtent(channels, atLeast: 1, "the output's channels")
    return TensorType(x.elementType, [x.shape[0], x.shape[1] / block, x.shape[2] / block, channels])
  }

  private func blocked(_ block: Int) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try requireRank(4, x, "x")
    try requireExtent(block, atLeast: 1, "the block")
    return x
  }
}

/// The absolute value, with that of `Int.min` as `Int.max`.
private func abs(clamping value: Int) -> Int { value == .min ? .max : Swift.abs(value) }
