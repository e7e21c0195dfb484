import Graph

// Operators on rows that ids sort into segments, and indices made of values: what element-wise operators can express.

extension TFLiteConverter {
  /// 1 where an index is, 0 elsewhere, or the two values given instead.
  mutating func oneHot(_ op: TFLiteOperator) throws(ModelFormatError) {
    var indices = try input(op, 0)
    let depth = try integer(op, 1, "a depth")
    let on = try input(op, 2)
    let off = try input(op, 3)
    let rank = shape(of: indices).rank
    let axisOption: Int32 = try options(op, 61)?.scalar(0, default: 0) ?? 0
    let axis = try axis(Int(axisOption), rank: rank + 1, op)
    guard (1...Shape.largestExtent).contains(depth), depth <= Self.mostSmallConstants else {
      throw malformed(op, "a depth of \(depth)", expected: "1 to \(Self.mostSmallConstants)")
    }
    if graph[indices].elementType == .u8 {
      indices = try intermediate(.cast, [indices], op, elementType: .i32)
    }
    var expanded = shape(of: indices).dimensions
    expanded.insert(1, at: axis)
    indices = try intermediate(.reshape, [indices], op, shape: Shape(expanded))
    var classes = Array(repeating: 1, count: rank + 1)
    classes[axis] = depth
    let numbers = constant(Array(0..<depth), graph[indices].elementType, Shape(classes), "classes")
    let isHit = try intermediate(.binary(.equal, activation: .none), [indices, numbers], op)
    try emit(.select, [isHit, on, off], op)
  }

  /// How many boundaries are not above each element.
  mutating func bucketize(_ op: TFLiteOperator) throws(ModelFormatError) {
    var x = try input(op, 0)
    let boundaries = try options(op, 115)?.floats(0) ?? []
    if graph[x].elementType != .f32 { x = try intermediate(.cast, [x], op, elementType: .f32) }
    let dimensions = shape(of: x).dimensions
    guard !boundaries.isEmpty else {
      throw malformed(op, "no boundaries", expected: "at least 1")
    }
    let expanded = try intermediate(.reshape, [x], op, shape: Shape(dimensions + [1]))
    let limits = constant(boundaries, [boundaries.count], "boundaries")
    let isReached = try intermediate(.binary(.greaterEqual, activation: .none), [expanded, limits], op)
    let counts = try intermediate(.cast, [isReached], op, elementType: .i32)
    try emit(.reduce(.sum, axes: [dimensions.count], keepsDimensions: false), [counts], op)
  }

  /// Row `s` of the result is the reduction of the rows whose id is `s`.
  mutating func segments(_ op: TFLiteOperator, _ reduction: Reduction) throws(ModelFormatError) {
    let x = try input(op, 0)
    let ids = try input(op, 1)
    let rows = shape(of: ids).rank
    let dimensions = shape(of: x).dimensions
    guard rows >= 1, rows <= dimensions.count, shape(of: ids).dimensions == Array(dimensions.prefix(rows))
    else {
      throw malformed(op, "ids of \(shape(of: ids)) for \(shape(of: x))", expected: "one a row")
    }
    let count =
      op.name == "SEGMENT_SUM"
      ? (try integers(op, 1, "segment ids").max() ?? -1) + 1 : try integer(op, 2, "a number of segments")
    let most = 1 << 12
    guard (1...most).contains(count) else {
      throw malformed(op, "\(count) segments", expected: "1 to \(most)")
    }
    let inner = dimensions.dropFirst(rows)
    let flatRows = dimensions.prefix(rows).reduce(1, *)
    let flatIDs = try intermediate(
      .reshape, [ids], op, shape: Shape([1, flatRows] + inner.map { _ in 1 }))
    let flat = try intermediate(.reshape, [x], op, shape: Shape([1, flatRows] + inner))
    let numbers = constant(
      Array(0..<count), graph[ids].elementType, Shape([count, 1] + inner.map { _ in 1 }), "segments")
    let isInside = try intermediate(.binary(.equal, activation: .none), [flatIDs, numbers], op)
    let neutral = try neutralElement(of: reduction, graph[x].elementType, op)
    let masked = try intermediate(.select, [isInside, flat, neutral], op, elementType: graph[x].elementType)
    try emit(.reduce(reduction, axes: [1], keepsDimensions: false), [masked], op)
  }

