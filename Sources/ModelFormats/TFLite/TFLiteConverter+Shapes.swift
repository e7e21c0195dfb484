import Graph

// Operators that give the same elements another shape, or repeat them.

extension TFLiteConverter {
  mutating func reshape(_ op: TFLiteOperator) throws(ModelFormatError) {
    let current = try shapeOfFirstInput(op)
    var wanted: [Int]?
    if op.inputs.count > 1, op.inputs[1] >= 0 { wanted = try integers(op, 1, "a shape") }
    if wanted == nil { wanted = try options(op, 17)?.integers(0, as: Int32.self).map(Int.init) }
    guard let wanted, !wanted.isEmpty || current.elementCount == 1 else {
      // Neither input nor option: the file's own shape.
      return try emitFirstInput(as: nil, op)
    }
    try emitFirstInput(as: try filled(wanted, from: current, op), op)
  }

  /// The shape of input 0, which may be complex.
  private mutating func shapeOfFirstInput(_ op: TFLiteOperator) throws(ModelFormatError) -> Shape {
    if let parts = scope.complexParts[try index(op, 0)] { return shape(of: parts.real) }
    // `shape(of:)` would look at the graph as it is before the input is added.
    let x = try input(op, 0)
    return shape(of: x)
  }

  /// Makes output 0 the elements of input 0 in another shape.
  private mutating func emitFirstInput(as target: Shape?, _ op: TFLiteOperator) throws(ModelFormatError) {
    guard let parts = scope.complexParts[try index(op, 0)] else {
      return try emit(.reshape, [try input(op, 0)], op, shape: target)
    }
    let index = try outputIndex(op)
    let target = target ?? subgraph.tensors[index].shape
    scope.complexParts[index] = (
      try intermediate(.reshape, [parts.real], op, shape: target),
      try intermediate(.reshape, [parts.imaginary], op, shape: target)
    )
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
    let dimensions = try shapeOfFirstInput(op).dimensions
    let listed = try options(op, 30)?.integers(0, as: Int32.self).map(Int.init) ?? []
    var axes: Set<Int> = []
    for axis in listed { axes.insert(try self.axis(axis, rank: dimensions.count, op)) }
    for axis in axes where dimensions[axis] != 1 {
      throw malformed(op, "squeezes axis \(axis) of \(Shape(dimensions))", expected: "an extent of 1")
    }
    let kept = dimensions.indices.filter { listed.isEmpty ? dimensions[$0] != 1 : !axes.contains($0) }
    try emitFirstInput(as: Shape(kept.map { dimensions[$0] }), op)
  }

  mutating func expandDimensions(_ op: TFLiteOperator) throws(ModelFormatError) {
    var dimensions = try shapeOfFirstInput(op).dimensions
    let axis = try axis(try integer(op, 1, "an axis"), rank: dimensions.count + 1, op)
    dimensions.insert(1, at: axis)
    try emitFirstInput(as: Shape(dimensions), op)
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
    let tensor = subgraph.tensors[try outputIndex(op)]
    guard let type = tensor.type.elementType, type == .i32 || type == .i64,
      let data = SmallIntegers(shape: shape, values: values).data(type)
    else {
      throw malformed(
        op, "its output is \(tensor.type)", expected: "i32 or i64 that holds \(values.max() ?? 0)")
    }
    try emit(addConstant(tensor.name, type, shape, data), op)
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
    try emit(.broadcast, [try zero(like: x, op)], op, shape: shape(of: x))
  }

  /// The numbers from a start to a limit.
  mutating func range(_ op: TFLiteOperator) throws(ModelFormatError) {
    let start = try input(op, 0)
    guard graph[start].elementType != .f32 else { return try rangeOfReals(start, op) }
    let first = try integer(op, 0, "a start")
    let limit = try integer(op, 1, "a limit")
    let step = try integer(op, 2, "a step")
    let extent = Shape.largestExtent
    guard step != 0, [first, limit, step].allSatisfy({ (-extent...extent).contains($0) }) else {
      throw malformed(op, "a range from \(first) to \(limit) by \(step)", expected: "a step that leads there")
    }
    let count = max(0, (limit - first + (step > 0 ? step - 1 : step + 1)) / step)
    guard (1...Self.mostSmallConstants).contains(count) else {
      throw malformed(op, "a range of \(count) numbers", expected: "1 to \(Self.mostSmallConstants)")
    }
    try defineConstant((0..<count).map { first + $0 * step }, shape: [count], op)
  }

  private mutating func rangeOfReals(_ start: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) {
    let first = try number(start, "a start", op)
    let limit = try number(try input(op, 1), "a limit", op)
    let step = try number(try input(op, 2), "a step", op)
    let count = ((limit - first) / step).rounded(.up)
    guard count >= 1, count <= Float(Self.mostSmallConstants) else {
      throw malformed(op, "a range of \(count) numbers", expected: "1 to \(Self.mostSmallConstants)")
    }
    let values = (0..<Int(count)).map { first + Float($0) * step }
    try emit(constant(values, [values.count], "range"), op)
  }

  /// The shape that two shapes broadcast to.
  mutating func broadcastShapes(_ op: TFLiteOperator) throws(ModelFormatError) {
    let a = Shape(try integers(op, 0, "a shape"))
    let b = Shape(try integers(op, 1, "a shape"))
    guard let both = a.broadcast(with: b) else {
      throw malformed(op, "\(a) and \(b)", expected: "shapes that broadcast")
    }
    try defineConstant(both.dimensions, shape: [both.rank], op)
  }
}
