import Foundation
import Graph

/// A function of one number with its derivative, given the number and the function's value there.
struct Function {
  let value: @Sendable (Float) -> Float
  let derivative: @Sendable (_ x: Float, _ y: Float) -> Float

  /// - Returns: `nil` for what has no derivative, or none but 0.
  init?(_ unary: Unary) {
    switch unary {
    case .relu: self.init({ max(0, $0) }, { x, _ in x > 0 ? 1 : 0 })
    case .relu6: self.init({ min(6, max(0, $0)) }, { x, _ in x > 0 && x < 6 ? 1 : 0 })
    case .reluN1To1: self.init({ min(1, max(-1, $0)) }, { x, _ in x > -1 && x < 1 ? 1 : 0 })
    case .clamp(let low, let high):
      self.init({ min(high, max(low, $0)) }, { x, _ in x > low && x < high ? 1 : 0 })
    case .leakyRelu(let alpha): self.init({ $0 >= 0 ? $0 : alpha * $0 }, { x, _ in x >= 0 ? 1 : alpha })
    case .elu(let alpha):
      self.init({ $0 >= 0 ? $0 : alpha * expm1(Double($0)).float }, { x, y in x >= 0 ? 1 : y + alpha })
    case .sigmoid: self.init(logistic, { _, y in y * (1 - y) })
    case .tanh: self.init(hyperbolicTangent, { _, y in 1 - y * y })
    case .silu:
      self.init(
        { $0 * logistic($0) },
        { x, _ in
          let s = logistic(x)
          return s * (1 + x * (1 - s))
        })
    case .hardSwish:
      self.init(
        { $0 * min(6, max(0, $0 + 3)) / 6 }, { x, _ in x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6 })
    case .hardSigmoid(let alpha, let beta):
      self.init({ min(1, max(0, alpha * $0 + beta)) }, { _, y in y > 0 && y < 1 ? alpha : 0 })
    case .gelu(approximate: false):
      self.init(
        { x in (0.5 * Double(x) * (1 + Foundation.erf(Double(x) / 2.0.squareRoot()))).float },
        { x, _ in
          let x = Double(x)
          let density = Foundation.exp(-x * x / 2) / (2 * Double.pi).squareRoot()
          return (0.5 * (1 + Foundation.erf(x / 2.0.squareRoot())) + x * density).float
        })
    case .gelu(approximate: true):
      self.init(
        { x in (0.5 * Double(x) * (1 + Foundation.tanh(geluArgument(Double(x))))).float },
        { x, _ in
          let x = Double(x)
          let t = Foundation.tanh(geluArgument(x))
          let slope = (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
          return (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope).float
        })
    case .softplus:
      self.init({ max($0, 0) + log1p(Foundation.exp(-Double($0.magnitude))).float }, { x, _ in logistic(x) })
    case .erf:
      self.init(
        { Foundation.erf(Double($0)).float },
        { x, _ in (2 / Double.pi.squareRoot() * Foundation.exp(-Double(x) * Double(x))).float })
    case .exp: self.init({ Foundation.exp(Double($0)).float }, { _, y in y })
    case .log: self.init({ Foundation.log(Double($0)).float }, { x, _ in 1 / x })
    case .sqrt: self.init({ $0.squareRoot() }, { _, y in 0.5 / y })
    case .rsqrt: self.init({ 1 / $0.squareRoot() }, { x, y in -0.5 * y / x })
    case .square: self.init({ $0 * $0 }, { x, _ in 2 * x })
    case .abs: self.init({ $0.magnitude }, { x, _ in x >= 0 ? 1 : -1 })
    case .negate: self.init({ -$0 }, { _, _ in -1 })
    case .reciprocal: self.init({ 1 / $0 }, { _, y in -y * y })
    case .sin: self.init({ Foundation.sin(Double($0)).float }, { x, _ in Foundation.cos(Double(x)).float })
    case .cos: self.init({ Foundation.cos(Double($0)).float }, { x, _ in -Foundation.sin(Double(x)).float })
    default: return nil
    }
  }

  private init(
    _ value: @escaping @Sendable (Float) -> Float,
    _ derivative: @escaping @Sendable (Float, Float) -> Float
  ) {
    self.value = value
    self.derivative = derivative
  }
}

/// - Source: Hendrycks and Gimpel, arXiv:1606.08415, the approximation by a hyperbolic tangent.
private func geluArgument(_ x: Double) -> Double { (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x) }

/// 1 / (1 + exp(-x)).
func logistic(_ x: Float) -> Float { (1 / (1 + Foundation.exp(-Double(x)))).float }

func hyperbolicTangent(_ x: Float) -> Float { Foundation.tanh(Double(x)).float }

extension Double {
  var float: Float { Float(self) }
}

/// A function element by element.
struct UnaryStep: Step {
  let x, output: TensorID
  let count: Int
  let function: Function

  func forward(_ tape: Tape) {
    let (input, result) = (tape.value(x), tape.result(output))
    for index in 0..<count { result[index] = function.value(input[index]) }
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradient(output), let sum = tape.gradient(x) else { return }
    let (input, result) = (tape.value(x), tape.value(output))
    for index in 0..<count {
      sum[index] += gradient[index] * function.derivative(input[index], result[index])
    }
  }
}
