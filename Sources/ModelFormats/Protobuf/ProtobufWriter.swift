package import Graph

/// A message in protobuf's wire format, field after field.
///
/// - Source: Protocol Buffers, "Encoding".
package struct ProtobufWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func integer(_ field: Int, _ value: Int) {
    varint(UInt64(field) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  package mutating func float(_ field: Int, _ value: Float) {
    varint(UInt64(field) << 3 | 5)
    bytes += littleEndian([value.bitPattern])
  }

  package mutating func string(_ field: Int, _ text: String) {
    header(field, count: text.utf8.count)
    bytes += text.utf8
  }

  package mutating func message(_ field: Int, _ message: ProtobufWriter) {
    header(field, count: message.bytes.count)
    bytes += message.bytes
  }

  package mutating func bytes(_ field: Int, _ value: [UInt8]) {
    header(field, count: value.count)
    bytes += value
  }

  package mutating func data(_ field: Int, _ data: TensorData) {
    header(field, count: data.byteCount)
    data.withUnsafeBytes { bytes += $0 }
  }

  /// A repeated field of integers, packed.
  package mutating func integers(_ field: Int, _ values: [Int]) {
    var list = ProtobufWriter()
    for value in values { list.varint(UInt64(bitPattern: Int64(value))) }
    message(field, list)
  }

  /// A repeated field of 32-bit floats, packed.
  package mutating func floats(_ field: Int, _ values: [Float]) {
    bytes(field, littleEndian(values.map(\.bitPattern)))
  }

  /// Tag and length of a field of bytes.
  private mutating func header(_ field: Int, count: Int) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(count))
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
