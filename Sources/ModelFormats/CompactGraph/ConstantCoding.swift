/// How the elements of a constant are stored. Every coding is lossless; the smallest is taken.
///
/// A pruned tensor becomes small by its zeros, a clustered one by its few different values, whatever made them.
/// Elements are compared as bit patterns of 1, 2, 4 or 8 bytes.
enum ConstantCoding: String, Codable, CaseIterable {
  /// Every element.
  case dense
  /// One bit an element, least significant first, set where it is not zero; then the others.
  case sparse
  /// The number of different elements less one (one byte), they themselves, then an index of 1 to 8 bits an element.
  case palette
  /// The bits of `sparse`, then the others as a `palette`.
  case sparsePalette

  /// The smallest of all codings, and its bytes.
  static func smallest(of elements: ElementBytes) -> (coding: ConstantCoding, bytes: [UInt8]) {
    var best = (coding: dense, bytes: elements.bytes)
    for coding in allCases {
      if let bytes = coding.encode(elements), bytes.count < best.bytes.count { best = (coding, bytes) }
    }
    return best
  }

  /// - Returns: `nil` where the coding cannot hold these elements.
  func encode(_ elements: ElementBytes) -> [UInt8]? {
    switch self {
    case .dense: elements.bytes
    case .sparse: Self.bitmap(elements) + elements.nonZero.bytes
    case .palette: Palette(elements)?.encoded
    case .sparsePalette: Palette(elements.nonZero).map { Self.bitmap(elements) + $0.encoded }
    }
  }

  /// The elements that `bytes` hold.
  ///
  /// No more memory is taken than 64 times that of `bytes`: every element costs at least one bit.
  /// - Returns: `nil` where `bytes` are not exactly those of `count` elements.
  func decode(_ bytes: ArraySlice<UInt8>, count: Int, width: Int) -> [UInt8]? {
    switch self {
    case .dense: return bytes.count == count * width ? Array(bytes) : nil
    case .palette: return Palette.decode(bytes, count: count, width: width)
    case .sparse, .sparsePalette:
      let mapBytes = (count + 7) / 8
      guard bytes.count >= mapBytes else { return nil }
      let map = bytes.prefix(mapBytes)
      let present = (0..<count).count { map[map.startIndex + $0 / 8] >> ($0 % 8) & 1 == 1 }
      let rest = bytes.dropFirst(mapBytes)
      guard
        let values = (self == .sparse ? ConstantCoding.dense : .palette).decode(
          rest, count: present, width: width)
      else { return nil }
      return Self.spread(values, over: map, count: count, width: width)
    }
  }

  private static func bitmap(_ elements: ElementBytes) -> [UInt8] {
    var map = [UInt8](repeating: 0, count: (elements.count + 7) / 8)
    for index in 0..<elements.count where elements[index] != 0 { map[index / 8] |= 1 << (index % 8) }
    return map
  }

  private static func spread(
    _ values: [UInt8], over map: ArraySlice<UInt8>, count: Int, width: Int
  ) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count * width)
    var next = 0
    for index in 0..<count where map[map.startIndex + index / 8] >> (index % 8) & 1 == 1 {
      for byte in 0..<width { result[index * width + byte] = values[next + byte] }
      next += width
    }
    return result
  }
}

/// A constant's bytes as elements of one width.
struct ElementBytes {
  let bytes: [UInt8]
  /// 1, 2, 4 or 8.
  let width: Int

  var count: Int { bytes.count / width }

  /// The bit pattern of an element.
  subscript(index: Int) -> UInt64 {
    var pattern: UInt64 = 0
    for byte in 0..<width { pattern |= UInt64(bytes[index * width + byte]) << (8 * byte) }
    return pattern
  }

  /// The elements whose bits are not all zero.
  var nonZero: ElementBytes {
    var kept: [UInt8] = []
    for index in 0..<count where self[index] != 0 {
      kept += bytes[index * width..<(index + 1) * width]
    }
    return ElementBytes(bytes: kept, width: width)
  }
}
