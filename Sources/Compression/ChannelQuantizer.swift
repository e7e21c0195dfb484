internal import Graph

/// Quantizes weights symmetrically to signed 8-bit steps, one scale an output channel.
///
/// `scales[c]` is `max(|weights[c]|) / 127`, so zero maps to zero and no zero point is stored. Each weight is restored
/// to within half a step, plus one rounding.
///
/// - Source: Krishnamoorthi, arXiv:1806.08342, "Uniform symmetric quantizer", per channel.
struct ChannelQuantizer {
  let shape: Shape
  let axis: Int
  let values: [Float]

  private var inner: Int { shape.dimensions[(axis + 1)...].reduce(1, *) }

  /// - Returns: For each channel the largest magnitude along `axis` over 127; 0 for a channel of zeros.
  func scales() -> [Float] {
    var largest = [Float](repeating: 0, count: shape[axis])
    let inner = inner
    for (index, value) in values.enumerated() {
      let channel = index / inner % largest.count
      largest[channel] = max(largest[channel], value.magnitude)
    }
    return largest.map { $0 / 127 }
  }

  /// The nearest steps, half away from zero, within ±127.
  func steps(scales: [Float]) -> [Int8] {
    let inner = inner
    return values.enumerated().map { index, value in
      let step = (value / scales[index / inner % scales.count]).rounded()
      return Int8(max(-127, min(127, step)))
    }
  }

  func tensor(name: String, scales: [Float]) -> Tensor {
    Tensor(
      name: name, elementType: .i8, shape: shape,
      quantization: .perChannel(scales: scales, axis: axis), constant: TensorData(steps(scales: scales)))
  }
}

extension Float {
  /// A usable scale: the smallest normal number where the range is so small that it would vanish.
  var asScale: Float { self > .leastNormalMagnitude ? self : .leastNormalMagnitude }
}
