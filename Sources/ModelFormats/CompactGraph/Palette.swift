/// Elements as indices into the few different ones there are.
struct Palette {
  /// One byte with the number of entries less one, the entries, then the packed indices.
  let encoded: [UInt8]

  static let mostEntries = 256

  /// - Returns: `nil` for no elements, or more than 256 different ones.
  init?(_ elements: ElementBytes) {
    guard elements.count > 0 else { return nil }
    var indices: [UInt64: Int] = [:]
    var entries: [UInt64] = []
    for index in 0..<elements.count where indices[elements[index]] == nil {
      guard entries.count < Self.mostEntries else { return nil }
      indices[elements[index]] = entries.count
      entries.append(elements[index])
    }
    var bytes = [UInt8(entries.count - 1)]
    for entry in entries {
      for byte in 0..<elements.width { bytes.append(UInt8(truncatingIfNeeded: entry >> (8 * byte))) }
    }
    let bits = Self.indexBits(entries: entries.count)
    var packed = [UInt8](repeating: 0, count: Self.packedBytes(elements.count, bits))
    for position in 0..<elements.count {
      let index = indices[elements[position]] ?? 0
      for bit in 0..<bits where index >> bit & 1 == 1 {
        let place = position * bits + bit
        packed[place / 8] |= 1 << (place % 8)
      }
    }
    encoded = bytes + packed
  }

  /// - Returns: `nil` where `bytes` are not exactly those of `count` elements.
  static func decode(_ bytes: ArraySlice<UInt8>, count: Int, width: Int) -> [UInt8]? {
    guard let first = bytes.first else { return count == 0 ? [] : nil }
    let entries = Int(first) + 1
    let bits = indexBits(entries: entries)
    let packedStart = 1 + entries * width
    guard count > 0, bytes.count == packedStart + packedBytes(count, bits) else { return nil }
    let table = bytes.startIndex + 1
    let packed = bytes.startIndex + packedStart
    var result = [UInt8](repeating: 0, count: count * width)
    for position in 0..<count {
      var index = 0
      for bit in 0..<bits {
        let place = position * bits + bit
        index |= Int(bytes[packed + place / 8] >> (place % 8) & 1) << bit
      }
      guard index < entries else { return nil }
      for byte in 0..<width { result[position * width + byte] = bytes[table + index * width + byte] }
    }
    return result
  }

  /// At least one, so that a file's size bounds what is made of it.
  private static func indexBits(entries: Int) -> Int {
    max(1, Int.bitWidth - (entries - 1).leadingZeroBitCount)
  }

  private static func packedBytes(_ count: Int, _ bits: Int) -> Int { (count * bits + 7) / 8 }
}
