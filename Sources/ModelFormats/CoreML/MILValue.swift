import Graph

/// The schema's DataType of ML programs.
enum MILDataType: Int {
  case bool = 1
  case string = 2
  case float16 = 10
  case float32, float64, bfloat16
  case int8 = 21
  case int16, int32, int64, int4
  case uint8 = 31
  case uint16, uint32, uint64, uint4, uint2, uint1, uint6, uint3
  case float8E4M3FN = 40
  case float8E5M2

  /// The graph's type for stored elements; narrower integers are widened to 8 bits when they are read.
  var elementType: ElementType? {
    switch self {
    case .bool: .bool
    case .float16: .f16
    case .float32: .f32
    case .float64: .f64
    case .int8, .int4: .i8
    case .int16: .i16
    case .int32: .i32
    case .int64: .i64
    case .uint8, .uint4, .uint2, .uint1, .uint6, .uint3: .u8
    case .uint16: .u16
    case .uint32: .u32
    case .uint64: .u64
    case .string, .bfloat16, .float8E4M3FN, .float8E5M2: nil
    }
  }

  /// The bits of a stored element.
  var bitWidth: Int {
    switch self {
    case .uint1: 1
    case .uint2: 2
    case .uint3: 3
    case .int4, .uint4: 4
    case .uint6: 6
    case .bool, .int8, .uint8, .float8E4M3FN, .float8E5M2: 8
    case .float16, .bfloat16, .int16, .uint16: 16
    case .float32, .int32, .uint32: 32
    case .float64, .int64, .uint64: 64
    case .string: 0
    }
  }
}

/// A tensor's type in an ML program (ValueType).
struct MILType {
  /// `nil` for lists, tuples and other types that are no tensors.
  var dataType: MILDataType?
  /// An open extent is `nil`.
  var dimensions: [Int?] = []

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    guard let tensor = try ProtobufRecord(message).message(1) else { return }
    let record = try ProtobufRecord(tensor)
    dataType = MILDataType(rawValue: try record.integer(1))
    for dimension in try record.messages(3) {
      let extent = try ProtobufRecord(dimension)
      dimensions.append(extent.has(1) ? try extent.record(1).integer(1) : nil)
    }
  }

  /// The shape where it is known; `nil` where an extent is open or beyond what a tensor may have.
  var shape: Shape? {
    let extents = dimensions.compactMap { $0 }
    guard extents.count == dimensions.count, extents.count <= Shape.largestRank,
      extents.allSatisfy({ (0...Shape.largestExtent).contains($0) })
    else { return nil }
    return Shape(extents)
  }
}

/// A constant of an ML program (Value): its type, and where its elements are.
struct MILValue {
  let type: MILType
  private let content: ProtobufRecord

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    content = try ProtobufRecord(message)
    type = try MILType(
      try content.message(2)
        ?? ProtobufMessage(
          file: message.file, range: message.range.lowerBound..<message.range.lowerBound, place: message.place
        ))
  }

  /// The file and the offset of a value that is stored beside the program.
  func blob() throws(ModelFormatError) -> (file: String, offset: Int)? {
    guard let blob = try content.message(5) else { return nil }
    let record = try ProtobufRecord(blob)
    return (try record.string(1), try record.integer(2))
  }

  private func tensor() throws(ModelFormatError) -> ProtobufRecord { try content.record(3).record(1) }

  func texts() throws(ModelFormatError) -> [String] { try tensor().record(4).strings(1) }

  /// The strings of a list; the value itself where it is one string.
  func listedTexts() throws(ModelFormatError) -> [String] {
    guard try content.record(3).has(3) else { return try texts() }
    var texts: [String] = []
    for entry in try content.record(3).record(3).messages(1) { texts += try MILValue(entry).texts() }
    return texts
  }

  /// The elements of an immediate tensor, as `type` lays them out, with `count` elements.
  ///
  /// A tensor of equal elements may be written with one.
  func immediate(as dataType: MILDataType, count: Int) throws(ModelFormatError) -> TensorData? {
    let tensor = try tensor()
    switch dataType {
    case .float32:
      let floats = try tensor.record(1)
      if let range = floats.range(1), range.count == 4 * count { return floats.message.file.data(range) }
      return Self.filled(try floats.floats(1), count).map { TensorData($0) }
    case .int32:
      let values = try (tensor.has(2) ? tensor.record(2) : tensor.record(5)).integers(1)
      return Self.filled(values, count).map { TensorData($0.map { Int32(truncatingIfNeeded: $0) }) }
    case .int64:
      let values = try (tensor.has(5) ? tensor.record(5) : tensor.record(2)).integers(1)
      return Self.filled(values, count).map { TensorData($0.map { Int64($0) }) }
    case .bool:
      return Self.filled(try tensor.record(3).integers(1), count).map {
        TensorData($0.map { UInt8($0 == 0 ? 0 : 1) })
      }
    default:
      // Every other type is bytes, lowest byte first.
      let bytes = try tensor.record(7)
      guard let range = bytes.range(1) else {
        return count == 0 ? TensorData([UInt8]()) : nil
      }
      return bytes.message.file.data(range)
    }
  }

  private static func filled<Element>(_ values: [Element], _ count: Int) -> [Element]? {
    values.count == count ? values : nil
  }
}
