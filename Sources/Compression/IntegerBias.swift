/// Scales of weights such that a bias, in steps of the input's scale times the weights', fits i32 and stays exact.
enum IntegerBias {
  /// The largest bias in steps: leaves as much room again for the sum.
  private static let limit: Float = 0x1p30

  /// - Parameter scales: The weights' own, 0 for a channel of zeros, which takes the smallest of the others.
  static func weightScales(_ scales: [Float], inputScale: Float, biases: [Float]?) -> [Float] {
    let smallest = scales.filter { $0 > 0 }.min() ?? 1
    let least = .leastNormalMagnitude / min(inputScale, 1)
    return scales.enumerated().map { channel, scale in
      let own = max(scale > 0 ? scale : smallest, least.asScale)
      guard let biases, biases.indices.contains(channel) else { return own }
      return max(own, biases[channel].magnitude / limit / inputScale)
    }
  }

  /// The nearest steps, half away from zero.
  static func steps(_ biases: [Float], scales: [Float]) -> [Int32] {
    zip(biases, scales).map { bias, scale in
      Int32(max(-0x1p31, min(0x1p31 - 1, (Double(bias) / Double(scale)).rounded())))
    }
  }
}
