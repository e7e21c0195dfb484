import Graph

// What operators read while the graph is made: axes, shapes, options.

extension TFLiteConverter {
  /// The value of an integer input that must be constant; `role` names it in errors.
  func integers(_ op: TFLiteOperator, _ position: Int, _ role: String) throws(ModelFormatError) -> [Int] {
    _ = try index(op, position)
    guard let values = try constantIntegers(op, position) else {
      throw unsupported(describe(op), "has \(role) that only a run determines")
    }
    return values
  }

  /// The value of an integer input; `nil` where it is left out or not constant.
  func constantIntegers(_ op: TFLiteOperator, _ position: Int) throws(ModelFormatError) -> [Int]? {
    guard op.inputs.indices.contains(position), op.inputs[position] >= 0 else { return nil }
    guard let (type, data) = try constant(op.inputs[position]) else { return nil }
    guard data.byteCount <= SmallIntegers.largestCount * 8 else { return nil }
    try model.file.spend(data.byteCount, on: op.place)
    switch type {
    case .i32: return data.elements(as: Int32.self).map { Int(Int32(littleEndian: $0)) }
    case .i64: return data.elements(as: Int64.self).map { Int(Int64(littleEndian: $0)) }
    case .i16: return data.elements(as: Int16.self).map { Int(Int16(littleEndian: $0)) }
    default:
      throw malformed(op, "input \(position) is \(type)", expected: "i32 or i64")
    }
  }

  func integer(_ op: TFLiteOperator, _ position: Int, _ role: String) throws(ModelFormatError) -> Int {
    let values = try integers(op, position, role)
    guard values.count == 1 else {
      throw malformed(op, "\(values.count) numbers as \(role)", expected: "1")
    }
    return values[0]
  }

  /// The type and the bytes of a constant, of the file or made on the way; its bytes fit its shape.
  private func constant(_ index: Int) throws(ModelFormatError) -> (ElementType, TensorData)? {
    if let id = ids[index] {
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

  /// An operator's options, which must be of the kind that the schema gives it; `nil` where there are none.
  func options(_ op: TFLiteOperator, _ kind: UInt8) throws(ModelFormatError) -> FlatTable? {
    guard let options = op.options, op.optionsKind != 0 else { return nil }
    guard op.optionsKind == kind else {
      throw malformed(op, "options of kind \(op.optionsKind)", expected: "\(kind)")
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

  func shape(of id: TensorID) -> Shape { graph[id].shape }

  func requireRank(_ rank: Int, _ id: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) {
    guard graph[id].shape.rank == rank,
      graph[id].shape.dimensions.allSatisfy({ (1...Shape.largestExtent).contains($0) })
    else {
      throw malformed(op, "its input is \(graph[id].type)", expected: "\(rank) axes of 1 and more")
    }
  }
}
