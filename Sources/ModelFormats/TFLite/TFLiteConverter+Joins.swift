import Graph

// Operators that put tensors together, or elements in other places.

extension TFLiteConverter {
  mutating func concatenation(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 10)
    var inputs: [TensorID?] = []
    for position in op.inputs.indices { inputs.append(try input(op, position)) }
    guard let first = inputs.first, let first else {
      throw malformed(op, "no inputs", expected: "at least 1")
    }
    let axis = try axis(Int(try options?.scalar(0, default: Int32(0)) ?? 0), rank: shape(of: first).rank, op)
    // The options have an activation, which LiteRT's kernels leave out.
    try emit(.concat(axis: axis, activation: .none), inputs, op)
  }

  /// Joins tensors along a new axis.
  mutating func pack(_ op: TFLiteOperator) throws(ModelFormatError) {
    let axisOption = Int(try options(op, 59)?.scalar(1, default: Int32(0)) ?? 0)
    var inputs: [TensorID?] = []
    var axis = 0
    for position in op.inputs.indices {
      let x = try input(op, position)
      axis = try self.axis(axisOption, rank: shape(of: x).rank + 1, op)
      var dimensions = shape(of: x).dimensions
      dimensions.insert(1, at: axis)
      inputs.append(
        try intermediate(.reshape, [x], op, shape: Shape(dimensions), quantization: graph[x].quantization))
    }
    try emit(.concat(axis: axis, activation: .none), inputs, op)
  }

  mutating func pad(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let (before, after) = try paddings(op)
    var value: Float = 0
    if let id = try optionalInput(op, 2) { value = try number(id, "a padding value", op) }
    try emit(.pad(before: before, after: after, mode: .constant(value)), [x], op)
  }

  mutating func mirrorPad(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let (before, after) = try paddings(op)
    let mode: Int8 = try options(op, 77)?.scalar(0, default: 0) ?? 0
    guard mode == 0 || mode == 1 else {
      throw malformed(op, "mode \(mode)", expected: "0 (REFLECT) or 1 (SYMMETRIC)")
    }
    try emit(.pad(before: before, after: after, mode: mode == 0 ? .reflect : .symmetric), [x], op)
  }

  private mutating func paddings(_ op: TFLiteOperator) throws(ModelFormatError) -> (
    before: [Int], after: [Int]
  ) {
    let paddings = try integers(op, 1, "paddings")
    guard paddings.count % 2 == 0 else {
      throw malformed(op, "\(paddings.count) paddings", expected: "2 for each axis")
    }
    let axes = stride(from: 0, to: paddings.count, by: 2)
    return (axes.map { paddings[$0] }, axes.map { paddings[$0 + 1] })
  }

  /// The number that a tensor of one element stands for.
  mutating func number(_ id: TensorID, _ role: String, _ op: TFLiteOperator) throws(ModelFormatError) -> Float
  {
    let tensor = graph[id]
    guard tensor.shape.elementCount == 1 else {
      throw malformed(op, "\(role) is \(tensor.type)", expected: "one number")
    }
    let data = try value(of: id, op)
    let element: Float?
    switch tensor.elementType {
    case .f32: element = data.elements(as: Float.self).first
    case .i8: element = data.elements(as: Int8.self).first.map(Float.init)
    case .u8: element = data.elements(as: UInt8.self).first.map(Float.init)
    case .i16: element = data.elements(as: Int16.self).first.map(Float.init)
    case .i32: element = data.elements(as: Int32.self).first.map(Float.init)
    case .i64: element = data.elements(as: Int64.self).first.map(Float.init)
    default: element = nil
    }
    guard let element else { throw malformed(op, "\(role) is \(tensor.type)", expected: "one number") }
    guard let quantization = tensor.quantization, let scale = quantization.scales.first,
      let zeroPoint = quantization.zeroPoints.first
    else { return element }
    return scale * (element - Float(zeroPoint))
  }

  mutating func gather(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 23)
    let x = try input(op, 0)
    let indices = try input(op, 1)
    let axis = try axis(Int(try options?.scalar(0, default: Int32(0)) ?? 0), rank: shape(of: x).rank, op)
    let batchOption: Int32 = try options?.scalar(1, default: 0) ?? 0
    let batch = Int(batchOption) + (batchOption < 0 ? shape(of: indices).rank : 0)
    if batch == 0 { return try emit(.gather(axis: axis), [x, indices], op) }
    try gatherInBatches(x, indices, axis: axis, batch: batch, op)
  }

  /// The first `batch` axes of data and indices go together: the batches are laid behind each other along the axis, and
  /// each one's indices count from where it starts.
  private mutating func gatherInBatches(
    _ x: TensorID, _ indices: TensorID, axis: Int, batch: Int, _ op: TFLiteOperator
  ) throws(ModelFormatError) {
    let data = shape(of: x).dimensions
    let picks = shape(of: indices).dimensions
    guard batch > 0, batch <= axis, batch <= picks.count, data[..<batch].elementsEqual(picks[..<batch]),
      let batches = Shape(Array(data[..<batch])).elementCount, batches <= Self.mostSmallConstants
    else {
      throw malformed(
        op, "\(batch) batch axes of \(shape(of: x)) and \(shape(of: indices))",
        expected: "the same extents in both, before axis \(axis)")
    }
    let between = Array(data[batch..<axis])
    let inner = Array(data[(axis + 1)...])
    let quantization = graph[x].quantization
    // [B, between, A, inner] to [between, B * A, inner].
    var laid = x
    if !between.isEmpty {
      let moved = Array(batch..<axis) + Array(0..<batch) + Array(axis..<data.count)
      laid = try intermediate(.transpose(permutation: moved), [x], op, quantization: quantization)
    }
    guard let rows = Shape([batches, data[axis]]).elementCount, rows <= Shape.largestExtent else {
      throw malformed(op, "\(batches) batches of \(data[axis])", expected: "fewer")
    }
    laid = try intermediate(
      .reshape, [laid], op, shape: Shape(between + [rows] + inner), quantization: quantization)
    let starts = constant(
      (0..<batches).map { $0 * data[axis] }, graph[indices].elementType,
      Shape(Array(data[..<batch]) + picks[batch...].map { _ in 1 }), "batch starts")
    let placed = try intermediate(.binary(.add, activation: .none), [indices, starts], op)
    if between.isEmpty { return try emit(.gather(axis: 0), [laid, placed], op) }
    let gathered = try intermediate(
      .gather(axis: between.count), [laid, placed], op, quantization: quantization)
    // [between, B, picks, inner] to [B, between, picks, inner].
    let rank = shape(of: gathered).rank
    let back =
      Array(between.count..<between.count + batch) + Array(0..<between.count)
      + Array((between.count + batch)..<rank)
    try emit(.transpose(permutation: back), [gathered], op)
  }

  /// Rows of a table: the ids come first, the table second.
  mutating func embeddingLookup(_ op: TFLiteOperator) throws(ModelFormatError) {
    let ids = try input(op, 0)
    var table = try input(op, 1)
    let dimensions = shape(of: table).dimensions
    guard dimensions.count >= 1 else { throw malformed(op, "a scalar as table", expected: "rows") }
    guard try isReal(op), graph[table].elementType != .f32 else {
      return try emit(.gather(axis: 0), [table, ids], op)
    }
    // Rows of integers become real: with the scale of all, or with their own.
    guard let quantization = graph[table].quantization else {
      throw malformed(op, "a table of \(graph[table].type) without scales", expected: "one, or one a row")
    }
    if graph[table].elementType == .u8, let data = graph[table].constant {
      // LiteRT takes the bytes as signed steps without a zero point.
      table = addConstant(
        "\(graph[table].name)/signed", .i8, shape(of: table), data,
        quantization: .perTensor(scale: quantization.scales[0], zeroPoint: 0))
    }
    if quantization.axis == nil {
      let quantization = graph[table].quantization
      let rows = try intermediate(.gather(axis: 0), [table, ids], op, quantization: quantization)
      return try emit(.dequantize, [rows], op)
    }
    guard let data = graph[table].constant, graph[table].elementType == .i8, quantization.axis == 0,
      quantization.zeroPoints.allSatisfy({ $0 == 0 })
    else {
      throw unsupported(describe(op), "has a table of \(graph[table].type) with scales of its own kind")
    }
    let steps = addConstant("\(graph[table].name)/steps", .i8, shape(of: table), data)
    let scales = constant(
      quantization.scales, Shape([dimensions[0]] + dimensions[1...].map { _ in 1 }),
      "\(graph[table].name)/scales")
    let rows = try intermediate(.gather(axis: 0), [steps, ids], op)
    let reals = try intermediate(.cast, [rows], op, elementType: .f32)
    let factors = try intermediate(.gather(axis: 0), [scales, ids], op, elementType: .f32)
    try emit(.binary(.multiply, activation: .none), [reals, factors], op)
  }

  mutating func resize(_ op: TFLiteOperator, _ method: Resize.Method) throws(ModelFormatError) {
    let x = try input(op, 0)
    let size = try integers(op, 1, "a size")
    guard size.count == 2, shape(of: x).rank == 4 else {
      throw malformed(
        op, "\(graph[x].type) to size \(size.prefix(9))", expected: "4 axes, and a height and a width")
    }
    // RESIZE_BILINEAR's first two fields are of an older version.
    let slots = method == .bilinear ? (2, 3) : (0, 1)
    let options = try options(op, method == .bilinear ? 15 : 74)
    let resize = Resize(
      method: method, alignsCorners: try options?.bool(slots.0) ?? false,
      halfPixelCenters: try options?.bool(slots.1) ?? false)
    try emit(.resize(resize), [x], op, shape: [shape(of: x)[0], size[0], size[1], shape(of: x)[3]])
  }

  func block(_ op: TFLiteOperator, optionsKind: UInt8) throws(ModelFormatError) -> Int {
    Int(try options(op, optionsKind)?.scalar(0, default: Int32(0)) ?? 0)
  }
}
