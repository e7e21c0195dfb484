/// How a step of training changes the parameters.
public enum Optimizer: Sendable, Hashable, Codable {
  /// Stochastic gradient descent: `v = momentum * v + g`, `w -= rate * v`; with `decay * w` added to the gradient.
  case sgd(momentum: Float, decay: Float)
  /// Adam with decoupled weight decay.
  ///
  /// - Source: Loshchilov and Hutter, arXiv:1711.05101, algorithm 2; epsilon 1e-8.
  case adamW(beta1: Float = 0.9, beta2: Float = 0.999, decay: Float = 0.01)

  /// Lists as long as the parameters that it keeps between steps.
  var momentCount: Int {
    switch self {
    case .sgd: 1
    case .adamW: 2
    }
  }

  /// One step.
  ///
  /// - Parameters:
  ///   - step: Counted from 1.
  ///   - decays: For each parameter 1 where weight decay holds, 0 for biases and scales.
  ///   - moments: ``momentCount`` lists, zeros before the first step.
  func apply(
    step: Int, rate: Float, gradients: UnsafePointer<Float>, decays: UnsafePointer<Float>,
    moments: [FloatMemory], to values: FloatMemory
  ) {
    let (w, count) = (values.start, values.count)
    switch self {
    case .sgd(let momentum, let decay):
      let v = moments[0].start
      for i in 0..<count {
        v[i] = momentum * v[i] + gradients[i] + decay * decays[i] * w[i]
        w[i] -= rate * v[i]
      }
    case .adamW(let beta1, let beta2, let decay):
      let (m, v) = (moments[0].start, moments[1].start)
      let first = 1 - power(beta1, step)
      let second = 1 - power(beta2, step)
      for i in 0..<count {
        m[i] = beta1 * m[i] + (1 - beta1) * gradients[i]
        v[i] = beta2 * v[i] + (1 - beta2) * gradients[i] * gradients[i]
        let change = (m[i] / first) / ((v[i] / second).squareRoot() + 1e-8)
        w[i] -= rate * (change + decay * decays[i] * w[i])
      }
    }
  }

  /// By multiplication, so that the result is the same everywhere.
  private func power(_ base: Float, _ exponent: Int) -> Float {
    var result = 1.0
    var factor = Double(base)
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return Float(result)
  }
}
