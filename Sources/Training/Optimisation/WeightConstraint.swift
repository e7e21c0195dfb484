import Graph

/// What a parameter is seen as while it trains; the gradient goes straight through to the number behind it.
public enum WeightConstraint: Sendable, Hashable {
  /// As steps of a symmetric quantizer of `bits`, one scale for each index along `axis`.
  ///
  /// - Source: Krishnamoorthi, arXiv:1806.08342, section 3: what the finished model will compute with.
  case quantized(bits: Int, axis: Int)
  /// As 0 where the mask is false; such elements do not change.
  case masked([Bool])

  /// - Parameter values: Of a parameter of `shape`, changed in place.
  func apply(to values: UnsafeMutablePointer<Float>, _ shape: Shape) {
    switch self {
    case .masked(let mask): for i in mask.indices where !mask[i] { values[i] = 0 }
    case .quantized(let bits, let axis):
      let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
      let channels = shape[axis]
      let count = shape.elementCount ?? 0
      let most = Float((1 << (bits - 1)) - 1)
      var scales = [Float](repeating: 0, count: channels)
      for i in 0..<count {
        scales[i / inner % channels] = max(scales[i / inner % channels], values[i].magnitude)
      }
      for i in 0..<count {
        let scale = scales[i / inner % channels] / most
        if scale > 0 { values[i] = (values[i] / scale).rounded() * scale }
      }
    }
  }

  /// What is left of the gradient.
  func mask(_ gradient: UnsafeMutablePointer<Float>) {
    guard case .masked(let mask) = self else { return }
    for i in mask.indices where !mask[i] { gradient[i] = 0 }
  }
}
