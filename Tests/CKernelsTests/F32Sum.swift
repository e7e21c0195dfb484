import CKernels

/// A sum of products in double precision, and what an f32 kernel's result may differ from it by.
struct F32Sum {
  var value = 0.0
  /// The sum of the terms' absolute values.
  var magnitude = 0.0
  var count = 0

  mutating func add(_ term: Double) {
    value += term
    magnitude += abs(term)
    count += 1
  }

  /// Each of `count` products and additions, in any order, rounds to within half an ulp of at most `magnitude`.
  ///
  /// - Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), eq. 4.4, with one factor more for
  ///   the products and one for the output's rounding.
  var tolerance: Double { Double(count + 2) * 0x1p-24 * magnitude + Double(Float.leastNormalMagnitude) }

  /// Whether `result` is this sum, clamped to `range`.
  func isMet(by result: Float, clampedTo range: ClosedRange<Float> = -Float.infinity...Float.infinity) -> Bool
  {
    let expected = min(max(value, Double(range.lowerBound)), Double(range.upperBound))
    return abs(Double(result) - expected) <= tolerance
  }
}

/// The instruction sets that f32 operators run on here; each must give what the scalar kernels give.
let f32InstructionSets = [
  EB_ISA_SCALAR, EB_ISA_AVX2, EB_ISA_AVX512, EB_ISA_AVX512VNNI, EB_ISA_NEON,
].filter(eb_isa_is_supported)
