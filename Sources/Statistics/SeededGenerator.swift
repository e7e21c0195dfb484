/// A generator of random numbers that repeats itself from the same seed, on any machine and release.
///
/// - Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014), SplitMix64,
///   with the constants of Vigna's public-domain version.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in `0 ..< count`, each as likely as the next to within `count / 2^64`.
  ///
  /// Not `Int.random(in:using:)`, which does not promise to draw alike in another release of Swift.
  public mutating func index(below count: Int) -> Int {
    precondition(count > 0)
    return Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// A number in `0 ..< 1`, of 53 random bits.
  public mutating func unitInterval() -> Double { Double(next() >> 11) * 0x1p-53 }
}
