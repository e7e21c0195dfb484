internal import CKernels
internal import Graph

// Functions of one number that the vector kernels do not have.

extension PlanBuilder {
  /// Adds the step of a function that the C library computes; false where `unary` is none.
  mutating func lowerMath(_ node: Node, _ unary: Unary, _ x: Tensor, count: Int) throws(LoweringError) -> Bool
  {
    guard var parameters = eb_math_params(unary), x.elementType == .f32 || x.elementType == .f64 else {
      return false
    }
    parameters.count = UInt64(count)
    parameters.type = UInt32(x.elementType.rawValue)
    addStep(
      EB_OP_MATH, parameters, [try input(0, of: node), try define(node.outputs[0])],
      reusable: unary.isPredicate ? [] : [0])
    return true
  }
}

extension eb_math_params {
  /// `nil` for functions that vector kernels have.
  init?(_ unary: Unary) {
    self.init()
    let kind: eb_math
    switch unary {
    case .tan: kind = EB_MATH_TAN
    case .asin: kind = EB_MATH_ASIN
    case .acos: kind = EB_MATH_ACOS
    case .atan: kind = EB_MATH_ATAN
    case .sinh: kind = EB_MATH_SINH
    case .cosh: kind = EB_MATH_COSH
    case .asinh: kind = EB_MATH_ASINH
    case .acosh: kind = EB_MATH_ACOSH
    case .atanh: kind = EB_MATH_ATANH
    case .expm1: kind = EB_MATH_EXPM1
    case .log1p: kind = EB_MATH_LOG1P
    case .softsign: kind = EB_MATH_SOFTSIGN
    case .mish: kind = EB_MATH_MISH
    case .celu(let alpha): (kind, p0) = (EB_MATH_CELU, alpha)
    case .selu(let alpha, let gamma): (kind, p0, p1) = (EB_MATH_SELU, alpha, gamma)
    case .thresholdedRelu(let alpha): (kind, p0) = (EB_MATH_THRESHOLDED_RELU, alpha)
    case .shrink(let lambda, let bias): (kind, p0, p1) = (EB_MATH_SHRINK, lambda, bias)
    case .swish(let alpha): (kind, p0) = (EB_MATH_SWISH, alpha)
    case .isNaN: kind = EB_MATH_IS_NAN
    case .isInfinite(let positive, let negative):
      (kind, p0, p1) = (EB_MATH_IS_INFINITE, positive ? 1 : 0, negative ? 1 : 0)
    case .relu, .relu6, .reluN1To1, .clamp, .leakyRelu, .elu, .sigmoid, .tanh, .hardSwish, .silu,
      .hardSigmoid,
      .gelu, .softplus, .erf, .exp, .log, .sqrt, .rsqrt, .square, .abs, .negate, .reciprocal, .floor, .ceil,
      .round, .sign, .sin, .cos, .bitwiseNot, .logicalNot:
      return nil
    }
    self.kind = kind.rawValue
  }
}
