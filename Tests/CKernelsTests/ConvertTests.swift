import CKernels
import Foundation
import Statistics
import Testing

@Suite struct ConvertTests {
  static func params(
    _ from: eb_type, _ to: eb_type, count: Int, fromScale: Float = 0, fromZeroPoint: Int32 = 0,
    toScale: Float = 0, toZeroPoint: Int32 = 0
  ) -> eb_convert_params {
    eb_convert_params(
      outer: 1, channels: 1, inner: UInt64(count), from: UInt32(from.rawValue), to: UInt32(to.rawValue),
      from_scale: fromScale, to_scale: toScale, from_zero_point: fromZeroPoint, to_zero_point: toZeroPoint,
      has_scales: 0, overflows: 0, half_to_even: 0, padding: 0)
  }

  static func convert<A: BitwiseCopyable, B: BitwiseCopyable>(
    _ values: [A], _ from: eb_type, to: eb_type, as type: B.Type, count: Int? = nil, bytes: Int? = nil
  ) throws -> [B] {
    let count = count ?? values.count
    let operands = [
      Operand(values), bytes.map { Operand(byteCount: $0) } ?? Operand(room: count, of: B.self),
    ]
    let params = Self.params(from, to, count: count)
    try run(EB_OP_CONVERT, params, operands)
    try expectRefusalOfShortOperands(EB_OP_CONVERT, params, operands)
    return operands[1].elements(B.self)
  }

  @Test func everyHalfWidensAsSwiftsFloat16() throws {
    #if !arch(x86_64) || os(Linux)
      let halves = (0...UInt16.max).map { $0 }
      let wide = try Self.convert(halves, EB_F16, to: EB_F32, as: Float.self)
      for (half, x) in zip(halves, wide) {
        let expected = Float(Float16(bitPattern: half))
        try #require(x.bitPattern == expected.bitPattern || (x.isNaN && expected.isNaN))
      }
    #endif
  }

