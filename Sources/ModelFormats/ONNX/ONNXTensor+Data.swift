import Graph

extension ONNXTensor {
  /// The tensor's type and elements; a range of the file where they lie there as in memory.
  ///
  /// - Parameter external: The bytes of a file that the tensor's data is said to be in.
  func contents(
    in file: ModelBytes, external files: ONNXExternalFiles
  ) throws(ModelFormatError) -> (type: TensorType, data: TensorData) {
    guard let dataType = ONNXDataType(rawValue: type), let elementType = dataType.constantType else {
      throw .unsupported(
        path: file.path, place: place,
        feature:
          "holds elements of \(ONNXDataType(rawValue: type).map { "type \($0)" } ?? "unknown type \(type)")")
    }
    let shape = shape
    guard let count = shape.elementCount, count <= Shape.largestByteCount / 16 else {
      throw file.malformed(place, "\(shape) elements", expected: "at most 2^36")
    }
    let tensorType = TensorType(elementType, shape)
    if let external {
      return (tensorType, try decoded(try files.bytes(external, place: place), dataType, count, in: file))
    }
    if storage.count == 1, case .raw(let range) = storage[0] {
      return (tensorType, try decoded(file.data(range), dataType, count, in: file))
    }
    if storage.count == 1, case .floats(let range) = storage[0], dataType == .float {
      return (tensorType, try decoded(file.data(range), dataType, count, in: file))
    }
    if storage.count == 1, case .doubles(let range) = storage[0], dataType == .double {
      return (tensorType, try decoded(file.data(range), dataType, count, in: file))
    }
    return (tensorType, try typed(dataType, count, in: file))
  }

  /// Raw data as the graph's type has it.
  private func decoded(
    _ raw: TensorData, _ dataType: ONNXDataType, _ count: Int, in file: ModelBytes
  ) throws(ModelFormatError) -> TensorData {
    let wanted = (count * dataType.bitWidth + 7) / 8
    guard raw.byteCount == wanted else {
      throw file.malformed(
        place, "\(raw.byteCount) bytes of data", expected: "\(wanted) for \(shape) of \(dataType)")
    }
    switch dataType {
    case .uint4, .int4, .uint2, .int2:
      try file.spend(wanted, on: place)
      return Self.unpacked(raw.elements(as: UInt8.self), dataType, count)
    default: return raw
    }
  }

  /// Numbers of less than a byte, the first in the lowest bits.
  private static func unpacked(_ bytes: [UInt8], _ dataType: ONNXDataType, _ count: Int) -> TensorData {
    let width = dataType.bitWidth
    let perByte = 8 / width
    let isSigned = dataType == .int4 || dataType == .int2
    return TensorData(
      (0..<count).map { index -> UInt8 in
        // To the top, then down again: arithmetically where there is a sign.
        let high = bytes[index / perByte] << (8 - width - index % perByte * width)
        return isSigned ? UInt8(bitPattern: Int8(bitPattern: high) >> (8 - width)) : high >> (8 - width)
      })
  }

  /// Elements in the fields for numbers (float_data, int32_data, ...).
  private func typed(
    _ dataType: ONNXDataType, _ count: Int, in file: ModelBytes
  ) throws(ModelFormatError) -> TensorData {
    var floats: [UInt32] = []
    var doubles: [UInt64] = []
    var integers: [UInt64] = []
    for part in storage {
      switch part {
      case .float(let bits): floats.append(bits)
      case .double(let bits): doubles.append(bits)
      case .integer(let value): integers.append(value)
      case .floats(let range):
        try file.spend(range.count, on: place)
        var cursor = ProtobufCursor(file: file, range: range, place: place)
        while !cursor.isAtEnd { floats.append(try cursor.fixed()) }
      case .doubles(let range):
        try file.spend(range.count, on: place)
        var cursor = ProtobufCursor(file: file, range: range, place: place)
        while !cursor.isAtEnd { doubles.append(try cursor.fixed()) }
      case .integers(let range):
        try file.spend(range.count * 8, on: place)
        var cursor = ProtobufCursor(file: file, range: range, place: place)
        while !cursor.isAtEnd { integers.append(try cursor.varint()) }
      case .raw, .string:
        throw file.malformed(place, "more than one kind of data", expected: "raw data or numbers")
      }
    }
    let packed = [.uint4, .int4, .uint2, .int2, .float4E2M1].contains(dataType)
    let found = [floats.count, doubles.count, integers.count].filter { $0 > 0 }
    let wanted = packed ? (count * dataType.bitWidth + 7) / 8 : count
    guard found == (wanted > 0 ? [wanted] : []) else {
      throw file.malformed(
        place, "\(found.reduce(0, +)) numbers of data", expected: "\(wanted) for \(shape) of \(dataType)")
    }
    switch dataType {
    case .float where integers.isEmpty && doubles.isEmpty: return TensorData(floats)
    case .double where integers.isEmpty && floats.isEmpty: return TensorData(doubles)
    case .float, .double: break
    default:
      guard floats.isEmpty, doubles.isEmpty else { break }
      return Self.narrowed(integers, dataType, count)
    }
    throw file.malformed(place, "data in a field of another type", expected: "the field for \(dataType)")
  }

  /// Whole numbers, or the bits of 16-bit floats, in the size of `dataType`.
  private static func narrowed(_ values: [UInt64], _ dataType: ONNXDataType, _ count: Int) -> TensorData {
    switch dataType {
    case .uint4, .int4, .uint2, .int2: unpacked(values.map { UInt8(truncatingIfNeeded: $0) }, dataType, count)
    default:
      switch dataType.bitWidth {
      case 4, 8: TensorData(values.map { UInt8(truncatingIfNeeded: $0) })
      case 16: TensorData(values.map { UInt16(truncatingIfNeeded: $0) })
      case 32: TensorData(values.map { UInt32(truncatingIfNeeded: $0) })
      default: TensorData(values)
      }
    }
  }
}
