import Graph

/// A table of a FlatBuffers file, held to the file's bounds: its vtable and inline fields are inside the file,
/// and every offset, vector and string is checked when it is followed. Loads need no alignment.
///
/// A schema's field number `n` is the vtable's slot `n`, in the order of declaration.
/// - Source: FlatBuffers, "Internals".
struct FlatTable {
  let file: ModelBytes
  /// What the table is, for errors: "operator 3".
  let place: String
  private let position: Int
  private let inlineSize: Int
  private let vtable: Int
  private let slotCount: Int

  /// The root table of a file that starts with its offset.
  init(rootOf file: ModelBytes, place: String) throws(ModelFormatError) {
    guard let offset = file.bytes.load(UInt32.self, at: 0) else {
      throw file.malformed(place, "a file of \(file.bytes.count) bytes", expected: "at least 8")
    }
    try self.init(file: file, position: Int(offset), place: place)
  }

  fileprivate init(file: ModelBytes, position: Int, place: String) throws(ModelFormatError) {
    let bytes = file.bytes
    guard let distance = bytes.load(Int32.self, at: position) else {
      throw file.malformed(
        place, "starts at byte \(position) of \(bytes.count)",
        expected: "a table inside the file; is it cut short?")
    }
    let vtable = position - Int(distance)
    guard let vtableSize = bytes.load(UInt16.self, at: vtable),
      let inlineSize = bytes.load(UInt16.self, at: vtable + 2),
      vtableSize >= 4, vtableSize % 2 == 0, vtable + Int(vtableSize) <= bytes.count,
      inlineSize >= 4, position + Int(inlineSize) <= bytes.count
    else {
      throw file.malformed(
        place, "the table at byte \(position) has its layout at byte \(vtable)",
        expected: "a vtable and fields inside the file's \(bytes.count) bytes")
    }
    self.file = file
    self.place = place
    self.position = position
    self.inlineSize = Int(inlineSize)
    self.vtable = vtable
    slotCount = (Int(vtableSize) - 4) / 2
  }

  /// A scalar field, or its default where it is left out.
  func scalar<Value: FixedWidthInteger & BitwiseCopyable>(_ slot: Int, default value: Value)
    throws(ModelFormatError)
    -> Value
  {
    guard let field = try field(slot, byteCount: MemoryLayout<Value>.size) else { return value }
    return file.bytes.load(Value.self, at: field) ?? value
  }

  func float(_ slot: Int, default value: Float) throws(ModelFormatError) -> Float {
    Float(bitPattern: try scalar(slot, default: value.bitPattern))
  }

  func bool(_ slot: Int, default value: Bool = false) throws(ModelFormatError) -> Bool {
    try scalar(slot, default: UInt8(value ? 1 : 0)) != 0
  }

  /// A field that is a table.
  func table(_ slot: Int, _ name: String) throws(ModelFormatError) -> FlatTable? {
    guard let target = try target(slot) else { return nil }
    return try FlatTable(file: file, position: target, place: "\(place), \(name)")
  }

  /// A field that is a vector of tables.
  func tables(_ slot: Int) throws(ModelFormatError) -> FlatTables {
    FlatTables(table: self, elements: try vector(slot, elementSize: 4) ?? 0..<0)
  }

  /// The bytes of a field that is a vector, as a range of the file; `nil` where it is left out.
  func vector(_ slot: Int, elementSize: Int) throws(ModelFormatError) -> Range<Int>? {
    guard let target = try target(slot) else { return nil }
    guard let count = file.bytes.load(UInt32.self, at: target) else {
      throw file.malformed(
        place, "field \(slot) is at byte \(target) of \(file.bytes.count)",
        expected: "a vector inside the file")
    }
    let start = target + 4
    let size = Int(count) * elementSize
    guard size <= file.bytes.count - start else {
      throw file.malformed(
        place, "field \(slot) has \(count) elements at byte \(start) of \(file.bytes.count)",
        expected: "at most \((file.bytes.count - start) / elementSize); is the file cut short?")
    }
    return start..<start + size
  }

  /// The elements of a vector of integers; empty where it is left out.
  func integers<Value: FixedWidthInteger & BitwiseCopyable>(_ slot: Int, as type: Value.Type)
    throws(ModelFormatError) -> [Value]
  {
    guard let range = try vector(slot, elementSize: MemoryLayout<Value>.size) else { return [] }
    try file.spend(range.count, on: place)
    return stride(from: range.lowerBound, to: range.upperBound, by: MemoryLayout<Value>.size).map {
      file.bytes.loadUnaligned(fromByteOffset: $0, as: Value.self).littleEndian
    }
  }

  func floats(_ slot: Int) throws(ModelFormatError) -> [Float] {
    try integers(slot, as: UInt32.self).map { Float(bitPattern: $0) }
  }

  /// A string; `nil` where it is left out. Beyond 4096 bytes it is cut, and invalid UTF-8 and control characters,
  /// which would break a line or steer a terminal, are replaced by U+FFFD.
  func string(_ slot: Int) throws(ModelFormatError) -> String? {
    guard let range = try vector(slot, elementSize: 1) else { return nil }
    let bytes = file.bytes[range].prefix(4096)
    try file.spend(bytes.count, on: place)
    return String(printable: bytes)
  }

  /// Where a field's inline bytes start; `nil` where the field is left out.
  private func field(_ slot: Int, byteCount: Int) throws(ModelFormatError) -> Int? {
    guard slot < slotCount, let offset = file.bytes.load(UInt16.self, at: vtable + 4 + 2 * slot), offset != 0
    else { return nil }
    guard offset >= 4, Int(offset) + byteCount <= inlineSize else {
      throw file.malformed(
        place, "field \(slot) is at byte \(offset) of \(inlineSize)", expected: "a field inside its table")
    }
    return position + Int(offset)
  }

  private func target(_ slot: Int) throws(ModelFormatError) -> Int? {
    guard let field = try field(slot, byteCount: 4), let offset = file.bytes.load(UInt32.self, at: field)
    else { return nil }
    return field + Int(offset)
  }
}

/// A vector of tables, each checked when it is asked for.
struct FlatTables {
  fileprivate let table: FlatTable
  fileprivate let elements: Range<Int>

  var count: Int { elements.count / 4 }

  /// - Precondition: `index` is in `0..<count`.
  func callAsFunction(_ index: Int, _ place: String) throws(ModelFormatError) -> FlatTable {
    precondition(index >= 0 && index < count)
    try table.file.spend(16, on: place)
    let field = elements.lowerBound + 4 * index
    guard let offset = table.file.bytes.load(UInt32.self, at: field) else {
      throw table.file.malformed(place, "it starts beyond the file", expected: "a table inside the file")
    }
    return try FlatTable(file: table.file, position: field + Int(offset), place: place)
  }
}

extension UnsafeRawBufferPointer {
  /// A little-endian integer at any alignment; `nil` where it is not wholly inside.
  fileprivate func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int)
    -> Value?
  {
    guard offset >= 0, offset <= count - MemoryLayout<Value>.size else { return nil }
    return loadUnaligned(fromByteOffset: offset, as: Value.self).littleEndian
  }
}
