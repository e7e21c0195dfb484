import Graph

// Operators that read, write or order elements by indices.

extension TFLiteConverter {
  mutating func gatherND(_ op: TFLiteOperator) throws(ModelFormatError) {
    try emit(.gatherND(batchAxes: 0), [try input(op, 0), try wideIndices(try input(op, 1), op)], op)
  }

  /// Updates summed into zeros: inputs indices, updates, the result's shape.
  mutating func scatterND(_ op: TFLiteOperator) throws(ModelFormatError) {
    let indices = try wideIndices(try input(op, 0), op)
    let updates = try input(op, 1)
    let target = Shape(try integers(op, 2, "a shape"))
    guard target.dimensions.allSatisfy({ (1...Shape.largestExtent).contains($0) }) else {
      throw malformed(op, "a result of \(target)", expected: "extents of 1 and more")
    }
    let zeros = try intermediate(
      .broadcast, [try zero(like: updates, op)], op, shape: target, quantization: graph[updates].quantization)
    try emit(.scatterND(.add), [zeros, indices, updates], op)
  }

  private mutating func wideIndices(_ id: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> TensorID
  {
    let type = graph[id].elementType
    if type == .i32 || type == .i64 { return id }
    return try intermediate(.cast, [id], op, elementType: .i32)
  }

  /// The largest elements of each row, in order, and where they are.
  mutating func largest(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let count = try integer(op, 1, "a count")
    let axis = try axis(-1, rank: shape(of: x).rank, op)
    let indices = try intermediate(
      .topIndices(axis: axis, count: count, largest: true), [x], op, elementType: .i32)
    try emit(.gatherElements(axis: axis), [x, indices], op)
    guard op.outputs.count > 1 else { return }
    let wanted = subgraph.tensors[try outputIndex(op, 1)].type.elementType ?? .i32
    if wanted == .i32 { return try emit(indices, op, output: 1) }
    try emit(.cast, [indices], op, output: 1)
  }

  mutating func cumulativeSum(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let options = try options(op, 102)
    let axis = try axis(try integer(op, 1, "an axis"), rank: shape(of: x).rank, op)
    let cumulation = Cumulation(
      kind: .sum, axis: axis, isExclusive: try options?.bool(0) ?? false,
      isReversed: try options?.bool(1) ?? false)
    try emit(.cumulative(cumulation), [x], op)
  }

  mutating func reverseSequence(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let options = try options(op, 87)
    let rank = shape(of: x).rank
    let time = try axis(Int(try options?.scalar(0, default: Int32(0)) ?? 0), rank: rank, op)
    let batch = try axis(Int(try options?.scalar(1, default: Int32(0)) ?? 0), rank: rank, op)
    try emit(
      .reverseSequence(batchAxis: batch, timeAxis: time), [x, try wideIndices(try input(op, 1), op)], op)
  }
}
