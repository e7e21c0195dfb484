import Graph

/// A function of two numbers and its partial derivatives.
struct BinaryRule {
  let value: @Sendable (Float, Float) -> Float
  let byA: @Sendable (Float, Float) -> Float
  let byB: @Sendable (Float, Float) -> Float

  /// - Returns: `nil` for functions without a useful derivative.
  init?(_ binary: Binary) {
    switch binary {
    case .add: self.init({ $0 + $1 }, { _, _ in 1 }, { _, _ in 1 })
    case .subtract: self.init({ $0 - $1 }, { _, _ in 1 }, { _, _ in -1 })
    case .multiply: self.init({ $0 * $1 }, { $1 }, { a, _ in a })
    case .divide: self.init({ $0 / $1 }, { 1 / $1 }, { -$0 / ($1 * $1) })
    case .minimum: self.init({ min($0, $1) }, { $0 <= $1 ? 1 : 0 }, { $0 <= $1 ? 0 : 1 })
    case .maximum: self.init({ max($0, $1) }, { $0 >= $1 ? 1 : 0 }, { $0 >= $1 ? 0 : 1 })
    case .squaredDifference:
      self.init({ ($0 - $1) * ($0 - $1) }, { 2 * ($0 - $1) }, { 2 * ($1 - $0) })
    case .prelu:
      self.init({ $0 >= 0 ? $0 : $1 * $0 }, { $0 >= 0 ? 1 : $1 }, { a, _ in a >= 0 ? 0 : a })
    default: return nil
    }
  }

  private init(
    _ value: @escaping @Sendable (Float, Float) -> Float, _ byA: @escaping @Sendable (Float, Float) -> Float,
    _ byB: @escaping @Sendable (Float, Float) -> Float
  ) {
    self.value = value
    self.byA = byA
    self.byB = byB
  }
}

/// Two tensors element by element, broadcast: the gradient of a repeated element is the sum over its repetitions.
struct BinaryStep: Step {
  let a, b, output: TensorID
  let rule: BinaryRule
  let activation: Activation
  let walk: BroadcastWalk

  func forward(_ tape: Tape) {
    let (x, y, result) = (tape.value(a), tape.value(b), tape.result(output))
    for index in 0..<walk.count {
      result[index] = rule.value(x[walk.aIndices[index]], y[walk.bIndices[index]])
    }
    activation.apply(to: result, count: walk.count)
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradientBeforeActivation(output, activation, count: walk.count) else { return }
    let (x, y) = (tape.value(a), tape.value(b))
    if let sum = tape.gradient(a) {
      for index in 0..<walk.count {
        let (i, j) = (walk.aIndices[index], walk.bIndices[index])
        sum[i] += gradient[index] * rule.byA(x[i], y[j])
      }
    }
    if let sum = tape.gradient(b) {
      for index in 0..<walk.count {
        let (i, j) = (walk.aIndices[index], walk.bIndices[index])
        sum[j] += gradient[index] * rule.byB(x[i], y[j])
      }
    }
  }
}
