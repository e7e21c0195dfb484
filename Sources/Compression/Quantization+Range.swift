internal import Graph

extension Quantization {
  /// Steps of -128 to 127 over `range` and zero, which falls on a step of its own.
  ///
  /// - Source: TensorFlow Lite, "8-bit quantization specification"; Jacob et al., arXiv:1712.05877, section 2.1.
  static func asymmetric(covering range: ClosedRange<Float>) -> Quantization {
    let least = Double(min(range.lowerBound, 0))
    let greatest = Double(max(range.upperBound, 0))
    guard least < greatest else { return .perTensor(scale: 1, zeroPoint: 0) }  // nothing but zeros
    let scale = Float((greatest - least) / 255).asScale
    let zeroPoint = (-128 - least / Double(scale)).rounded()
    return .perTensor(scale: scale, zeroPoint: Int32(max(-128, min(127, zeroPoint))))
  }

  /// Of results from 0 to 1: what the specification fixes for softmax and sigmoid.
  static let unitInterval = Quantization.perTensor(scale: 1 / 256, zeroPoint: -128)
  /// Of results from -1 to 1: what the specification fixes for tanh.
  static let signedUnitInterval = Quantization.perTensor(scale: 1 / 128, zeroPoint: 0)

  /// The nearest steps of a tensor with one scale, half away from zero, saturating.
  func steps(of values: [Float]) -> [Int8] {
    values.map { value in
      let step = (value / scales[0]).rounded() + Float(zeroPoints[0])
      return Int8(max(-128, min(127, step)))
    }
  }
}
