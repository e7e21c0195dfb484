// A field's value as the schema means it.

extension ProtobufMessage {
  func integer(_ field: Field) throws(ModelFormatError) -> Int {
    guard case .varint(let value) = field.value else { throw wrongType(field, expected: "a whole number") }
    return Int(truncatingIfNeeded: value)
  }

  func float(_ field: Field) throws(ModelFormatError) -> Float {
    guard case .fixed32(let bits) = field.value else { throw wrongType(field, expected: "a 32-bit number") }
    return Float(bitPattern: bits)
  }

  func bytes(_ field: Field) throws(ModelFormatError) -> Range<Int> {
    guard case .bytes(let range) = field.value else { throw wrongType(field, expected: "bytes") }
    return range
  }

  func message(_ field: Field, _ place: String) throws(ModelFormatError) -> ProtobufMessage {
    ProtobufMessage(file: file, range: try bytes(field), place: place)
  }

  /// A string, taken off the file's budget of decoded bytes.
  func string(_ field: Field) throws(ModelFormatError) -> String {
    let range = try bytes(field)
    try file.spend(range.count, on: place)
    return String(printable: file.bytes[range])
  }

  /// Appends the numbers of a repeated field, packed or not.
  func appendIntegers(_ field: Field, to list: inout [Int]) throws(ModelFormatError) {
    guard case .bytes(let range) = field.value else { return list.append(try integer(field)) }
    // A number takes a byte or more; 8 bytes are made of each.
    try file.spend(range.count * 8, on: place)
    var cursor = ProtobufCursor(file: file, range: range, place: place)
    while !cursor.isAtEnd { list.append(Int(truncatingIfNeeded: try cursor.varint())) }
  }

  func appendFloats(_ field: Field, to list: inout [Float]) throws(ModelFormatError) {
    guard case .bytes(let range) = field.value else { return list.append(try float(field)) }
    try file.spend(range.count, on: place)
    var cursor = ProtobufCursor(file: file, range: range, place: place)
    while !cursor.isAtEnd { list.append(Float(bitPattern: try cursor.fixed())) }
  }

  func wrongType(_ field: Field, expected: String) -> ModelFormatError {
    file.malformed(place, "field \(field.number) is of another wire type", expected: expected)
  }
}
