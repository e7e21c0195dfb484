import CKernels
import Foundation
import Statistics
import Testing

/// Two operands of `shape`, some of whose axes are broadcast, and the strides that say so.
struct BroadcastCase {
  let shape: [Int]
  let strides: [[Int]]
  let counts: [Int]

  init(operands: Int, random: inout SeededGenerator) {
    let shape = random.shape(longest: 7)
    self.shape = shape
    var strides: [[Int]] = []
    var counts: [Int] = []
    for _ in 0..<operands {
      let own = shape.map { random.index(below: 3) == 0 ? 1 : $0 }
      strides.append(zip(denseStrides(own), zip(own, shape)).map { $1.0 == $1.1 ? $0 : 0 })
      counts.append(own.reduce(1, *))
    }
    self.strides = strides
    self.counts = counts
  }

  var count: Int { shape.reduce(1, *) }

  func params(kind: eb_binary, min: Float = -.infinity, max: Float = .infinity) -> eb_binary_params {
    var params = eb_binary_params()
    params.kind = UInt32(kind.rawValue)
    params.rank = UInt32(shape.count)
    params.shape = six(shape.map(UInt64.init))
    params.a_strides = six(strides[0].map(UInt64.init))
    params.b_strides = six(strides[1].map(UInt64.init))
    params.min = min
    params.max = max
    return params
  }

  /// Applies `function` to the elements of two operands, index by index.
  func map<A, B, R>(_ a: [A], _ b: [B], _ function: (A, B) -> R) -> [R] {
    indices(of: shape).map { function(a[offset($0, strides[0])], b[offset($0, strides[1])]) }
  }
}

@Suite struct BinaryTests {
  static let real: [(eb_binary, @Sendable (Double, Double) -> Double)] = [
    (EB_BINARY_ADD, { $0 + $1 }), (EB_BINARY_SUBTRACT, { $0 - $1 }), (EB_BINARY_MULTIPLY, { $0 * $1 }),
    (EB_BINARY_DIVIDE, { $0 / $1 }), (EB_BINARY_MINIMUM, { min($0, $1) }),
    (EB_BINARY_MAXIMUM, { max($0, $1) }), (EB_BINARY_POWER, { pow(abs($0), $1) }),
    (EB_BINARY_FLOOR_DIVIDE, { Double(Float($0) / Float($1)).rounded(.down) }),
    (EB_BINARY_FLOOR_MODULO, { $0 - $1 * ($0 / $1).rounded(.down) }),
    (EB_BINARY_PRELU, { $0 >= 0 ? $0 : $0 * $1 }),
  ]

  @Test(arguments: 0..<real.count) func realArithmeticBroadcastsAndClamps(index: Int) throws {
    let (kind, reference) = Self.real[index]
    var random = SeededGenerator(seed: 56)
    for _ in 0..<60 {
      let broadcast = BroadcastCase(operands: 2, random: &random)
      var a = random.floats(broadcast.counts[0])
      if kind == EB_BINARY_POWER { a = a.map(abs) }
      let b = random.floats(broadcast.counts[1])
      let operands = [Operand(a), Operand(b), Operand(room: broadcast.count, of: Float.self)]
      let params = broadcast.params(kind: kind, min: -2, max: 2)
      try run(EB_OP_BINARY_F32, params, operands)
      try expectRefusalOfShortOperands(EB_OP_BINARY_F32, params, operands)
      let expected = broadcast.map(a, b) { min(max(reference(Double($0), Double($1)), -2), 2) }
      for (y, e) in zip(operands[2].elements(Float.self), expected) {
        // One rounding, of the largest that enters (a remainder is of its operands' size, at most 3); powf is
        // within an ulp.
        try #require(abs(Double(y) - e) <= ulp(kind == EB_BINARY_FLOOR_MODULO ? 3 : e), "\(y), not \(e)")
      }
    }
  }

