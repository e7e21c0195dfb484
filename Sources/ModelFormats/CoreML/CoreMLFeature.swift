import Graph

/// An input or an output of a Core ML model (FeatureDescription).
struct CoreMLFeature {
  var name = ""
  var kind: Kind = .other
  /// Whether the model takes other shapes than the one it names.
  var isFlexible = false

  enum Kind {
    /// Empty where the model leaves the shape open.
    case array(shape: [Int], type: ElementType)
    case image(height: Int, width: Int, channels: Int, isBGR: Bool)
    /// A number alone.
    case scalar
    /// Text, a dictionary, a sequence.
    case other
  }

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: name = try message.string(field)
      case 3: try readType(try message.message(field, message.place))
      default: break
      }
    }
  }

  private mutating func readType(_ message: ProtobufMessage) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1, 2: kind = .scalar
      case 4:
        let image = try message.message(field, message.place)
        kind = try Self.image(image)
        isFlexible = try Self.isFlexible(image)
      case 5:
        let array = try message.message(field, message.place)
        kind = try Self.array(array)
        isFlexible = try Self.isFlexible(array)
      default: break
      }
    }
  }

  /// Sizes to choose from, or ranges of them.
  private static func isFlexible(_ message: ProtobufMessage) throws(ModelFormatError) -> Bool {
    let record = try ProtobufRecord(message)
    return record.has(21) || record.has(31)
  }

  private static func array(_ message: ProtobufMessage) throws(ModelFormatError) -> Kind {
    var shape: [Int] = []
    var enumerated: [Int] = []
    var type = ElementType.f32
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: try message.appendIntegers(field, to: &shape)
      case 2:
        // Core ML computes in single precision whatever it is handed.
        switch try message.integer(field) {
        case 131_104: type = .i32
        case 131_080: type = .i8
        default: type = .f32
        }
      case 21:
        let shapes = try ProtobufRecord(try message.message(field, message.place))
        if enumerated.isEmpty, let first = try shapes.message(1) {
          enumerated = try ProtobufRecord(first).integers(1)
        }
      default: break
      }
    }
    return .array(shape: shape.isEmpty ? enumerated : shape, type: type)
  }

  private static func image(_ message: ProtobufMessage) throws(ModelFormatError) -> Kind {
    let record = try ProtobufRecord(message)
    let space = try record.integer(3)
    let height = try record.integer(2)
    let width = try record.integer(1)
    return .image(
      height: height, width: width, channels: space == 10 || space == 40 ? 1 : 3, isBGR: space == 30)
  }
}
