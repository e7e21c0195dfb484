import CKernels
import Foundation
import Statistics
import Testing

/// Int8 operators that pack nothing, on each instruction set in turn.
@Suite(.serialized) struct QS8OperatorTests {
  /// Runs `body` with `isa` in use.
  private func using(_ isa: eb_isa, _ body: () throws -> Void) throws {
    let before = eb_isa_current()
    try #require(eb_isa_select(isa))
    defer { _ = eb_isa_select(before) }
    try body()
  }

  private func result<Params>(_ op: eb_op, _ params: Params, _ inputs: [[Int8]], count: Int) throws -> [Int8]
  {
    let output = Operand(room: count, of: Int8.self)
    let operands = inputs.map { Operand($0) } + [output]
    try run(op, params, operands)
    try expectRefusalOfShortOperands(op, params, operands)
    return output.elements(Int8.self)
  }

  // MARK: Pooling

  private func randomPool(_ random: inout SeededGenerator) -> eb_pool2d_params {
    var p = eb_pool2d_params()
    p.batch = UInt32(random.int(in: 1...2))
    (p.in_height, p.in_width) = (UInt32(random.int(in: 1...9)), UInt32(random.int(in: 1...9)))
    p.channels = UInt32(random.int(in: 1...140))
    (p.window_height, p.window_width) = (UInt32(random.int(in: 1...4)), UInt32(random.int(in: 1...4)))
    (p.stride_height, p.stride_width) = (UInt32(random.int(in: 1...3)), UInt32(random.int(in: 1...3)))
    p.pad_top = UInt32(random.index(below: Int(p.window_height)))
    p.pad_left = UInt32(random.index(below: Int(p.window_width)))
    p.out_height = (p.in_height + p.pad_top - 1) / p.stride_height + 1
    p.out_width = (p.in_width + p.pad_left - 1) / p.stride_width + 1
    p.counts_padding = UInt32(random.index(below: 2))
    p.in_zero_point = Int32(random.int(in: -128...127))
    p.out_zero_point = Int32(random.int(in: -128...127))
    (p.out_min, p.out_max) = (Int32(random.int(in: -128 ... -1)), Int32(random.int(in: 0...127)))
    p.scale = random.float(in: 0.3...2)
    return p
  }

  /// The input's steps under each output's window, outputs in order.
  private func windows(_ p: eb_pool2d_params, _ input: [Int8]) -> [[Int]] {
    var result: [[Int]] = []
    let (height, width, channels) = (Int(p.in_height), Int(p.in_width), Int(p.channels))
    for n in 0..<Int(p.batch) {
      for y in 0..<Int(p.out_height) {
        for x in 0..<Int(p.out_width) {
          let (top, left) = (
            y * Int(p.stride_height) - Int(p.pad_top), x * Int(p.stride_width) - Int(p.pad_left)
          )
          let rows = (top..<top + Int(p.window_height)).filter { (0..<height).contains($0) }
          let columns = (left..<left + Int(p.window_width)).filter { (0..<width).contains($0) }
          for c in 0..<channels {
            result.append(
              rows.flatMap { row in
                columns.map { Int(input[((n * height + row) * width + $0) * channels + c]) }
              })
          }
        }
      }
    }
    return result
  }

