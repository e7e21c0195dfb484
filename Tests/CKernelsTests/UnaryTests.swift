import CKernels
import Foundation
import Statistics
import Testing

/// A function of one number, its reference in f64, and the error that each table promises.
struct UnaryCase: Sendable, CustomStringConvertible {
  let name: String
  let kind: eb_unary
  var p0: Float = 0
  var p1: Float = 0
  /// In units in the last place of the result.
  var ulps: Double = 0.5
  /// Besides: what intermediate results around 1 leave where terms cancel, as a multiple of 2^-24 (1 + |x|).
  var cancellation: Double = 0
  var range: ClosedRange<Float> = -30...30
  let reference: @Sendable (Double) -> Double
  var description: String { name }

  /// The bounds on exp, tanh, erf and log are those of vector-math.h. A composition adds half an ulp for each
  /// operation after them.
  static let all: [UnaryCase] = [
    UnaryCase(name: "relu", kind: EB_UNARY_RELU) { max($0, 0) },
    UnaryCase(name: "clamp", kind: EB_UNARY_CLAMP, p0: -1, p1: 6) { min(max($0, -1), 6) },
    UnaryCase(name: "leaky relu", kind: EB_UNARY_LEAKY_RELU, p0: 0.125) { $0 < 0 ? $0 * 0.125 : $0 },
    UnaryCase(name: "elu", kind: EB_UNARY_ELU, p0: 1, ulps: 2.5) { $0 < 0 ? expm1($0) : $0 },
    UnaryCase(name: "sigmoid", kind: EB_UNARY_SIGMOID, ulps: 4) { 1 / (1 + exp(-$0)) },
    UnaryCase(name: "tanh", kind: EB_UNARY_TANH, ulps: 4) { tanh($0) },
    UnaryCase(name: "hard swish", kind: EB_UNARY_HARD_SWISH, ulps: 2, cancellation: 1) {
      $0 * min(max($0 + 3, 0), 6) / 6
    },
    UnaryCase(name: "silu", kind: EB_UNARY_SILU, ulps: 4.5) { $0 / (1 + exp(-$0)) },
    UnaryCase(name: "hard sigmoid", kind: EB_UNARY_HARD_SIGMOID, p0: 0.25, p1: 0.5, cancellation: 1) {
      min(max(0.25 * $0 + 0.5, 0), 1)
    },
    UnaryCase(name: "gelu", kind: EB_UNARY_GELU, ulps: 4, cancellation: 2) {
      0.5 * $0 * erfc(-$0 * 0.5.squareRoot())
    },
    UnaryCase(name: "gelu tanh", kind: EB_UNARY_GELU_TANH, ulps: 6, cancellation: 3) {
      0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
    },
    UnaryCase(name: "softplus", kind: EB_UNARY_SOFTPLUS, ulps: 5) { max($0, 0) + log1p(exp(-abs($0))) },
    UnaryCase(name: "erf", kind: EB_UNARY_ERF, ulps: 3) { erf($0) },
    UnaryCase(name: "exp", kind: EB_UNARY_EXP, ulps: 1.5) { exp($0) },
    UnaryCase(name: "log", kind: EB_UNARY_LOG, ulps: 2, range: 1e-30...1e30) { log($0) },
    UnaryCase(name: "log near 1", kind: EB_UNARY_LOG, ulps: 2, range: 0.5...2) { log($0) },
    UnaryCase(name: "sqrt", kind: EB_UNARY_SQRT, range: 0...1e6) { $0.squareRoot() },
    UnaryCase(name: "rsqrt", kind: EB_UNARY_RSQRT, ulps: 1.5, range: 1e-6...1e6) { 1 / $0.squareRoot() },
    UnaryCase(name: "square", kind: EB_UNARY_SQUARE) { $0 * $0 },
    UnaryCase(name: "abs", kind: EB_UNARY_ABS) { abs($0) },
    UnaryCase(name: "negate", kind: EB_UNARY_NEGATE) { -$0 },
    UnaryCase(name: "reciprocal", kind: EB_UNARY_RECIPROCAL) { 1 / $0 },
    UnaryCase(name: "floor", kind: EB_UNARY_FLOOR) { $0.rounded(.down) },
    UnaryCase(name: "ceil", kind: EB_UNARY_CEIL) { $0.rounded(.up) },
    UnaryCase(name: "round", kind: EB_UNARY_ROUND) { $0.rounded(.toNearestOrEven) },
    UnaryCase(name: "sign", kind: EB_UNARY_SIGN) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
    UnaryCase(name: "sin", kind: EB_UNARY_SIN, ulps: 1) { sin($0) },
    UnaryCase(name: "cos", kind: EB_UNARY_COS, ulps: 1) { cos($0) },
  ]
}

