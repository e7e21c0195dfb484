/// A message of a protobuf file: a range of its bytes, walked field by field.
///
/// Nothing is decoded ahead: a field is a number, a wire type, and a value or a range inside the message. Every length is
/// held against the message's end before it is used, so a walk takes time in proportion to the message's bytes.
/// - Source: Protocol Buffers, "Encoding".
struct ProtobufMessage {
  let file: ModelBytes
  let range: Range<Int>
  /// What the message is, for errors: "node 3".
  let place: String

  /// One field as it stands in the file.
  struct Field {
    /// The schema's number of the field.
    var number: Int
    var value: Value
  }

  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    /// A string, bytes, a packed list or a message.
    case bytes(Range<Int>)
  }

  init(file: ModelBytes, range: Range<Int>, place: String) {
    self.file = file
    self.range = range
    self.place = place
  }

  /// The whole file as a message.
  init(rootOf file: ModelBytes, place: String) {
    self.init(file: file, range: 0..<file.bytes.count, place: place)
  }

  /// Calls `body` with each field in the file's order.
  func forEachField(_ body: (Field) throws(ModelFormatError) -> Void) throws(ModelFormatError) {
    var cursor = ProtobufCursor(file: file, range: range, place: place)
    while let field = try cursor.nextField() { try body(field) }
  }
}

/// A place in a message's bytes.
struct ProtobufCursor {
  private let file: ModelBytes
  private let end: Int
  private let place: String
  private(set) var position: Int

  init(file: ModelBytes, range: Range<Int>, place: String) {
    self.file = file
    self.place = place
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position >= end }

  /// The next field; `nil` at the message's end.
  mutating func nextField() throws(ModelFormatError) -> ProtobufMessage.Field? {
    guard !isAtEnd else { return nil }
    let start = position
    let tag = try varint()
    let number = Int(truncatingIfNeeded: tag >> 3)
    guard tag >> 3 >= 1, tag >> 3 <= 536_870_911 else {
      throw malformed("field number \(tag >> 3) at byte \(start)", expected: "1 to 536870911")
    }
    switch tag & 7 {
    case 0: return ProtobufMessage.Field(number: number, value: .varint(try varint()))
    case 1: return ProtobufMessage.Field(number: number, value: .fixed64(try fixed()))
    case 2:
      let count = try varint()
      guard count <= UInt64(end - position) else {
        throw malformed(
          "a field of \(count) bytes at byte \(start)",
          expected: "at most the \(end - position) that are left; is the file cut short?")
      }
      let range = position..<position + Int(count)
      position = range.upperBound
      return ProtobufMessage.Field(number: number, value: .bytes(range))
    case 5: return ProtobufMessage.Field(number: number, value: .fixed32(try fixed()))
    default: throw malformed("wire type \(tag & 7) at byte \(start)", expected: "0, 1, 2 or 5")
    }
  }

  mutating func varint() throws(ModelFormatError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else {
        throw malformed("a number that ends at byte \(position)", expected: "more; is the file cut short?")
      }
      let byte = file.bytes[position]
      position += 1
      // The tenth byte has one bit left; a set one above is lost, as in protobuf's own readers.
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw malformed("a number of more than 10 bytes at byte \(position - 10)", expected: "at most 10")
  }

  /// A number of the type's size, lowest byte first.
  mutating func fixed<Number: FixedWidthInteger & BitwiseCopyable>() throws(ModelFormatError) -> Number {
    let size = MemoryLayout<Number>.size
    guard end - position >= size else {
      throw malformed(
        "\(end - position) bytes at byte \(position)", expected: "\(size); is the file cut short?")
    }
    defer { position += size }
    return Number(littleEndian: file.bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
  }

  private func malformed(_ found: String, expected: String) -> ModelFormatError {
    file.malformed(place, found, expected: expected)
  }
}