  @Test(arguments: supportedInstructionSets) func rowsOfEveryStrideAgree(isa: eb_isa) {
    var random = SeededGenerator(seed: 57)
    for count in 0...67 {
      for (sa, sb) in [(1, 1), (1, 0), (0, 1), (0, 0), (2, 3)] {
        let a = random.floats(count * max(sa, 1) + 1)
        let b = random.floats(count * max(sb, 1) + 1)
        var params = eb_binary_params()
        params.kind = UInt32(EB_BINARY_SQUARED_DIFFERENCE.rawValue)
        params.min = -.infinity
        params.max = 4
        var output = [Float](repeating: .nan, count: count)
        kernels(isa).binary_f32_row(&params, count, a, sa, b, sb, &output)
        let expected = (0..<count).map { i in
          let difference = a[i * sa] - b[i * sb]
          return min(difference * difference, 4)
        }
        #expect(output == expected)
      }
    }
  }

  @Test func integersWrapAndNeverTrap() throws {
    let cases: [(eb_binary, Int32, Int32, Int32)] = [
      (EB_BINARY_ADD, .max, 1, .min), (EB_BINARY_SUBTRACT, .min, 1, .max),
      (EB_BINARY_MULTIPLY, 65536, 65536, 0), (EB_BINARY_DIVIDE, -7, 2, -3), (EB_BINARY_DIVIDE, 7, 0, 0),
      (EB_BINARY_DIVIDE, .min, -1, .min), (EB_BINARY_FLOOR_DIVIDE, -7, 2, -4),
      (EB_BINARY_FLOOR_DIVIDE, .min, -1, .min), (EB_BINARY_FLOOR_DIVIDE, 1, 0, 0),
      (EB_BINARY_FLOOR_MODULO, -7, 3, 2), (EB_BINARY_FLOOR_MODULO, 7, -3, -2),
      (EB_BINARY_FLOOR_MODULO, .min, -1, 0), (EB_BINARY_FLOOR_MODULO, 5, 0, 0), (EB_BINARY_POWER, -3, 3, -27),
      (EB_BINARY_POWER, 2, -1, 0), (EB_BINARY_POWER, -1, -3, -1), (EB_BINARY_MINIMUM, -1, 2, -1),
      (EB_BINARY_MAXIMUM, -1, 2, 2), (EB_BINARY_SQUARED_DIFFERENCE, -2, 3, 25),
    ]
    for (kind, a, b, expected) in cases {
      var params = eb_binary_params()
      params.kind = UInt32(kind.rawValue)
      let narrow = [Operand([a]), Operand([b]), Operand(room: 1, of: Int32.self)]
      try run(EB_OP_BINARY_I32, params, narrow)
      #expect(narrow[2].elements(Int32.self) == [expected], "\(kind) of \(a), \(b)")
      let wide = [Operand([Int64(a)]), Operand([Int64(b)]), Operand(room: 1, of: Int64.self)]
      try run(EB_OP_BINARY_I64, params, wide)
      #expect(Int32(truncatingIfNeeded: wide[2].elements(Int64.self)[0]) == expected, "\(kind) of \(a), \(b)")
    }
    var params = eb_binary_params()
    params.kind = UInt32(EB_BINARY_DIVIDE.rawValue)
    let limit = [Operand([Int64.min]), Operand([Int64(-1)]), Operand(room: 1, of: Int64.self)]
    try run(EB_OP_BINARY_I64, params, limit)
    #expect(limit[2].elements(Int64.self) == [.min])
  }

  @Test func integersClampWhereTheBoundsAreInOrder() throws {
    var params = eb_binary_params()
    params.rank = 1
    params.shape.0 = 3
    params.a_strides.0 = 1
    params.out_min = 0
    params.out_max = 6
    let operands = [
      Operand([-5, 1, 9] as [Int32]), Operand([1] as [Int32]), Operand(room: 3, of: Int32.self),
    ]
    try run(EB_OP_BINARY_I32, params, operands)
    #expect(operands[2].elements(Int32.self) == [0, 2, 6])
  }

