import ModelFormats

/// A protobuf message, put together in a test field by field.
package struct ProtobufFields {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package init(_ build: (inout ProtobufFields) -> Void) { build(&self) }

  package mutating func integer(_ number: Int, _ value: Int) {
    varint(UInt64(number) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  package mutating func float(_ number: Int, _ value: Float) {
    varint(UInt64(number) << 3 | 5)
    bytes += littleEndian([value.bitPattern])
  }

  package mutating func data(_ number: Int, _ value: [UInt8]) {
    varint(UInt64(number) << 3 | 2)
    varint(UInt64(value.count))
    bytes += value
  }

  package mutating func text(_ number: Int, _ value: String) { data(number, Array(value.utf8)) }

  package mutating func floats(_ number: Int, _ values: [Float]) {
    data(number, littleEndian(values.map(\.bitPattern)))
  }

  package mutating func integers(_ number: Int, _ values: [Int]) {
    var packed = ProtobufFields()
    for value in values { packed.varint(UInt64(bitPattern: Int64(value))) }
    data(number, packed.bytes)
  }

  package mutating func message(_ number: Int, _ build: (inout ProtobufFields) -> Void) {
    data(number, ProtobufFields(build).bytes)
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
