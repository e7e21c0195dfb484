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
    try emit(.concat(axis: axis, activation: try activation(options, 1)), inputs, op)
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
    if let id = try optionalInput(op, 2) { value = try padValue(id, op) }
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

  private func paddings(_ op: TFLiteOperator) throws(ModelFormatError) -> (before: [Int], after: [Int]) {
    let paddings = try integers(op, 1, "paddings")
    guard paddings.count % 2 == 0 else {
      throw malformed(op, "\(paddings.count) paddings", expected: "2 for each axis")
    }
    let axes = stride(from: 0, to: paddings.count, by: 2)
    return (axes.map { paddings[$0] }, axes.map { paddings[$0 + 1] })
  }

  /// The constant that PADV2 pads with, in real units.
  private func padValue(_ id: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> Float {
    let tensor = graph[id]
    guard let data = tensor.constant, tensor.shape.elementCount == 1 else {
      throw unsupported(describe(op), "has a padding value that only a run determines")
    }
    let element: Float?
    switch tensor.elementType {
    case .f32: element = data.elements(as: Float.self).first
    case .i8: element = data.elements(as: Int8.self).first.map(Float.init)
    case .u8: element = data.elements(as: UInt8.self).first.map(Float.init)
    case .i16: element = data.elements(as: Int16.self).first.map(Float.init)
    case .i32: element = data.elements(as: Int32.self).first.map(Float.init)
    default: element = nil
    }
    guard let element else {
      throw malformed(op, "a padding value of \(tensor.type)", expected: "one number")
    }
    guard let quantization = tensor.quantization, let scale = quantization.scales.first,
      let zeroPoint = quantization.zeroPoints.first
    else { return element }
    return scale * (element - Float(zeroPoint))
  }

  mutating func gather(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 23)
    let batch: Int32 = try options?.scalar(1, default: 0) ?? 0
    guard batch == 0 else { throw unsupported(describe(op), "is GATHER with \(batch) batch dimensions") }
    let x = try input(op, 0)
    let axis = try axis(Int(try options?.scalar(0, default: Int32(0)) ?? 0), rank: shape(of: x).rank, op)
    try emit(.gather(axis: axis), [x, try input(op, 1)], op)
  }

  /// Rows of a table: the ids come first, the table second.
  mutating func embeddingLookup(_ op: TFLiteOperator) throws(ModelFormatError) {
    let ids = try input(op, 0)
    let table = try input(op, 1)
    guard shape(of: table).rank >= 1 else { throw malformed(op, "a scalar as table", expected: "rows") }
    try emit(.gather(axis: 0), [table, ids], op)
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
