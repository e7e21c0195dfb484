import Graph

// What operators read while the graph is made: axes, shapes, options.

extension TFLiteConverter {
  /// No list of numbers that a converter makes up is longer.
  static let mostSmallConstants = 1 << 16

  /// The value of an integer input, constant or as the inputs' values lead to it; `role` names it in errors.
  mutating func integers(_ op: TFLiteOperator, _ position: Int, _ role: String) throws(ModelFormatError)
    -> [Int]
  {
    _ = try index(op, position)
    if let values = try constantIntegers(op, position) { return values }
    let id = try input(op, position)
    guard let count = graph[id].shape.elementCount, count <= SmallIntegers.largestCount else {
      throw malformed(
        op, "\(role) is \(graph[id].type)", expected: "at most \(SmallIntegers.largestCount) numbers")
    }
    return try integers(of: try value(of: id, op), graph[id].elementType, op, position)
  }

  /// The value of an integer input; `nil` where it is left out or not constant.
  func constantIntegers(_ op: TFLiteOperator, _ position: Int) throws(ModelFormatError) -> [Int]? {
    guard op.inputs.indices.contains(position), op.inputs[position] >= 0 else { return nil }
    guard let (type, data) = try constant(op.inputs[position]) else { return nil }
    guard data.byteCount <= SmallIntegers.largestCount * 8 else { return nil }
    try model.file.spend(data.byteCount, on: op.place)
    return try integers(of: data, type, op, position)
  }

  private func integers(
    of data: TensorData, _ type: ElementType, _ op: TFLiteOperator, _ position: Int
  ) throws(ModelFormatError) -> [Int] {
    switch type {
    case .i32: return data.elements(as: Int32.self).map { Int(Int32(littleEndian: $0)) }
    case .i64: return data.elements(as: Int64.self).map { Int(Int64(littleEndian: $0)) }
    case .i16: return data.elements(as: Int16.self).map { Int(Int16(littleEndian: $0)) }
    case .u32: return data.elements(as: UInt32.self).map { Int(UInt32(littleEndian: $0)) }
    case .i8: return data.elements(as: Int8.self).map(Int.init)
    case .u8, .bool: return data.elements(as: UInt8.self).map(Int.init)
    default:
      throw malformed(op, "input \(position) is \(type)", expected: "i32 or i64")
    }
  }

  mutating func integer(_ op: TFLiteOperator, _ position: Int, _ role: String) throws(ModelFormatError) -> Int
  {
    let values = try integers(op, position, role)
    guard values.count == 1 else {
      throw malformed(op, "\(values.count) numbers as \(role)", expected: "1")
    }
    return values[0]
  }

  /// The type and the bytes of a constant, of the file or made on the way; its bytes fit its shape.
  private func constant(_ index: Int) throws(ModelFormatError) -> (ElementType, TensorData)? {
    if let id = scope.ids[index] {
      return graph[id].constant.map { (graph[id].elementType, $0) }
    }
    let tensor = subgraph.tensors[index]
    guard let elementType = tensor.type.elementType else { return nil }
    guard let count = tensor.shape.elementCount, let bytes = elementType.byteCount(elements: count) else {
      throw model.file.malformed(
        "tensor '\(tensor.name)'", "shape \(tensor.shape)", expected: "a smaller one")
    }
    // Writers give an empty constant no bytes, so it cannot be told from one without a value.
    if count == 0 { return (elementType, TensorData([UInt8]())) }
    guard let value = tensor.value else { return nil }
    guard value.count == bytes else {
      throw model.file.malformed(
        "tensor '\(tensor.name)'", "\(value.count) bytes",
        expected: "\(bytes) for \(elementType) \(tensor.shape)")
    }
    return (elementType, model.file.data(value))
  }

  // MARK: Constants that a converter makes up

  mutating func constant(_ values: [Float], _ shape: Shape, _ name: String) -> TensorID {
    addConstant(name, .f32, shape, TensorData(values))
  }

  /// - Parameter type: i32 or i64.
  mutating func constant(_ values: [Int], _ type: ElementType, _ shape: Shape, _ name: String) -> TensorID {
    let data =
      type == .i32
      ? TensorData(values.map { Int32(clamping: $0).littleEndian })
      : TensorData(values.map { Int64($0).littleEndian })
    return addConstant(name, type == .i32 ? .i32 : .i64, shape, data)
  }

  // MARK: Options

  /// An operator's options, which must be of the kind that the schema gives it; `nil` where there are none.
  func options(_ op: TFLiteOperator, _ kind: UInt8) throws(ModelFormatError) -> FlatTable? {
    guard let options = op.options, op.optionsKind != 0 else { return nil }
    guard op.optionsKind == kind else {
      throw malformed(op, "options of kind \(op.optionsKind)", expected: "\(kind)")
    }
    return options
  }

  /// The same of the schema's second union of options.
  func options2(_ op: TFLiteOperator, _ kind: UInt8) throws(ModelFormatError) -> FlatTable? {
    guard let options = op.options2, op.options2Kind != 0 else { return nil }
    guard op.options2Kind == kind else {
      throw malformed(op, "options (2) of kind \(op.options2Kind)", expected: "\(kind)")
    }
    return options
  }

  func activation(_ options: FlatTable?, _ slot: Int) throws(ModelFormatError) -> Activation {
    guard let options else { return .none }
    let code: Int8 = try options.scalar(slot, default: 0)
    switch code {
    case 0: return .none
    case 1: return .relu
    case 2: return .reluN1To1
    case 3: return .relu6
    case 4: return .tanh
    case 5: return .signBit
    default:
      throw model.file.malformed(options.place, "fused activation \(code)", expected: "0 to 5")
    }
  }

  /// An axis counted from the end where it is negative.
  func axis(_ axis: Int, rank: Int, _ op: TFLiteOperator) throws(ModelFormatError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw malformed(op, "axis \(axis)", expected: "\(-rank) to \(rank - 1)")
    }
    return axis < 0 ? axis + rank : axis
  }

  func shape(of id: TensorID) -> Shape { assembler[id].shape }

  func requireRank(_ rank: Int, _ id: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) {
    guard shape(of: id).rank == rank,
      shape(of: id).dimensions.allSatisfy({ (1...Shape.largestExtent).contains($0) })
    else {
      throw malformed(op, "its input is \(assembler[id].type)", expected: "\(rank) axes of 1 and more")
    }
  }
}