  @Test(arguments: supportedInstructionSets) func narrowingRoundsHalfToEven(isa: eb_isa) {
    var random = SeededGenerator(seed: 112)
    // Every half, the midpoint above it, and that one step on either side; then anything.
    var values: [Float] = (0...UInt16.max).flatMap { half -> [Float] in
      let x = Float(Float16(bitPattern: half))
      let next = Float(Float16(bitPattern: half &+ 1))
      let middle = x + (next - x) / 2
      return [x, middle, middle.nextUp, middle.nextDown]
    }
    values += (0..<100_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    values += [65519.996, 65520, -65520, .infinity, -.infinity, 1e-8, 2.9802322e-8, 2.9802326e-8]
    var halves = [UInt16](repeating: 0, count: values.count)
    kernels(isa).f32_to_f16(values.count, values, &halves)
    let wrong = zip(values, halves).first { x, half in
      x.isNaN ? !Float16(bitPattern: half).isNaN : Float16(x).bitPattern != half
    }
    #expect(wrong == nil)
  }

  @Test func narrowingF64RoundsOnce() throws {
    // Just above the midpoint of 1 and the next half: by way of f32 it would round to the midpoint, then to 1.
    let midpoint = 1 + 0x1p-11
    let values = [
      midpoint, midpoint + 0x1p-40, midpoint - 0x1p-40, -midpoint - 0x1p-40, 65519.9999999, 1e300,
    ]
    let halves = try Self.convert(values, EB_F64, to: EB_F16, as: UInt16.self)
    #expect(halves == values.map { Float16($0).bitPattern })
  }

  @Test func castsOfRealsSaturateAndTakeNotANumberAsZero() throws {
    let values: [Float] = [0, 1.9, -1.9, 300, -300, 1e30, -1e30, .infinity, -.infinity, .nan]
    #expect(
      try Self.convert(values, EB_F32, to: EB_I8, as: Int8.self) == [
        0, 1, -1, 127, -128, 127, -128, 127, -128, 0,
      ])
    #expect(
      try Self.convert(values, EB_F32, to: EB_U8, as: UInt8.self) == [0, 1, 0, 255, 0, 255, 0, 255, 0, 0])
    #expect(
      try Self.convert(values, EB_F32, to: EB_I32, as: Int32.self) == [
        0, 1, -1, 300, -300, .max, .min, .max, .min, 0,
      ])
    #expect(
      try Self.convert(values, EB_F32, to: EB_I64, as: Int64.self) == [
        0, 1, -1, 300, -300, .max, .min, .max, .min, 0,
      ])
    #expect(
      try Self.convert(values, EB_F32, to: EB_U64, as: UInt64.self) == [0, 1, 0, 300, 0, .max, 0, .max, 0, 0])
    #expect(
      try Self.convert(values, EB_F32, to: EB_U32, as: UInt32.self) == [0, 1, 0, 300, 0, .max, 0, .max, 0, 0])
    #expect(try Self.convert(values, EB_F32, to: EB_BOOL, as: UInt8.self) == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
  }

  @Test func integersKeepTheirLowBits() throws {
    let values: [Int64] = [0, -1, 127, 128, 255, 256, .max, .min, 1 << 31]
    #expect(
      try Self.convert(values, EB_I64, to: EB_I8, as: Int8.self)
        == values.map { Int8(truncatingIfNeeded: $0) })
    #expect(
      try Self.convert(values, EB_I64, to: EB_U16, as: UInt16.self)
        == values.map { UInt16(truncatingIfNeeded: $0) })
    #expect(
      try Self.convert(values, EB_I64, to: EB_I32, as: Int32.self)
        == values.map { Int32(truncatingIfNeeded: $0) })
    #expect(try Self.convert(values, EB_I64, to: EB_F32, as: Float.self) == values.map { Float($0) })
    #expect(try Self.convert(values, EB_I64, to: EB_F64, as: Double.self) == values.map { Double($0) })
    #expect(
      try Self.convert(values, EB_U64, to: EB_F32, as: Float.self)
        == values.map { Float(UInt64(bitPattern: $0)) })
    #expect(
      try Self.convert([-5, 7] as [Int16], EB_I16, to: EB_U32, as: UInt32.self) == [UInt32.max - 4, 7])
    #expect(try Self.convert([0, 3] as [UInt8], EB_BOOL, to: EB_F32, as: Float.self) == [0, 1])
    #expect(try Self.convert([0, 2, -1] as [Int32], EB_I32, to: EB_BOOL, as: UInt8.self) == [0, 1, 1])
  }

  @Test(
    arguments: supportedInstructionSets,
    [FloatingPointRoundingRule.toNearestOrAwayFromZero, .toNearestOrEven])
  func quantizesHalvesByTheRule(isa: eb_isa, rule: FloatingPointRoundingRule) {
    var random = SeededGenerator(seed: 113)
    let scale: Float = 0.5
    var values: [Float] = (-300...300).map { Float($0) * 0.25 }  // every half step
    values += (-300...300).flatMap { [(Float($0) * 0.25).nextUp, (Float($0) * 0.25).nextDown] }
    values += random.floats(1000, in: -100...100) + [.nan, .infinity, -.infinity, 1e38]
    for zeroPoint: Int32 in [0, -128, 127, 3] {
      var steps = [Int8](repeating: 0, count: values.count)
      let quantize =
        rule == .toNearestOrEven ? kernels(isa).quantize_even_f32_i8 : kernels(isa).quantize_f32_i8
      quantize!(values.count, scale, zeroPoint, values, &steps)
      let expected = values.map { x in
        x.isNaN ? Int8(zeroPoint) : Int8(min(max((x / scale).rounded(rule) + Float(zeroPoint), -128), 127))
      }
      #expect(steps == expected)
      var restored = [Float](repeating: 0, count: steps.count)
      kernels(isa).dequantize_i8_f32(steps.count, scale, zeroPoint, steps, &restored)
      #expect(restored == steps.map { scale * Float(Int32($0) - zeroPoint) })
    }
  }

  /// Types without a loop of their own go through blocks: same rules.
  @Test func quantizesToEveryIntegerType() throws {
    let values: [Float] = [0, 0.24, 0.25, -0.25, 1e9, -1e9, .nan]
    func quantized<T: BitwiseCopyable>(_ type: eb_type, _ zeroPoint: Int32, as: T.Type) throws -> [T] {
      let operands = [Operand(values), Operand(room: values.count, of: T.self)]
      try run(
        EB_OP_CONVERT,
        Self.params(EB_F32, type, count: values.count, toScale: 0.5, toZeroPoint: zeroPoint), operands)
      return operands[1].elements(T.self)
    }
    #expect(try quantized(EB_U8, 128, as: UInt8.self) == [128, 128, 129, 127, 255, 0, 128])
    #expect(try quantized(EB_I16, 0, as: Int16.self) == [0, 0, 1, -1, .max, .min, 0])
    #expect(try quantized(EB_I32, 0, as: Int32.self) == [0, 0, 1, -1, 2_000_000_000, -2_000_000_000, 0])
    var toEven = Self.params(EB_F32, EB_I16, count: values.count, toScale: 0.5)
    toEven.half_to_even = 1
    let shorts = Operand(room: values.count, of: Int16.self)
    try run(EB_OP_CONVERT, toEven, [Operand(values), shorts])
    #expect(shorts.elements(Int16.self) == [0, 0, 0, 0, .max, .min, 0])
    toEven.half_to_even = 2
    #expect(try !accepts(EB_OP_CONVERT, toEven, [values.count * 4, values.count * 2]))
    let nibbles = Operand(room: 4, of: UInt8.self)
    try run(EB_OP_CONVERT, Self.params(EB_F32, EB_I4, count: 7, toScale: 0.5), [Operand(values), nibbles])
    #expect(nibbles.elements(UInt8.self) == [0x00, 0xF1, 0x87, 0x00])
    let widened = Operand(room: 7, of: Int8.self)
    try run(EB_OP_CONVERT, Self.params(EB_I4, EB_I8, count: 7), [nibbles, widened])
    #expect(widened.elements(Int8.self) == [0, 0, 1, -1, 7, -8, 0])
  }

  @Test func requantizesBetweenTypes() throws {
    let input = Operand([0, 128, 255, 130] as [UInt8])
    let output = Operand(room: 4, of: Int8.self)
    try run(
      EB_OP_CONVERT,
      Self.params(
        EB_U8, EB_I8, count: 4, fromScale: 0.5, fromZeroPoint: 128, toScale: 1, toZeroPoint: -1),
      [input, output])
    #expect(output.elements(Int8.self) == [-65, -1, 63, 0], "63.5 rounds to 64, less 1")
  }

  /// Many 8-bit elements go through a table, few one by one: same results.
  @Test func manyElementsConvertAsFewDo() throws {
    let bytes = (0..<2048).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for from in [EB_I8, EB_U8, EB_BOOL] {
      for (to, width) in [
        (EB_I8, 1), (EB_U8, 1), (EB_F16, 2), (EB_I16, 2), (EB_F32, 4), (EB_F64, 8), (EB_I64, 8),
      ] {
        for (fromScale, toScale) in [(0, 0), (0.3, 0), (0.3, 0.7)] as [(Float, Float)] {
          var params = Self.params(
            from, to, count: 2048, fromScale: fromScale, fromZeroPoint: 5, toScale: toScale, toZeroPoint: -3)
          let many = Operand(byteCount: 2048 * width)
          try run(EB_OP_CONVERT, params, [Operand(bytes), many])
          params.inner = 256
          var few: [UInt8] = []
          for first in stride(from: 0, to: 2048, by: 256) {
            let part = Operand(byteCount: 256 * width)
            try run(EB_OP_CONVERT, params, [Operand(Array(bytes[first..<first + 256])), part])
            few += part.elements(UInt8.self)
          }
          try #require(many.elements(UInt8.self) == few, "\(from) to \(to)")
        }
      }
    }
  }

  @Test func scalesRunAlongTheChannels() throws {
    var params = Self.params(EB_I8, EB_F32, count: 2, fromScale: 1)
    params.outer = 2
    params.channels = 3
    params.has_scales = 1
    let operands = [
      Operand((1...12).map { Int8($0) }), Operand(room: 12, of: Float.self),
      Operand([1, 10, 100] as [Float]),
    ]
    try run(EB_OP_CONVERT, params, operands)
    #expect(operands[1].elements(Float.self) == [1, 2, 30, 40, 500, 600, 7, 8, 90, 100, 1100, 1200])
    try expectRefusalOfShortOperands(EB_OP_CONVERT, params, operands)
  }

  @Test func refusesTypesThatDoNotExist() throws {
    #expect(try !accepts(EB_OP_CONVERT, Self.params(eb_type(0), EB_I8, count: 1), [8, 8]))
    #expect(try !accepts(EB_OP_CONVERT, Self.params(EB_I8, eb_type(24), count: 1), [8, 8]))
    #expect(try !accepts(EB_OP_CONVERT, Self.params(EB_I4, EB_I8, count: 3), [1, 3]))
  }
}