@Suite struct UnaryTests {
  @Test(arguments: supportedInstructionSets, UnaryCase.all)
  func agreesWithF64(isa: eb_isa, function: UnaryCase) throws {
    var random = SeededGenerator(seed: 48)
    // Every remainder of the vectors' length, then many.
    for count in Array(0...67) + [4096] {
      let input =
        (count == 4096 ? [0, -0.0, 1, -1, 2.5, -2.5] : []).filter(function.range.contains)
        + random.floats(count, in: function.range)
      var output = [Float](repeating: .nan, count: input.count)
      var params = eb_unary_params(
        count: UInt64(input.count), kind: UInt32(function.kind.rawValue), p0: function.p0, p1: function.p1,
        padding: 0)
      kernels(isa).unary_f32(&params, input, &output)
      for (x, y) in zip(input, output) {
        let expected = function.reference(Double(x))
        if expected.isInfinite && Double(y) == expected { continue }
        let bound = function.ulps * ulp(expected) + function.cancellation * 0x1p-24 * (1 + Double(abs(x)))
        try #require(abs(Double(y) - expected) <= bound, "f(\(x)) = \(y), not \(expected)")
      }
    }
  }

  @Test(arguments: supportedInstructionSets) func worksInPlace(isa: eb_isa) {
    var values: [Float] = (0..<37).map { Float($0) - 18 }
    let expected = values.map { max($0, 0) }
    var params = eb_unary_params(count: 37, kind: UInt32(EB_UNARY_RELU.rawValue), p0: 0, p1: 0, padding: 0)
    values.withUnsafeMutableBufferPointer {
      kernels(isa).unary_f32(&params, $0.baseAddress, $0.baseAddress)
    }
    #expect(values == expected)
  }

  @Test(arguments: supportedInstructionSets) func carriesNotANumberAndTheLimits(isa: eb_isa) {
    func apply(_ kind: eb_unary, _ x: Float) -> Float {
      // 16 of them, so that the vector loop is the one that runs.
      let input = [Float](repeating: x, count: 16)
      var output = input
      var params = eb_unary_params(count: 16, kind: UInt32(kind.rawValue), p0: -1, p1: 1, padding: 0)
      kernels(isa).unary_f32(&params, input, &output)
      return output[7]
    }
    for kind in [
      EB_UNARY_RELU, EB_UNARY_CLAMP, EB_UNARY_EXP, EB_UNARY_TANH, EB_UNARY_SIGMOID, EB_UNARY_ERF,
      EB_UNARY_LOG, EB_UNARY_GELU, EB_UNARY_ELU, EB_UNARY_SOFTPLUS,
    ] {
      #expect(apply(kind, .nan).isNaN)
    }
    #expect(apply(EB_UNARY_EXP, 89) == .infinity)
    #expect(apply(EB_UNARY_EXP, .infinity) == .infinity)
    #expect(apply(EB_UNARY_EXP, -.infinity) == 0)
    #expect(apply(EB_UNARY_EXP, -104) == 0)
    #expect(apply(EB_UNARY_EXP, -100) == Float(exp(-100.0)), "subnormal")
    #expect(apply(EB_UNARY_TANH, .infinity) == 1)
    #expect(apply(EB_UNARY_TANH, -.infinity) == -1)
    #expect(apply(EB_UNARY_ERF, -.infinity) == -1)
    #expect(apply(EB_UNARY_SIGMOID, -.infinity) == 0)
    #expect(apply(EB_UNARY_SIGMOID, .infinity) == 1)
    #expect(apply(EB_UNARY_LOG, 0) == -.infinity)
    #expect(apply(EB_UNARY_LOG, -1).isNaN)
    #expect(apply(EB_UNARY_LOG, .infinity) == .infinity)
    #expect(apply(EB_UNARY_SOFTPLUS, 200) == 200)
  }

  @Test func runsAsAnOperator() throws {
    let input = Operand([-1, 2, -3] as [Float])
    let output = Operand(room: 3, of: Float.self)
    var params = eb_unary_params(count: 3, kind: UInt32(EB_UNARY_ABS.rawValue), p0: 0, p1: 0, padding: 0)
    try run(EB_OP_UNARY_F32, params, [input, output])
    #expect(output.elements(Float.self) == [1, 2, 3])
    try expectRefusalOfShortOperands(EB_OP_UNARY_F32, params, [input, output])
    params.kind = 99
    #expect(try !accepts(EB_OP_UNARY_F32, params, [12, 12]))
    params.kind = UInt32(EB_UNARY_ABS.rawValue)
    params.count = 1 << 62  // times four bytes is 0 in 64 bits
    #expect(try !accepts(EB_OP_UNARY_F32, params, [12, 12]))
  }

  @Test func looksUpBytesByTheirBits() throws {
    let table = Operand((0..<256).map { UInt8(255 - $0) })
    let input = Operand([0, -1, 127, -128] as [Int8])
    let output = Operand(room: 4, of: UInt8.self)
    let params = eb_count_params(count: 4)
    try run(EB_OP_LUT_X8, params, [input, table, output])
    #expect(output.elements(UInt8.self) == [255, 0, 128, 127])
    try expectRefusalOfShortOperands(EB_OP_LUT_X8, params, [input, table, output])
  }
}