  @Test(arguments: int8InstructionSets) func poolingIsTheDefinition(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 41)
    try using(isa) {
      for index in 0..<40 {
        let p = randomPool(&random)
        let input = random.steps(Int(p.batch * p.in_height * p.in_width * p.channels))
        let windows = windows(p, input)
        let range = p.out_min...p.out_max
        let maxima = windows.map {
          Int8(min(max($0.max() ?? -128, Int(range.lowerBound)), Int(range.upperBound)))
        }
        let pooled = try result(EB_OP_MAX_POOL2D_QS8, p, [input], count: windows.count)
        #expect(pooled == maxima, "seed 41, case \(index)")
        let whole = Int(p.window_height * p.window_width)
        let means = windows.map { window -> Int8 in
          let sum = window.reduce(0) { $0 + $1 - Int(p.in_zero_point) }
          let divisor = p.counts_padding != 0 ? whole : window.count
          return step(Float(sum) * (divisor == 0 ? 0 : p.scale / Float(divisor)), p.out_zero_point, range)
        }
        let averaged = try result(EB_OP_AVERAGE_POOL2D_QS8, p, [input], count: windows.count)
        #expect(averaged == means, "seed 41, case \(index)")
      }
    }
  }

  // MARK: Sums and products

  private func randomBinary(_ kind: eb_binary, _ random: inout SeededGenerator) -> eb_binary_params {
    var p = eb_binary_params()
    p.kind = kind.rawValue
    (p.a_scale, p.b_scale) = (random.float(in: 0.01...0.2), random.float(in: 0.01...0.2))
    p.out_scale = kind == EB_BINARY_MULTIPLY ? 20 * p.a_scale * p.b_scale : random.float(in: 0.05...0.3)
    p.a_zero_point = Int32(random.int(in: -128...127))
    p.b_zero_point = Int32(random.int(in: -128...127))
    p.out_zero_point = Int32(random.int(in: -128...127))
    (p.out_min, p.out_max) = (Int32(random.int(in: -128 ... -1)), Int32(random.int(in: 0...127)))
    return p
  }

  /// The exact result in steps before rounding.
  private func exact(_ p: eb_binary_params, _ a: Int8, _ b: Int8) -> Double {
    let (x, y) = (
      Double(p.a_scale) * Double(Int32(a) - p.a_zero_point),
      Double(p.b_scale) * Double(Int32(b) - p.b_zero_point)
    )
    switch eb_binary(rawValue: p.kind) {
    case EB_BINARY_ADD: return (x + y) / Double(p.out_scale)
    case EB_BINARY_SUBTRACT: return (x - y) / Double(p.out_scale)
    default: return x * y / Double(p.out_scale)
    }
  }

  /// Whether `result` is `exact` rounded; at a tie either way, as f32 arithmetic may see it on one side or another.
  private func isRounded(_ result: Int8, _ exact: Double, _ p: eb_binary_params) -> Bool {
    // Scales, products and sums of at most 2^13 steps round in f32: 4 roundings.
    let slack = 4 * 0x1p-24 * 0x1p13
    let lower = (exact - slack).rounded(.toNearestOrEven)
    let upper = (exact + slack).rounded(.toNearestOrEven)
    return [lower, upper].contains { step(Float($0), p.out_zero_point, p.out_min...p.out_max) == result }
  }

  @Test(arguments: int8InstructionSets, [EB_BINARY_ADD, EB_BINARY_SUBTRACT, EB_BINARY_MULTIPLY])
  func everyCountOfElementsIsRoundedRealArithmetic(isa: eb_isa, kind: eb_binary) throws {
    var random = SeededGenerator(seed: 42)
    for count in 1...140 {
      var p = randomBinary(kind, &random)
      p.rank = 1
      p.shape = six([UInt64(count)])
      (p.a_strides, p.b_strides) = (six([1]), six([1]))
      let (a, b) = (random.steps(count), random.steps(count))
      var fast: [Int8] = []
      var scalar: [Int8] = []
      try using(isa) { fast = try result(EB_OP_BINARY_QS8, p, [a, b], count: count) }
      try using(EB_ISA_SCALAR) { scalar = try result(EB_OP_BINARY_QS8, p, [a, b], count: count) }
      #expect(fast == scalar, "seed 42, \(count) elements")
      #expect(zip(fast, zip(a, b)).allSatisfy { isRounded($0, exact(p, $1.0, $1.1), p) }, "seed 42, \(count)")
    }
  }

  @Test(arguments: int8InstructionSets, [EB_BINARY_ADD, EB_BINARY_SUBTRACT, EB_BINARY_MULTIPLY])
  func anyBroadcastIsRoundedRealArithmetic(isa: eb_isa, kind: eb_binary) throws {
    var random = SeededGenerator(seed: 43)
    try using(isa) {
      for trial in 0..<60 {
        let shape = random.shape(rank: 0...4, longest: 6)
        var p = randomBinary(kind, &random)
        p.rank = UInt32(shape.count)
        p.shape = six(shape.map { UInt64($0) })
        // Each operand has every axis, or repeats along it.
        let lengths = (0..<2).map { _ in shape.map { random.index(below: 3) == 0 ? 1 : $0 } }
        let strides = lengths.map { lengths in
          zip(denseStrides(lengths), zip(lengths, shape)).map { $1.0 == $1.1 ? $0 : 0 }
        }
        (p.a_strides, p.b_strides) = (six(strides[0].map { UInt64($0) }), six(strides[1].map { UInt64($0) }))
        let operands = lengths.map { random.steps($0.reduce(1, *)) }
        let indices = indices(of: shape)
        let output = try result(EB_OP_BINARY_QS8, p, operands, count: indices.count)
        let areRounded = zip(indices, output).allSatisfy { index, element in
          let (a, b) = (operands[0][offset(index, strides[0])], operands[1][offset(index, strides[1])])
          return isRounded(element, exact(p, a, b), p)
        }
        #expect(areRounded, "seed 43, case \(trial): \(shape)")
      }
    }
  }

  // MARK: Mean and softmax

  @Test(arguments: int8InstructionSets) func meanOverAnyAxesIsTheDefinition(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 44)
    try using(isa) {
      for index in 0..<80 {
        let isLong = index % 8 == 0
        let shape = random.shape(rank: 1...(isLong ? 3 : 5), longest: isLong ? 20 : 5)
        var p = eb_reduce_params()
        p.kind = EB_REDUCE_MEAN.rawValue
        p.rank = UInt32(shape.count)
        p.shape = six(shape.map { UInt64($0) })
        p.axes = UInt32(random.index(below: 1 << shape.count))
        p.in_zero_point = Int32(random.int(in: -128...127))
        p.out_zero_point = Int32(random.int(in: -128...127))
        p.scale = random.float(in: 0.5...2)
        let isReduced = shape.indices.map { p.axes >> UInt32($0) & 1 == 1 }
        let kept = zip(shape, isReduced).map { $1 ? 1 : $0 }
        let count = kept.reduce(1, *)
        let input = random.steps(shape.reduce(1, *))
        var sums = Array(repeating: 0, count: count)
        for (position, element) in zip(indices(of: shape), input) {
          let target = zip(position, isReduced).map { $1 ? 0 : $0 }
          sums[offset(target, denseStrides(kept))] += Int(element) - Int(p.in_zero_point)
        }
        let factor = p.scale / Float(input.count / count)
        let expected = sums.map { step(Float($0) * factor, p.out_zero_point, -128...127) }
        let means = try result(EB_OP_REDUCE_MEAN_QS8, p, [input], count: count)
        #expect(means == expected, "seed 44, case \(index): \(shape), axes \(p.axes)")
      }
    }
  }

  @Test func softmaxIsWithinAStepOfTheRealOne() throws {
    var random = SeededGenerator(seed: 45)
    for index in 0..<60 {
      var p = eb_softmax_params()
      (p.outer, p.count, p.stride) = (
        UInt64(random.int(in: 1...4)), UInt64(random.int(in: 1...60)), UInt64(random.int(in: 1...3))
      )
      p.beta = random.float(in: 0.5...1.5)
      p.in_scale = random.float(in: 0.01...0.3)
      let (count, stride) = (Int(p.count), Int(p.stride))
      let input = random.steps(Int(p.outer) * count * stride)
      let output = try result(EB_OP_SOFTMAX_QS8, p, [input], count: input.count)
      for o in 0..<Int(p.outer) {
        for s in 0..<stride {
          let places = (0..<count).map { (o * count + $0) * stride + s }
          let powers = places.map { exp(Double(p.in_scale * p.beta) * Double(input[$0])) }
          let sum = powers.reduce(0, +)
          // Half a step of rounding; the rest is f32's, which moves a result only across a tie.
          let areClose = zip(places, powers).allSatisfy { place, power in
            abs(Double(output[place]) - min(256 * power / sum - 128, 127)) <= 0.5 + 1e-3
          }
          #expect(areClose, "seed 45, case \(index)")
        }
      }
    }
  }
}
