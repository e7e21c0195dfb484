/// Inputs made from a seed: the same on every machine.
public enum SeededNumbers {
  /// The seed of a model's input that nothing else is said of.
  public static func seed(ofInput position: Int) -> UInt64 { 2 &* UInt64(position) &+ 1 }

  /// Fills `bytes` with numbers that a model can do something with.
  ///
  /// f32, f64: uniform in [-1, 1). f16: uniform in [0, 1), in steps of 1/1024. 8- and 16-bit integers: any. 32- and
  /// 64-bit integers and booleans: 0 or 1, since they tend to be indices and conditions.
  ///
  /// - Parameter elementType: The raw value of Graph's `ElementType`.
  public static func fill(_ bytes: UnsafeMutableRawBufferPointer, elementType: UInt8, seed: UInt64) {
    var generator = SplitMix64(state: seed)
    switch elementType {
    case 1: store(bytes) { Float(generator.unit() * 2 - 1) }
    case 2: store(bytes) { halfBits(of1024ths: UInt16(generator.next() >> 54)) }
    case 3: store(bytes) { generator.unit() * 2 - 1 }
    case 8, 12: store(bytes) { UInt32(generator.next() >> 63) }
    case 9, 13: store(bytes) { generator.next() >> 63 }
    case 10: store(bytes) { UInt8(generator.next() >> 63) }
    default: store(bytes) { UInt8(generator.next() >> 56) }
    }
  }

  private static func store<Element: BitwiseCopyable>(
    _ bytes: UnsafeMutableRawBufferPointer, _ next: () -> Element
  ) {
    let stride = MemoryLayout<Element>.stride
    for index in 0..<(bytes.count / stride) {
      bytes.storeBytes(of: next(), toByteOffset: index * stride, as: Element.self)
    }
  }

  /// IEEE 754 binary16 of `count / 1024`, `count` below 1024: exact.
  private static func halfBits(of1024ths count: UInt16) -> UInt16 {
    guard count > 0 else { return 0 }
    let topBit = 15 - count.leadingZeroBitCount
    let exponent = UInt16(15 + topBit - 10)
    return exponent << 10 | (count << (10 - topBit) & 0x3FF)
  }
}

/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// Uniform in [0, 1).
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
