import Graph

/// A FlexBuffers map of numbers: what custom operators have as options.
///
/// - Source: FlexBuffers, "FlexBuffers schema-less format".
struct FlexMap {
  private(set) var numbers: [String: Double] = [:]

  /// The value of a key; `nil` where there is none.
  subscript(_ key: String) -> Double? { numbers[key] }

  /// `nil` where the bytes are no map.
  init?(_ bytes: UnsafeRawBufferPointer) {
    let reader = Reader(bytes: bytes)
    guard bytes.count >= 3, let width = reader.width(Int(bytes[bytes.count - 1])) else { return nil }
    let rootType = Int(bytes[bytes.count - 2])
    let rootAt = bytes.count - 2 - width
    guard rootType >> 2 == 9, rootAt >= 0, let map = reader.target(at: rootAt, width: width),
      let size = reader.width(1 << (rootType & 3)), map >= 3 * size,
      let count = reader.unsigned(at: map - size, width: size), count <= 1 << 10,
      let keys = reader.target(at: map - 3 * size, width: size),
      let keyWidth = reader.unsigned(at: map - 2 * size, width: size).flatMap({ reader.width($0) }),
      map + count * (size + 1) <= bytes.count
    else { return nil }
    for index in 0..<count {
      guard let key = reader.target(at: keys + index * keyWidth, width: keyWidth),
        let name = reader.text(at: key)
      else { return nil }
      let type = Int(bytes[map + count * size + index])
      if let number = reader.number(
        at: map + index * size, width: size, type: type >> 2, own: 1 << (type & 3))
      {
        numbers[name] = number
      }
    }
  }

  private struct Reader {
    let bytes: UnsafeRawBufferPointer

    func width(_ width: Int) -> Int? { [1, 2, 4, 8].contains(width) ? width : nil }

    func unsigned(at offset: Int, width: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - width else { return nil }
      var value: UInt64 = 0
      for byte in 0..<width { value |= UInt64(bytes[offset + byte]) << UInt64(8 * byte) }
      return Int(exactly: value)
    }

    /// Where a relative offset points to: so many bytes back.
    func target(at offset: Int, width: Int) -> Int? {
      guard let back = unsigned(at: offset, width: width), back <= offset else { return nil }
      return offset - back
    }

    func text(at offset: Int) -> String? {
      let tail = bytes[offset...].prefix(64)
      guard let end = tail.firstIndex(of: 0) else { return nil }
      return String(decoding: tail[..<end], as: UTF8.self)
    }

    /// Types: 1 and 6 integers, 2 and 7 unsigned, 3 and 8 floats, 26 truth values; those from 6 on stand elsewhere.
    func number(at offset: Int, width: Int, type: Int, own: Int) -> Double? {
      switch type {
      case 6, 7, 8:
        guard let place = target(at: offset, width: width) else { return nil }
        return number(at: place, width: own, type: type - 5, own: own)
      case 1:
        guard let bits = bits(at: offset, width: width) else { return nil }
        let shift = UInt64(64 - 8 * width)
        return Double(Int64(bitPattern: bits << shift) >> Int64(shift))
      case 2, 26: return bits(at: offset, width: width).map(Double.init)
      case 3:
        guard let bits = bits(at: offset, width: width) else { return nil }
        return width == 8
          ? Double(bitPattern: bits)
          : width == 4 ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))) : nil
      default: return nil
      }
    }

    private func bits(at offset: Int, width: Int) -> UInt64? {
      guard offset >= 0, offset <= bytes.count - width else { return nil }
      var value: UInt64 = 0
      for byte in 0..<width { value |= UInt64(bytes[offset + byte]) << UInt64(8 * byte) }
      return value
    }
  }
}
