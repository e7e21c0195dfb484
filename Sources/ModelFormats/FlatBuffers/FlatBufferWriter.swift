package import Graph

/// A table to be written in FlatBuffers format, by a schema's field numbers.
package struct FlatObject {
  package enum Field {
    /// An inline scalar, little-endian.
    case scalar([UInt8])
    case table(FlatObject)
    case tables([FlatObject])
    case string(String)
    /// A vector of scalars of `width` bytes each, little-endian.
    case vector(width: Int, [UInt8])
    /// A vector of bytes that starts at a multiple of 16, as weights are used in place.
    case data(TensorData)
  }

  package var fields: [Int: Field]
  package init(_ fields: [Int: Field] = [:]) { self.fields = fields }
}

extension FlatObject.Field {
  package static func int<Value: FixedWidthInteger>(_ value: Value) -> Self { .scalar(littleEndian([value])) }
  package static func float(_ value: Float) -> Self { .int(value.bitPattern) }
  package static func bool(_ value: Bool) -> Self { .int(UInt8(value ? 1 : 0)) }
  package static func ints<Value: FixedWidthInteger>(_ values: [Value]) -> Self {
    .vector(width: MemoryLayout<Value>.size, littleEndian(values))
  }
  package static func floats(_ values: [Float]) -> Self { .ints(values.map(\.bitPattern)) }
}

/// The little-endian bytes of integers.
package func littleEndian<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
  values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}

/// Writes tables one after the other, children behind their parents, so that every offset points forward. Tables of
/// the same layout share one vtable.
///
/// - Source: FlatBuffers, "Internals".
package struct FlatBufferWriter {
  private var output: [UInt8]
  private var vtables: [[UInt8]: Int] = [:]

  /// The file of a root table. Offsets are of 32 bits, so a caller keeps the whole below 2 GiB.
  package static func file(_ root: FlatObject, identifier: String) -> [UInt8] {
    var writer = FlatBufferWriter(output: littleEndian([UInt32(0)]) + Array(identifier.utf8))
    writer.patch(0, to: writer.write(root))
    return writer.output
  }

  private init(output: [UInt8]) { self.output = output }

  private mutating func write(_ object: FlatObject) -> Int {
    let fields = object.fields.sorted { $0.key < $1.key }
    let slots = (fields.last?.key ?? -1) + 1
    // Inline fields follow the table's first 4 bytes, each aligned to its size.
    var offsets = [UInt16](repeating: 0, count: slots)
    var size = 4
    var alignment = 4
    for (slot, field) in fields {
      let width = field.inlineSize
      size = (size + width - 1) / width * width
      offsets[slot] = UInt16(size)
      size += width
      alignment = max(alignment, width)
    }
    let layout = littleEndian([UInt16(4 + 2 * slots), UInt16(size)] + offsets)
    let vtable = place(vtable: layout)
    align(alignment)
    let table = output.count
    output += littleEndian([Int32(table - vtable)]) + [UInt8](repeating: 0, count: size - 4)
    for (slot, field) in fields {
      let place = table + Int(offsets[slot])
      if case .scalar(let value) = field {
        output.replaceSubrange(place..<place + value.count, with: value)
      } else {
        patch(place, to: write(field))
      }
    }
    return table
  }

  private mutating func place(vtable: [UInt8]) -> Int {
    if let known = vtables[vtable] { return known }
    align(2)
    vtables[vtable] = output.count
    output += vtable
    return output.count - vtable.count
  }

  private mutating func write(_ field: FlatObject.Field) -> Int {
    switch field {
    case .scalar: preconditionFailure("a scalar is inline")
    case .table(let table): return write(table)
    case .string(let text): return vector(count: text.utf8.count, Array(text.utf8) + [0])
    case .vector(let width, let bytes): return vector(count: bytes.count / width, bytes, alignment: width)
    case .data(let data):
      let place = vector(count: data.byteCount, [], alignment: 16)
      data.withUnsafeBytes { output += $0 }
      return place
    case .tables(let tables):
      let place = vector(count: tables.count, [UInt8](repeating: 0, count: 4 * tables.count))
      for (index, table) in tables.enumerated() { patch(place + 4 + 4 * index, to: write(table)) }
      return place
    }
  }

  /// - Parameter alignment: Of the elements, which follow a count of 4 bytes.
  private mutating func vector(count: Int, _ contents: [UInt8], alignment: Int = 4) -> Int {
    align(4)
    while (output.count + 4) % alignment != 0 { output.append(0) }
    let place = output.count
    output += littleEndian([UInt32(count)]) + contents
    return place
  }

  private mutating func align(_ alignment: Int) {
    while output.count % alignment != 0 { output.append(0) }
  }

  private mutating func patch(_ place: Int, to target: Int) {
    output.replaceSubrange(place..<place + 4, with: littleEndian([UInt32(target - place)]))
  }
}

extension FlatObject.Field {
  fileprivate var inlineSize: Int {
    if case .scalar(let bytes) = self { return bytes.count }
    return 4
  }
}
