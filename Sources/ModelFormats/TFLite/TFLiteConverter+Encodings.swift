import Graph

// Constants that the file does not hold as a graph does: sparse ones, and elements of 2 and 4 bits.

extension TFLiteConverter {
  /// The graph's constant for a tensor of the file.
  mutating func constant(
    of tensor: TFLiteTensor, _ value: Range<Int>, type: TensorType, place: String
  ) throws(ModelFormatError) -> TensorID {
    var data = model.file.data(value)
    var type = type
    if let sparsity = tensor.sparsity {
      guard type.elementType.bitWidth % 8 == 0, let bytes = type.byteCount, assembler.spend(bytes),
        let dense = model.file.bytes.withSlice(
          value, { sparsity.dense($0, type.shape, width: type.elementType.bitWidth / 8) })
      else {
        throw model.file.malformed(
          place, "the sparse constant '\(tensor.name)' of \(type) has \(value.count) bytes",
          expected: "levels, segments and indices that fit them")
      }
      data = dense
    }
    if tensor.type == .int2 {
      guard let count = type.shape.elementCount, value.count == (count + 3) / 4, assembler.spend(count) else {
        throw model.file.malformed(
          "tensor '\(tensor.name)'", "\(value.count) bytes", expected: "4 elements of 2 bits a byte")
      }
      let packed = data.elements(as: UInt8.self)
      data = TensorData(
        (0..<count).map { Int8(bitPattern: packed[$0 / 4] << UInt8(6 - 2 * ($0 % 4))) >> 6 })
      type.elementType = .i8
    }
    return addConstant(tensor.name, type.elementType, type.shape, data, quantization: tensor.quantization)
  }

  /// Elements of 4 bits as bytes, for operators that move them one by one; any other tensor as it is.
  mutating func wholeBytes(_ id: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> TensorID {
    let tensor = graph[id]
    guard tensor.elementType == .i4 else { return id }
    guard let packed = tensor.constant?.elements(as: UInt8.self), let count = tensor.shape.elementCount,
      packed.count == (count + 1) / 2, assembler.spend(count)
    else {
      throw unsupported(describe(op), "has computed elements of 4 bits")
    }
    let bytes = (0..<count).map {
      Int8(bitPattern: $0 % 2 == 0 ? packed[$0 / 2] << 4 : packed[$0 / 2] & 0xf0) >> 4
    }
    return addConstant(tensor.name, .i8, tensor.shape, TensorData(bytes), quantization: tensor.quantization)
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func withSlice<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result)
    -> Result
  {
    body(UnsafeRawBufferPointer(rebasing: self[range]))
  }
}