  @Test func comparisonsGiveBools() throws {
    var random = SeededGenerator(seed: 59)
    let relations: [(eb_binary, (Int, Int) -> Bool)] = [
      (EB_BINARY_EQUAL, { $0 == $1 }), (EB_BINARY_NOT_EQUAL, { $0 != $1 }), (EB_BINARY_LESS, { $0 < $1 }),
      (EB_BINARY_LESS_EQUAL, { $0 <= $1 }), (EB_BINARY_GREATER, { $0 > $1 }),
      (EB_BINARY_GREATER_EQUAL, { $0 >= $1 }),
    ]
    for (kind, relation) in relations {
      for _ in 0..<20 {
        let broadcast = BroadcastCase(operands: 2, random: &random)
        let a = (0..<broadcast.counts[0]).map { _ in random.int(in: -2...2) }
        let b = (0..<broadcast.counts[1]).map { _ in random.int(in: -2...2) }
        let expected = broadcast.map(a, b) { relation($0, $1) ? UInt8(1) : 0 }
        let params = broadcast.params(kind: kind)
        for (op, x, y) in [
          (EB_OP_COMPARE_F32, Operand(a.map(Float.init)), Operand(b.map(Float.init))),
          (EB_OP_COMPARE_I32, Operand(a.map(Int32.init)), Operand(b.map(Int32.init))),
          (EB_OP_COMPARE_I64, Operand(a), Operand(b)),
        ] {
          let operands = [x, y, Operand(room: broadcast.count, of: UInt8.self)]
          try run(op, params, operands)
          #expect(operands[2].elements(UInt8.self) == expected)
          try expectRefusalOfShortOperands(op, params, operands)
        }
      }
    }
  }

  @Test func logicTakesAnyByteThatIsNotZeroAsTrue() throws {
    var params = eb_binary_params()
    params.rank = 1
    params.shape.0 = 4
    params.a_strides.0 = 1
    params.b_strides.0 = 1
    for (kind, expected) in [
      (EB_BINARY_LOGICAL_AND, [0, 0, 0, 1]), (EB_BINARY_LOGICAL_OR, [0, 1, 1, 1]),
      (EB_BINARY_NOT_EQUAL, [0, 1, 1, 0]), (EB_BINARY_EQUAL, [1, 0, 0, 1]),
    ] as [(eb_binary, [UInt8])] {
      params.kind = UInt32(kind.rawValue)
      let operands = [
        Operand([0, 0, 2, 2] as [UInt8]), Operand([0, 1, 0, 1] as [UInt8]), Operand(room: 4, of: UInt8.self),
      ]
      try run(EB_OP_LOGICAL_X8, params, operands)
      #expect(operands[2].elements(UInt8.self) == expected)
    }
  }

  @Test func selectionBroadcasts() throws {
    var random = SeededGenerator(seed: 62)
    for _ in 0..<60 {
      let broadcast = BroadcastCase(operands: 3, random: &random)
      let condition = (0..<broadcast.counts[0]).map { _ in UInt8(random.index(below: 2)) }
      let a = (0..<broadcast.counts[1]).map { _ in UInt8(random.index(below: 256)) }
      let b = (0..<broadcast.counts[2]).map { _ in UInt8(random.index(below: 256)) }
      let expected = indices(of: broadcast.shape).map {
        condition[offset($0, broadcast.strides[0])] != 0
          ? a[offset($0, broadcast.strides[1])] : b[offset($0, broadcast.strides[2])]
      }
      var params = eb_select_params()
      params.rank = UInt32(broadcast.shape.count)
      params.shape = six(broadcast.shape.map(UInt64.init))
      params.condition_strides = six(broadcast.strides[0].map(UInt64.init))
      params.a_strides = six(broadcast.strides[1].map(UInt64.init))
      params.b_strides = six(broadcast.strides[2].map(UInt64.init))
      let bytes = [
        Operand(condition), Operand(a), Operand(b), Operand(room: broadcast.count, of: UInt8.self),
      ]
      try run(EB_OP_SELECT_X8, params, bytes)
      #expect(bytes[3].elements(UInt8.self) == expected)
      try expectRefusalOfShortOperands(EB_OP_SELECT_X8, params, bytes)
      let words = [
        Operand(condition), Operand(a.map(UInt32.init)), Operand(b.map(UInt32.init)),
        Operand(room: broadcast.count, of: UInt32.self),
      ]
      try run(EB_OP_SELECT_X32, params, words)
      #expect(words[3].elements(UInt32.self) == expected.map(UInt32.init))
    }
  }
}
