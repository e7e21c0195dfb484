/// A small random generator whose sequence is fixed by its seed, on every platform and in every version.
///
/// - Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Uniform in [-limit, limit), in steps of `limit` / 2^23.
  public mutating func uniform(within limit: Float) -> Float {
    let unit = Float(next() >> 40) * 0x1p-23  // 24 bits: exact in f32; [0, 2)
    return (unit - 1) * limit
  }
}