  /// What a reduction of nothing gives.
  private mutating func neutralElement(
    of reduction: Reduction, _ type: ElementType, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> TensorID {
    switch type {
    case .f32:
      let value: Float =
        switch reduction {
        case .maximum: -.greatestFiniteMagnitude
        case .minimum: .greatestFiniteMagnitude
        case .product: 1
        default: 0
        }
      return constant([value], .scalar, "neutral")
    case .i32, .i64:
      let value =
        switch reduction {
        case .maximum: type == .i32 ? Int(Int32.min) : Int.min
        case .minimum: type == .i32 ? Int(Int32.max) : Int.max
        case .product: 1
        default: 0
        }
      return constant([value], type, .scalar, "neutral")
    default: throw unsupported(describe(op), "is \(op.name) of \(type)")
    }
  }

  /// A matrix with the last axis of the input on its diagonal, zeros elsewhere.
  mutating func matrixDiagonal(_ op: TFLiteOperator) throws(ModelFormatError) {
    let diagonal = try input(op, 0)
    let extent = shape(of: diagonal).dimensions.last ?? 1
    try emitDiagonal(diagonal, over: nil, rows: extent, columns: extent, op)
  }

  /// The input with another diagonal.
  mutating func setDiagonal(_ op: TFLiteOperator) throws(ModelFormatError) {
    let matrix = try input(op, 0)
    let dimensions = shape(of: matrix).dimensions
    guard dimensions.count >= 2 else { throw malformed(op, "\(graph[matrix].type)", expected: "matrices") }
    try emitDiagonal(
      try input(op, 1), over: matrix, rows: dimensions[dimensions.count - 2],
      columns: dimensions[dimensions.count - 1], op)
  }

  private mutating func emitDiagonal(
    _ diagonal: TensorID, over matrix: TensorID?, rows: Int, columns: Int, _ op: TFLiteOperator
  ) throws(ModelFormatError) {
    let outer = shape(of: diagonal).dimensions.dropLast()
    let length = min(rows, columns)
    guard shape(of: diagonal).dimensions.last == length, rows <= Self.mostSmallConstants,
      columns <= Self.mostSmallConstants
    else {
      throw malformed(op, "a diagonal of \(shape(of: diagonal))", expected: "\(length) elements a matrix")
    }
    // Element (i, j) takes diagonal[i], or diagonal[j]: where i is j both are the same.
    let isAlongRows = columns >= rows
    let along = try intermediate(
      .reshape, [diagonal], op, shape: Shape(outer + (isAlongRows ? [length, 1] : [1, length])),
      quantization: graph[diagonal].quantization)
    let row = constant(Array(0..<rows), .i32, [rows, 1], "rows")
    let column = constant(Array(0..<columns), .i32, [1, columns], "columns")
    let isDiagonal = try intermediate(.binary(.equal, activation: .none), [row, column], op)
    let base = if let matrix { matrix } else { try zero(like: diagonal, op) }
    try emit(.select, [isDiagonal, along, base], op)
  }

  /// A scalar zero of a tensor's type.
  mutating func zero(like id: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> TensorID {
    let type = graph[id].elementType
    guard let bytes = type.byteCount(elements: 1) else { throw unsupported(describe(op), "is of \(type)") }
    if let zeroPoint = graph[id].quantization?.zeroPoints.first, type == .i8 || type == .u8 {
      return addConstant(
        "zero", type, .scalar, TensorData([UInt8(truncatingIfNeeded: zeroPoint)]),
        quantization: graph[id].quantization)
    }
    return addConstant(
      "zero", type, .scalar, TensorData([UInt8](repeating: 0, count: bytes)),
      quantization: graph[id].quantization)
  }
}
