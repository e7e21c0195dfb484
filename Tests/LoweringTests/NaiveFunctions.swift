import Foundation
import Graph

extension Activation {
  func apply(_ x: Double) -> Double {
    switch self {
    case .none: x
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .reluN1To1: min(max(x, -1), 1)
    case .tanh: Foundation.tanh(x)
    case .signBit: x.sign == .minus ? 1 : 0
    }
  }
}

extension Unary {
  /// The functions that the tests use.
  func apply(_ x: Double) -> Double {
    switch self {
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .reluN1To1: min(max(x, -1), 1)
    case .clamp(let lower, let upper): min(max(x, Double(lower)), Double(upper))
    case .leakyRelu(let alpha): x >= 0 ? x : x * Double(alpha)
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    case .tanh: Foundation.tanh(x)
    case .hardSwish: x * min(max(x + 3, 0), 6) / 6
    case .silu: x / (1 + Foundation.exp(-x))
    case .square: x * x
    case .sqrt: x.squareRoot()
    case .rsqrt: 1 / x.squareRoot()
    case .erf: Foundation.erf(x)
    case .abs: Swift.abs(x)
    case .negate: -x
    case .tan: Foundation.tan(x)
    case .asin: Foundation.asin(x)
    case .acos: Foundation.acos(x)
    case .atan: Foundation.atan(x)
    case .sinh: Foundation.sinh(x)
    case .cosh: Foundation.cosh(x)
    case .asinh: Foundation.asinh(x)
    case .acosh: Foundation.acosh(x)
    case .atanh: Foundation.atanh(x)
    case .expm1: Foundation.expm1(x)
    case .log1p: Foundation.log1p(x)
    case .softsign: x / (1 + Swift.abs(x))
    case .mish: x * Foundation.tanh(Foundation.log(1 + Foundation.exp(x)))
    case .celu(let alpha): max(0, x) + min(0, Double(alpha) * (Foundation.exp(x / Double(alpha)) - 1))
    case .selu(let alpha, let gamma):
      Double(gamma) * (x > 0 ? x : Double(alpha) * Foundation.exp(x) - Double(alpha))
    case .thresholdedRelu(let alpha): x > Double(alpha) ? x : 0
    case .shrink(let lambda, let bias):
      x < -Double(lambda) ? x + Double(bias) : x > Double(lambda) ? x - Double(bias) : 0
    case .swish(let alpha): x / (1 + Foundation.exp(-Double(alpha) * x))
    default: preconditionFailure("the naive evaluator does not know \(self)")
    }
  }
}

extension Binary {
  func apply(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: max(a, b)
    case .minimum: min(a, b)
    case .squaredDifference: (a - b) * (a - b)
    case .truncatedModulo: fmod(a, b)
    case .arcTangent: atan2(a, b)
    case .prelu: a >= 0 ? a : a * b
    default: preconditionFailure("the naive evaluator does not know \(self)")
    }
  }
}

extension PadMode {
  /// The element that position `at`, counted from the tensor's first one, shows.
  func source(of at: Int, extent: Int) -> Int {
    switch self {
    case .constant: at
    case .edge: min(max(at, 0), extent - 1)
    case .reflect: at < 0 ? -at : at >= extent ? 2 * (extent - 1) - at : at
    case .wrap: (at + extent) % extent
    case .symmetric: at < 0 ? -at - 1 : at >= extent ? 2 * extent - 1 - at : at
    }
  }
}
