import Graph

/// A tensor as an ONNX file holds it (TensorProto): where its elements are, not the elements.
struct ONNXTensor {
  var name = ""
  var dimensions: [Int] = []
  /// The schema's DataType.
  var type = 0
  var storage: [Storage] = []
  /// The fields of external data: "location", "offset", "length".
  var external: [String: String]?
  let place: String

  /// A field that elements are in.
  enum Storage {
    /// As the type lays them out in memory.
    case raw(Range<Int>)
    /// Packed numbers of the field's own type: 32-bit floats, varints, 64-bit floats.
    case floats(Range<Int>), integers(Range<Int>), doubles(Range<Int>)
    /// A list written one number a field.
    case float(UInt32), integer(UInt64), double(UInt64)
    case string(Range<Int>)
  }

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    place = message.place
    try message.forEachField { (field) throws(ModelFormatError) in
      switch (field.number, field.value) {
      case (1, _): try message.appendIntegers(field, to: &dimensions)
      case (2, _): type = try message.integer(field)
      case (4, .bytes(let range)): storage.append(.floats(range))
      case (4, .fixed32(let bits)): storage.append(.float(bits))
      case (5, .bytes(let range)), (7, .bytes(let range)), (11, .bytes(let range)):
        storage.append(.integers(range))
      case (5, .varint(let value)), (7, .varint(let value)), (11, .varint(let value)):
        storage.append(.integer(value))
      case (6, .bytes(let range)): storage.append(.string(range))
      case (8, _): name = try message.string(field)
      case (9, .bytes(let range)): storage.append(.raw(range))
      case (10, .bytes(let range)): storage.append(.doubles(range))
      case (10, .fixed64(let bits)): storage.append(.double(bits))
      case (13, _):
        let entry = try ONNXEntry(try message.message(field, "external data of \(message.place)"))
        external = external ?? [:]
        external?[entry.key] = entry.value
      case (14, _): if try message.integer(field) == 1 { external = external ?? [:] }
      default: break
      }
    }
    guard dimensions.count <= Shape.largestRank,
      dimensions.allSatisfy({ (0...Shape.largestExtent).contains($0) })
    else {
      throw message.file.malformed(
        message.place, "shape \(Shape(Array(dimensions.prefix(9))))",
        expected: "at most \(Shape.largestRank) axes of 0 to \(Shape.largestExtent)")
    }
  }

  var shape: Shape { Shape(dimensions) }
}

/// A key and its value (StringStringEntryProto).
struct ONNXEntry {
  var key = ""
  var value = ""

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: key = try message.string(field)
      case 2: value = try message.string(field)
      default: break
      }
    }
  }
}
