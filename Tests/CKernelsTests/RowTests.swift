import CKernels
import Foundation
import Statistics
import Testing

/// Reductions, softmax and layer normalisation against sums in f64.
@Suite struct RowTests {
  /// Half an ulp of 1: the relative error of one rounding.
  static let u = 0x1p-24

  @Test(arguments: [
    EB_REDUCE_SUM, EB_REDUCE_MEAN, EB_REDUCE_SUM_OF_SQUARES, EB_REDUCE_L2_NORM,
    EB_REDUCE_MAXIMUM, EB_REDUCE_MINIMUM, EB_REDUCE_PRODUCT, EB_REDUCE_ANY, EB_REDUCE_ALL,
  ])
  func reducesAnyAxes(kind: eb_reduction) throws {
    var random = SeededGenerator(seed: 72)
    for _ in 0..<120 {
      let shape = random.shape(rank: 0...6, longest: 4)
      let axes = UInt32(random.index(below: 1 << shape.count))
      let kept = shape.enumerated().map { axes >> $0.offset & 1 == 1 ? 1 : $0.element }
      let outStrides = zip(denseStrides(kept), shape.indices).map { axes >> $1 & 1 == 1 ? 0 : $0 }
      let outCount = kept.reduce(1, *)
      let values = (0..<shape.reduce(1, *)).map { _ in
        random.index(below: 4) == 0 ? 0 : random.float(in: -2...2)
      }
      var groups = [[Double]](repeating: [], count: outCount)
      for (value, index) in zip(values, indices(of: shape)) {
        groups[offset(index, outStrides)].append(Double(value))
      }
      var params = eb_reduce_params()
      params.kind = UInt32(kind.rawValue)
      params.rank = UInt32(shape.count)
      params.shape = six(shape.map(UInt64.init))
      params.axes = axes
      let operands = [Operand(values), Operand(room: outCount, of: Float.self)]
      try run(EB_OP_REDUCE_F32, params, operands)
      try expectRefusalOfShortOperands(EB_OP_REDUCE_F32, params, operands)
      for (y, group) in zip(operands[1].elements(Float.self), groups) {
        let n = Double(group.count)
        let sum = group.reduce(0, +)
        let magnitude = group.reduce(0) { $0 + abs($1) }
        let squares = group.reduce(0) { $0 + $1 * $1 }
        let product = group.reduce(1, *)
        // A sum of n is off by at most n u times the sum of the magnitudes, each further operation by u.
        let (expected, bound): (Double, Double) =
          switch kind {
          case EB_REDUCE_SUM: (sum, n * Self.u * magnitude)
          case EB_REDUCE_MEAN: (sum / n, (n + 1) * Self.u * magnitude / n)
          case EB_REDUCE_SUM_OF_SQUARES: (squares, (n + 1) * Self.u * squares)
          case EB_REDUCE_L2_NORM: (squares.squareRoot(), (n + 2) * Self.u * squares.squareRoot())
          case EB_REDUCE_MAXIMUM: (group.max() ?? -.infinity, 0)
          case EB_REDUCE_MINIMUM: (group.min() ?? .infinity, 0)
          case EB_REDUCE_PRODUCT: (product, n * Self.u * abs(product) + Double(Float.leastNormalMagnitude))
          case EB_REDUCE_ANY: (group.contains { $0 != 0 } ? 1 : 0, 0)
          default: (group.allSatisfy { $0 != 0 } ? 1 : 0, 0)
          }
        try #require(abs(Double(y) - expected) <= bound, "\(shape) axes \(axes): \(y), not \(expected)")
      }
    }
  }

