// Operators that go by indices.

extension ShapeInference {
  func gatherElements(axis: Int) throws(GraphError) -> TensorType {
    try requireInputs(2...2)
    let data = try input(0, "data")
    let indices = try elementIndices(of: data, axis: axis)
    return TensorType(data.elementType, indices.shape)
  }

  func scatterElements(axis: Int) throws(GraphError) -> TensorType {
    try requireInputs(3...3)
    let data = try input(0, "data")
    let indices = try elementIndices(of: data, axis: axis)
    let updates = try input(2, "updates")
    try require(
      updates == TensorType(data.elementType, indices.shape), "updates are \(updates)",
      expected: "\(data.elementType) \(indices.shape)")
    return data
  }

  func gatherND(batchAxes: Int) throws(GraphError) -> TensorType {
    try requireInputs(2...2)
    let data = try input(0, "data")
    let indices = try tuples(of: data, after: batchAxes)
    try require(
      batchAxes < indices.shape.rank
        && indices.shape.dimensions.prefix(batchAxes) == data.shape.dimensions.prefix(batchAxes),
      "indices are \(indices) for data \(data)", expected: "the same first \(batchAxes) axes")
    let depth = indices.shape[indices.shape.rank - 1]
    let slice = data.shape.dimensions.dropFirst(batchAxes + depth)
    return TensorType(data.elementType, Shape(indices.shape.dimensions.dropLast() + slice))
  }

  func scatterND() throws(GraphError) -> TensorType {
    try requireInputs(3...3)
    let data = try input(0, "data")
    let indices = try tuples(of: data, after: 0)
    let updates = try input(2, "updates")
    let slice = data.shape.dimensions.dropFirst(indices.shape[indices.shape.rank - 1])
    let expected = TensorType(data.elementType, Shape(indices.shape.dimensions.dropLast() + slice))
    try require(updates == expected, "updates are \(updates)", expected: "\(expected)")
    return data
  }

  func reverseSequence(_ batchAxis: Int, _ timeAxis: Int) throws(GraphError) -> TensorType {
    try requireInputs(2...2)
    let x = try input(0, "x")
    try requireAxis(batchAxis, of: x)
    try requireAxis(timeAxis, of: x)
    try require(batchAxis != timeAxis, "one axis, \(timeAxis), for batch and time", expected: "two")
    let lengths = try input(1, "lengths")
    try requireIndices(lengths, "lengths")
    try require(
      lengths.shape == [x.shape[batchAxis]], "lengths are \(lengths)", expected: "\(x.shape[batchAxis])")
    return x
  }

  func topIndices(axis: Int, count: Int) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try requireAxis(axis, of: x)
    try require(
      count >= 1 && count <= x.shape[axis], "the first \(count) along axis \(axis) of \(x)",
      expected: "1 to \(x.shape[axis])")
    let indices = declared.first?.elementType ?? .i32
    try require(indices == .i32 || indices == .i64, "the output is \(indices)", expected: "i32 or i64")
    var shape = x.shape
    shape.dimensions[axis] = count
    return TensorType(indices, shape)
  }

  func cumulative(_ cumulation: Cumulation) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try requireAxis(cumulation.axis, of: x)
    try require(x.elementType != .bool, "x is \(x)", expected: "numbers")
    return x
  }

  func determinant() throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let sides = x.shape.dimensions.suffix(2)
    try require(
      x.elementType.isFloatingPoint && sides.count == 2 && sides.first == sides.last
        && sides.allSatisfy { $0 <= 64 },
      "x is \(x)", expected: "square matrices of up to 64 rows")
    return TensorType(x.elementType, Shape(x.shape.dimensions.dropLast(2)))
  }

  func bitcast() throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let output = try declaredOutput()
    try require(
      x.byteCount == output.byteCount, "\(x) to \(output)", expected: "the same number of bytes")
    return output
  }

  /// The indices of single elements: as many axes as `data`, none longer but `axis`.
  private func elementIndices(of data: TensorType, axis: Int) throws(GraphError) -> TensorType {
    try requireAxis(axis, of: data)
    let indices = try input(1, "indices")
    try requireIndices(indices, "indices")
    try require(
      indices.shape.rank == data.shape.rank
        && indices.shape.dimensions.indices.allSatisfy { $0 == axis || indices.shape[$0] <= data.shape[$0] },
      "indices are \(indices) for data \(data)", expected: "as many axes, none longer but axis \(axis)")
    return indices
  }

  /// The indices of slices: along the last axis at most as many as `data` has axes after the first `batchAxes`.
  private func tuples(of data: TensorType, after batchAxes: Int) throws(GraphError) -> TensorType {
    let indices = try input(1, "indices")
    try requireIndices(indices, "indices")
    try require(
      indices.shape.rank >= 1 && batchAxes >= 0 && batchAxes <= data.shape.rank, "indices are \(indices)",
      expected: "at least 1 axis")
    let depth = indices.shape[indices.shape.rank - 1]
    try require(
      depth <= data.shape.rank - batchAxes, "indices are \(indices) for data \(data)",
      expected: "at most \(data.shape.rank - batchAxes) along the last axis")
    return indices
  }

  private func requireIndices(_ type: TensorType, _ role: String) throws(GraphError) {
    try require(
      type.elementType == .i32 || type.elementType == .i64, "\(role) are \(type)", expected: "i32 or i64")
  }
}
