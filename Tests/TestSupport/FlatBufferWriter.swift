/// A table to be written in FlatBuffers format, by a schema's field numbers.
public struct FlatObject {
  public enum Field {
    /// An inline scalar, little-endian.
    case scalar([UInt8])
    case table(FlatObject)
    case tables([FlatObject])
    case string(String)
    /// A vector of `count` scalars with these bytes.
    case vector(count: Int, [UInt8])
  }

  public var fields: [Int: Field]
  public init(_ fields: [Int: Field] = [:]) { self.fields = fields }
}

extension FlatObject.Field {
  public static func int<Value: FixedWidthInteger>(_ value: Value) -> Self { .scalar(littleEndian([value])) }
  public static func float(_ value: Float) -> Self { .int(value.bitPattern) }
  public static func bool(_ value: Bool) -> Self { .int(UInt8(value ? 1 : 0)) }
  public static func ints<Value: FixedWidthInteger>(_ values: [Value]) -> Self {
    .vector(count: values.count, littleEndian(values))
  }
  public static func floats(_ values: [Float]) -> Self { .ints(values.map(\.bitPattern)) }
}

/// The little-endian bytes of integers.
public func littleEndian<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
  values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}

/// Writes tables one after the other, children behind their parents, so that every offset points forward.
public struct FlatBufferWriter {
  private var output: [UInt8]

  /// The file of a root table.
  public static func file(_ root: FlatObject, identifier: String) -> [UInt8] {
    var writer = FlatBufferWriter(output: littleEndian([UInt32(0)]) + Array(identifier.utf8))
    writer.patch(0, to: writer.write(root))
    return writer.output
  }

  private init(output: [UInt8]) { self.output = output }

  private mutating func write(_ object: FlatObject) -> Int {
    let slots = (object.fields.keys.max() ?? -1) + 1
    align(4)
    let vtable = output.count
    // Inline fields follow the table's first 4 bytes, each aligned to its size.
    var offsets = [UInt16](repeating: 0, count: slots)
    var size = 4
    for (slot, field) in object.fields.sorted(by: { $0.key < $1.key }) {
      let width = field.inlineSize
      size = (size + width - 1) / width * width
      offsets[slot] = UInt16(size)
      size += width
    }
    output += littleEndian([UInt16(4 + 2 * slots), UInt16(size)] + offsets)
    align(8)
    let table = output.count
    output += littleEndian([Int32(table - vtable)]) + [UInt8](repeating: 0, count: size - 4)
    for (slot, field) in object.fields.sorted(by: { $0.key < $1.key }) {
      let place = table + Int(offsets[slot])
      if case .scalar(let value) = field {
        output.replaceSubrange(place..<place + value.count, with: value)
      } else {
        patch(place, to: write(field))
      }
    }
    return table
  }

  private mutating func write(_ field: FlatObject.Field) -> Int {
    switch field {
    case .scalar: preconditionFailure("a scalar is inline")
    case .table(let table): return write(table)
    case .string(let text): return vector(count: text.utf8.count, Array(text.utf8) + [0])
    case .vector(let count, let bytes): return vector(count: count, bytes)
    case .tables(let tables):
      let place = vector(count: tables.count, [UInt8](repeating: 0, count: 4 * tables.count))
      for (index, table) in tables.enumerated() { patch(place + 4 + 4 * index, to: write(table)) }
      return place
    }
  }

  private mutating func vector(count: Int, _ contents: [UInt8]) -> Int {
    align(4)
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
