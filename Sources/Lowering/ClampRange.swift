internal import Graph

/// The bounds that a result is clamped to.
struct ClampRange: Sendable, Hashable {
  var lower = -Float.infinity
  var upper = Float.infinity

  static let unbounded = ClampRange()

  init(_ lower: Float = -.infinity, _ upper: Float = .infinity) {
    self.lower = lower
    self.upper = upper
  }

  /// The range of an activation that only clamps; `nil` for others.
  init?(_ activation: Activation) {
    switch activation {
    case .none: self = .unbounded
    case .relu: self.init(0)
    case .relu6: self.init(0, 6)
    case .reluN1To1: self.init(-1, 1)
    case .tanh, .signBit: return nil
    }
  }

  /// The range of a function that only clamps; `nil` for others.
  init?(_ unary: Unary) {
    switch unary {
    case .relu: self.init(0)
    case .relu6: self.init(0, 6)
    case .reluN1To1: self.init(-1, 1)
    case .clamp(let lower, let upper) where lower <= upper: self.init(lower, upper)
    default: return nil
    }
  }

  /// Clamping to this range and then to `next`, as one range.
  func then(_ next: ClampRange) -> ClampRange {
    ClampRange(
      Swift.min(Swift.max(lower, next.lower), next.upper), Swift.max(Swift.min(upper, next.upper), next.lower)
    )
  }

  /// The range in steps of a signed 8-bit tensor.
  func steps(scale: Float, zeroPoint: Int32) -> (lower: Int32, upper: Int32) {
    func step(_ real: Float) -> Int32 {
      let step = (real / scale).rounded(.toNearestOrAwayFromZero) + Float(zeroPoint)
      return step <= -128 ? -128 : step >= 127 ? 127 : Int32(step)
    }
    return (step(lower), step(upper))
  }
}