  @Test(arguments: supportedInstructionSets) func rowsOfEveryLengthAgree(isa: eb_isa) {
    var random = SeededGenerator(seed: 73)
    for count in 0...130 {
      let row = random.floats(count)
      let magnitude = row.reduce(0) { $0 + Double(abs($1)) }
      let sum = kernels(isa).reduce_f32_row(UInt32(EB_REDUCE_SUM.rawValue), count, row)
      #expect(abs(Double(sum) - row.reduce(0) { $0 + Double($1) }) <= Double(count) * Self.u * magnitude)
      #expect(
        kernels(isa).reduce_f32_row(UInt32(EB_REDUCE_MAXIMUM.rawValue), count, row) == row.max() ?? -.infinity
      )
      #expect(
        kernels(isa).reduce_f32_row(UInt32(EB_REDUCE_MINIMUM.rawValue), count, row) == row.min() ?? .infinity)
    }
  }

  @Test func integerReductionsWrap() throws {
    var params = eb_reduce_params()
    params.rank = 2
    params.shape = six([2, 3])
    params.axes = 0b10
    for (kind, expected) in [
      (EB_REDUCE_SUM, [Int32.min, 6]), (EB_REDUCE_MEAN, [Int32.min / 3, 2]), (EB_REDUCE_MAXIMUM, [.max, 3]),
      (EB_REDUCE_MINIMUM, [0, 1]), (EB_REDUCE_PRODUCT, [0, 6]), (EB_REDUCE_ANY, [1, 1]),
      (EB_REDUCE_ALL, [0, 1]), (EB_REDUCE_SUM_OF_SQUARES, [2, 14]),
    ] as [(eb_reduction, [Int32])] {
      params.kind = UInt32(kind.rawValue)
      let operands = [Operand([.max, 1, 0, 1, 2, 3] as [Int32]), Operand(room: 2, of: Int32.self)]
      try run(EB_OP_REDUCE_I32, params, operands)
      #expect(operands[1].elements(Int32.self) == expected, "\(kind)")
      try expectRefusalOfShortOperands(EB_OP_REDUCE_I32, params, operands)
    }
  }

  @Test func argumentsAreTheFirstOfEquals() throws {
    var random = SeededGenerator(seed: 74)
    for _ in 0..<100 {
      let shape = random.shape(rank: 1...4)
      let axis = random.index(below: shape.count)
      let inner = shape[(axis + 1)...].reduce(1, *)
      let outer = shape[..<axis].reduce(1, *)
      let values = (0..<shape.reduce(1, *)).map { _ in Int8(random.int(in: -2...2)) }
      for isMax in [true, false] {
        var params = eb_reduce_params()
        params.kind = UInt32((isMax ? EB_REDUCE_ARG_MAX : EB_REDUCE_ARG_MIN).rawValue)
        params.rank = UInt32(shape.count)
        params.shape = six(shape.map(UInt64.init))
        params.axes = 1 << UInt32(axis)
        var expected: [Int32] = []
        for o in 0..<outer {
          for i in 0..<inner {
            let line = (0..<shape[axis]).map { values[(o * shape[axis] + $0) * inner + i] }
            let best = isMax ? line.max() : line.min()
            expected.append(Int32(line.firstIndex { $0 == best } ?? -1))
          }
        }
        let real = [Operand(values.map(Float.init)), Operand(room: expected.count, of: Int32.self)]
        try run(EB_OP_ARG_REDUCE_F32, params, real)
        #expect(real[1].elements(Int32.self) == expected)
        let steps = [Operand(values), Operand(room: expected.count, of: Int32.self)]
        try run(EB_OP_ARG_REDUCE_QS8, params, steps)
        #expect(steps[1].elements(Int32.self) == expected)
        try expectRefusalOfShortOperands(EB_OP_ARG_REDUCE_F32, params, real)
      }
    }
  }

  @Test(arguments: supportedInstructionSets) func softmaxOfEveryLengthAgrees(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 80)
    for count in 1...130 {
      let beta = random.float(in: 0.25...2)
      let row = random.floats(count, in: -20...20)
      var output = [Float](repeating: .nan, count: count)
      kernels(isa).softmax_f32_row(count, beta, row, &output)
      let top = Double(row.max() ?? 0)
      let terms = row.map { exp(Double(beta) * (Double($0) - top)) }
      let sum = terms.reduce(0, +)
      for (y, (x, term)) in zip(output, zip(row, terms)) {
        // The exponent is rounded twice: u of it each, as a relative error of the term; exp adds 3 u, the sum
        // count u, the reciprocal and the product u each.
        let exponent = Double(beta) * (top - Double(x))
        let bound = (2 * exponent + 2 * Double(beta) * 40 + 3 + Double(count) + 2) * Self.u * term / sum
        try #require(abs(Double(y) - term / sum) <= bound + 1e-38)
      }
      var logs = [Float](repeating: .nan, count: count)
      kernels(isa).log_softmax_f32_row(count, row, &logs)
      let logSum = log(row.reduce(0) { $0 + exp(Double($1) - top) })
      for (y, x) in zip(logs, row) {
        let expected = Double(x) - top - logSum
        try #require(
          abs(Double(y) - expected) <= (2 * 40 + Double(count) + 6) * Self.u + 2 * Self.u * abs(expected))
      }
    }
  }

  @Test func softmaxTakesAnyAxis() throws {
    var random = SeededGenerator(seed: 81)
    let (outer, count, stride) = (2, 5, 3)
    let values = random.floats(outer * count * stride)
    let params = eb_softmax_params(
      outer: UInt64(outer), count: UInt64(count), stride: UInt64(stride), beta: 1, in_scale: 0,
      in_zero_point: 0, padding: 0)
    for op in [EB_OP_SOFTMAX_F32, EB_OP_LOG_SOFTMAX_F32] {
      let operands = [Operand(values), Operand(room: values.count, of: Float.self)]
      try run(op, params, operands)
      try expectRefusalOfShortOperands(op, params, operands)
      let output = operands[1].elements(Float.self)
      for o in 0..<outer {
        for i in 0..<stride {
          let line = (0..<count).map { (o * count + $0) * stride + i }
          let sum = line.reduce(0) { $0 + exp(Double(values[$1])) }
          for at in line {
            let expected = exp(Double(values[at])) / sum
            let found = op == EB_OP_SOFTMAX_F32 ? Double(output[at]) : exp(Double(output[at]))
            // |x| <= 3, five terms: 2 * 6 for the exponents, 5 for the sum, 8 for what follows.
            #expect(abs(found - expected) <= 25 * Self.u)
          }
        }
      }
    }
  }

  @Test func softmaxOfLargeNumbersStaysFinite() throws {
    let params = eb_softmax_params(
      outer: 1, count: 3, stride: 1, beta: 1, in_scale: 0, in_zero_point: 0, padding: 0)
    let operands = [Operand([1e30, 1e30, -1e30] as [Float]), Operand(room: 3, of: Float.self)]
    try run(EB_OP_SOFTMAX_F32, params, operands)
    #expect(operands[1].elements(Float.self) == [0.5, 0.5, 0])
  }

  @Test(arguments: supportedInstructionSets) func layerNormOfEveryLengthAgrees(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 88)
    for count in 1...130 {
      let row = random.floats(count)
      let scale = random.floats(count)
      let bias = random.floats(count)
      let epsilon: Float = 1e-3
      let n = Double(count)
      let mean = row.reduce(0) { $0 + Double($1) } / n
      let variance = row.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / n
      let factor = 1 / (variance + Double(epsilon)).squareRoot()
      for (hasScale, hasBias) in [(true, true), (true, false), (false, true), (false, false)] {
        var output = [Float](repeating: .nan, count: count)
        scale.withUnsafeBufferPointer { scales in
          bias.withUnsafeBufferPointer { biases in
            kernels(isa).layer_norm_f32_row(
              count, epsilon, row, hasScale ? scales.baseAddress : nil, hasBias ? biases.baseAddress : nil,
              &output)
          }
        }
        for i in 0..<count {
          let s = hasScale ? Double(scale[i]) : 1
          let b = hasBias ? Double(bias[i]) : 0
          let expected = (Double(row[i]) - mean) * factor * s + b
          // The mean is off by n u 3; that, and the n + 4 roundings of the variance, grow by the factor.
          let bound =
            ((n + 2) * 3 * 2 + 3) * Self.u * factor * abs(s)
            + (n + 8) * Self.u * abs(expected - b) + 2 * Self.u * (abs(expected) + abs(b))
          try #require(abs(Double(output[i]) - expected) <= bound)
        }
      }
    }
  }

  @Test func layerNormRefusesWhatItCannotHold() throws {
    let params = eb_layer_norm_params(rows: 2, count: 4, epsilon: 0, has_scale: 1, has_bias: 1, padding: 0)
    #expect(try accepts(EB_OP_LAYER_NORM_F32, params, [32, 16, 16, 32]))
    #expect(try !accepts(EB_OP_LAYER_NORM_F32, params, [32, 16, 32]))
    #expect(try !accepts(EB_OP_LAYER_NORM_F32, params, [32, 15, 16, 32]))
    #expect(try !accepts(EB_OP_LAYER_NORM_F32, params, [32, 16, 15, 32]))
    #expect(try !accepts(EB_OP_LAYER_NORM_F32, params, [31, 16, 16, 32]))
    #expect(try !accepts(EB_OP_LAYER_NORM_F32, params, [32, 16, 16, 31]))
  }

  @Test func layerNormRunsAsAnOperator() throws {
    let operands = [
      Operand([1, 3, 10, 30] as [Float]), Operand([2, 1] as [Float]), Operand([0, 5] as [Float]),
      Operand(room: 4, of: Float.self),
    ]
    let params = eb_layer_norm_params(rows: 2, count: 2, epsilon: 0, has_scale: 1, has_bias: 1, padding: 0)
    try run(EB_OP_LAYER_NORM_F32, params, operands)
    #expect(operands[3].elements(Float.self) == [-2, 6, -2, 6])
  }
}
