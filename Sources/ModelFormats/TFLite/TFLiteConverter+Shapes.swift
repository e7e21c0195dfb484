import Graph

// Operators that give the same elements another shape, or repeat them.

extension TFLiteConverter {
  mutating func reshape(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    var wanted = try constantIntegers(op, 1)
    if wanted == nil { wanted = try options(op, 17)?.integers(0, as: Int32.self).map(Int.init) }
    guard let wanted, !wanted.isEmpty || shape(of: x).elementCount == 1 else {
      // Neither constant nor option: the file's own shape.
      return try emit(.reshape, [x], op)
    }
    try emit(.reshape, [x], op, shape: try filled(wanted, from: shape(of: x), op))
  }

  /// `wanted` with its -1 replaced by what is left of the elements of `shape`.
  private func filled(_ wanted: [Int], from shape: Shape, _ op: TFLiteOperator) throws(ModelFormatError)
    -> Shape
  {
    guard let open = wanted.firstIndex(of: -1) else { return Shape(wanted) }
    var rest = wanted
    rest[open] = 1
    guard let known = Shape(rest).elementCount, known > 0, let count = shape.elementCount, count % known == 0
    else {
      throw malformed(
        op, "\(shape) to \(wanted.prefix(Shape.largestRank + 1))", expected: "a shape of as many elements")
    }
    rest[open] = count / known
    return Shape(rest)
  }

  mutating func squeeze(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let dimensions = shape(of: x).dimensions
    let listed = try options(op, 30)?.integers(0, as: Int32.self).map(Int.init) ?? []
    var axes: Set<Int> = []
    for axis in listed { axes.insert(try self.axis(axis, rank: dimensions.count, op)) }
    for axis in axes where dimensions[axis] != 1 {
      throw malformed(op, "squeezes axis \(axis) of \(shape(of: x))", expected: "an extent of 1")
    }
    let kept = dimensions.indices.filter { listed.isEmpty ? dimensions[$0] != 1 : !axes.contains($0) }
    try emit(.reshape, [x], op, shape: Shape(kept.map { dimensions[$0] }))
  }

  mutating func expandDimensions(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    var dimensions = shape(of: x).dimensions
    let axis = try axis(try integer(op, 1, "an axis"), rank: dimensions.count + 1, op)
    dimensions.insert(1, at: axis)
    try emit(.reshape, [x], op, shape: Shape(dimensions))
  }

  /// The shape of a tensor, which is known here.
  mutating func shapeConstant(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let dimensions = shape(of: x).dimensions
    try defineConstant(dimensions, shape: [dimensions.count], op)
  }

  mutating func rankConstant(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    try defineConstant([shape(of: x).rank], shape: .scalar, op)
  }

  /// Makes output 0 a constant of integers.
  mutating func defineConstant(_ values: [Int], shape: Shape, _ op: TFLiteOperator) throws(ModelFormatError) {
    let id = try define(try outputIndex(op), shape, place: op.place)
    let type = graph[id].elementType
    guard type == .i32 || type == .i64, let value = data(values, type) else {
      throw malformed(op, "its output is \(type)", expected: "i32 or i64 that holds \(values.max() ?? 0)")
    }
    graph[id].constant = value
  }

  mutating func transpose(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    var permutation: [Int] = []
    for axis in try integers(op, 1, "a permutation") {
      permutation.append(try self.axis(axis, rank: shape(of: x).rank, op))
    }
    try emit(.transpose(permutation: permutation), [x], op)
  }

  mutating func tile(_ op: TFLiteOperator) throws(ModelFormatError) {
    try emit(.tile(multiples: try integers(op, 1, "multiples")), [try input(op, 0)], op)
  }

  mutating func broadcast(_ op: TFLiteOperator) throws(ModelFormatError) {
    try emit(.broadcast, [try input(op, 0)], op, shape: Shape(try integers(op, 1, "a shape")))
  }

  mutating func fill(_ op: TFLiteOperator) throws(ModelFormatError) {
    try emit(.broadcast, [try input(op, 1)], op, shape: Shape(try integers(op, 0, "a shape")))
  }

  mutating func zeros(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    guard graph[x].quantization == nil, let bytes = graph[x].elementType.byteCount(elements: 1) else {
      throw unsupported(describe(op), "is ZEROS_LIKE of a quantized tensor")
    }
    let zero = add(
      Tensor(
        name: "zero", elementType: graph[x].elementType, shape: .scalar,
        constant: TensorData([UInt8](repeating: 0, count: bytes))))
    try emit(.broadcast, [zero], op, shape: shape(of: x))
  }
}
