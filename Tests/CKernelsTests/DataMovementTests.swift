import CKernels
import Foundation
import Statistics
import Testing

@Suite struct DataMovementTests {
  static func params(
    _ shape: [Int], in inStrides: [Int], out outStrides: [Int], inOffset: Int = 0, outOffset: Int = 0,
    elementBytes: Int
  ) -> eb_copy_nd_params {
    var params = eb_copy_nd_params()
    params.element_bytes = UInt32(elementBytes)
    params.rank = UInt32(shape.count)
    params.shape = six(shape.map(UInt64.init))
    params.in_strides = six(inStrides.map(Int64.init))
    params.out_strides = six(outStrides.map(Int64.init))
    params.in_offset = UInt64(inOffset)
    params.out_offset = UInt64(outOffset)
    return params
  }

  /// A slice with any begin and steps, backwards too, of a permuted input, written into a part of the output.
  @Test(arguments: [1, 2, 4, 8]) func copiesAnyStrides(elementBytes: Int) throws {
    var random = SeededGenerator(seed: 97)
    for _ in 0..<300 {
      let inShape = random.shape(rank: 0...6, longest: random.index(below: 8) == 0 ? 40 : 4)
      guard inShape.reduce(1, *) <= 20_000 else { continue }
      let permutation = inShape.indices.shuffled(using: &random)
      let steps = inShape.map { _ in [1, 1, -1, 2, -2][random.index(below: 5)] }
      let counts = zip(inShape, steps).map { random.int(in: 1...max(1, $0 / abs($1))) }
      let begins = zip(inShape, zip(steps, counts)).map { length, walk in
        let span = (walk.1 - 1) * abs(walk.0)
        let low = random.int(in: 0...(length - 1 - span))
        return walk.0 > 0 ? low : low + span
      }
      let outShape = permutation.map { counts[$0] }
      let margins = outShape.map { _ in random.index(below: 3) }
      let outer = zip(outShape, margins).map(+)
      let dense = denseStrides(inShape)
      let p = Self.params(
        outShape, in: permutation.map { dense[$0] * steps[$0] }, out: denseStrides(outer),
        inOffset: offset(begins, dense), outOffset: offset(margins, denseStrides(outer)),
        elementBytes: elementBytes)
      let input = Operand(
        (0..<inShape.reduce(1, *) * elementBytes).map { _ in UInt8(random.index(below: 256)) })
      let output = Operand(byteCount: outer.reduce(1, *) * elementBytes)
      let source = input.elements(UInt8.self)
      var expected = output.elements(UInt8.self)
      for index in indices(of: outShape) {
        var from = begins
        for (axis, i) in zip(permutation, index) { from[axis] += i * steps[axis] }
        let a = offset(from, dense) * elementBytes
        let b = offset(zip(index, margins).map(+), denseStrides(outer)) * elementBytes
        expected.replaceSubrange(b..<b + elementBytes, with: source[a..<a + elementBytes])
      }
      try run(EB_OP_COPY_ND, p, [input, output])
      try #require(output.elements(UInt8.self) == expected, "\(inShape) to \(outShape)")
    }
  }

  /// More rows than go through together, and every remainder of the squares that are turned at once.
  @Test(arguments: [1, 63, 64, 66, 131]) func transposes(rows: Int) throws {
    var random = SeededGenerator(seed: 98)
    for columns in 1...9 {
      let input = (0..<rows * columns).map { _ in UInt32(random.index(below: 1 << 32)) }
      let expected = (0..<rows * columns).map { input[$0 % rows * columns + $0 / rows] }
      for isByInput in [true, false] {
        let p =
          isByInput
          ? Self.params([rows, columns], in: [columns, 1], out: [1, rows], elementBytes: 4)
          : Self.params([columns, rows], in: [1, columns], out: [rows, 1], elementBytes: 4)
        let output = Operand(room: input.count, of: UInt32.self)
        try run(EB_OP_COPY_ND, p, [Operand(input), output])
        #expect(output.elements(UInt32.self) == expected, "\(rows) x \(columns)")
      }
    }
  }

  @Test func copyRefusesEveryStepOutside() throws {
    func accepted(_ p: eb_copy_nd_params, _ sizes: [Int] = [12, 12]) throws -> Bool {
      try accepts(EB_OP_COPY_ND, p, sizes)
    }
    let reversed = Self.params([3], in: [-1], out: [1], inOffset: 2, elementBytes: 4)
    #expect(try accepted(reversed))
    #expect(try !accepted(reversed, [11, 12]))
    #expect(try !accepted(reversed, [12, 11]))
    #expect(try !accepted(Self.params([3], in: [-1], out: [1], inOffset: 1, elementBytes: 4)))
    #expect(try !accepted(Self.params([3], in: [1], out: [1], inOffset: 1, elementBytes: 4)))
    #expect(try !accepted(Self.params([3], in: [1], out: [1], outOffset: 1, elementBytes: 4)))
    #expect(try !accepted(Self.params([2], in: [.min], out: [1], elementBytes: 4)))
    #expect(try !accepted(Self.params([2], in: [.max], out: [1], elementBytes: 4)))
    #expect(try !accepted(Self.params([3], in: [1], out: [1], elementBytes: 3)))
    #expect(try !accepted(Self.params([3, 1 << 62, 4], in: [0, 0, 0], out: [0, 0, 0], elementBytes: 4)))
    #expect(
      try !accepted(Self.params([1 << 40], in: [0], out: [0], elementBytes: 4)),
      "runs for longer than its output")
    #expect(
      try accepted(Self.params([0, 1 << 62], in: [1, 1], out: [1, 1], elementBytes: 4)), "does nothing")
  }

  @Test func fillsWithAnyElement() throws {
    for (bytes, value, expected) in [
      (1, 0x11, [0x11, 0x11]), (2, 0x1122, [0x22, 0x11, 0x22, 0x11]),
      (4, 0x1122_3344, [0x44, 0x33, 0x22, 0x11, 0x44, 0x33, 0x22, 0x11]),
    ] as [(UInt32, UInt64, [UInt8])] {
      let output = Operand(room: expected.count, of: UInt8.self)
      let params = eb_fill_params(count: 2, element_bytes: bytes, padding: 0, value: value)
      try run(EB_OP_FILL, params, [output])
      #expect(output.elements(UInt8.self) == expected)
      try expectRefusalOfShortOperands(EB_OP_FILL, params, [output])
    }
  }

  @Test func gatherClampsIndicesFromOutside() throws {
    // Two outer, axis of 3, pairs of bytes.
    let input = Operand((0..<12).map { UInt8($0) })
    let params = eb_gather_params(
      outer: 2, axis_size: 3, inner_bytes: 2, index_count: 5, index_type: UInt32(EB_I32.rawValue), padding: 0)
    let operands = [input, Operand([0, -1, 7, -9, 1] as [Int32]), Operand(room: 20, of: UInt8.self)]
    try run(EB_OP_GATHER, params, operands)
    #expect(
      operands[2].elements(UInt8.self) == [0, 1, 4, 5, 4, 5, 0, 1, 2, 3, 6, 7, 10, 11, 10, 11, 6, 7, 8, 9])
    try expectRefusalOfShortOperands(EB_OP_GATHER, params, operands)
    var wide = params
    wide.index_type = UInt32(EB_I64.rawValue)
    let others = [input, Operand([.max, .min, 0, 1, 2] as [Int64]), Operand(room: 20, of: UInt8.self)]
    try run(EB_OP_GATHER, wide, others)
    #expect(others[2].elements(UInt8.self).prefix(10) == [4, 5, 0, 1, 0, 1, 2, 3, 4, 5])
    wide.axis_size = 0
    #expect(try !accepts(EB_OP_GATHER, wide, [12, 40, 20]), "nothing to take from")
  }

  @Test(arguments: [1, 2, 3]) func mirrorsAtEveryEdge(mode: Int) throws {
    var random = SeededGenerator(seed: 100)
    for _ in 0..<200 {
      let inShape = random.shape(rank: 0...4)
      let most = inShape.map { mode == 1 ? $0 - 1 : mode == 2 ? $0 : 7 }
      let before = most.map { random.int(in: 0...$0) }
      let after = most.map { random.int(in: 0...$0) }
      let outShape = zip(inShape, zip(before, after)).map { $0 + $1.0 + $1.1 }
      let values = (0..<inShape.reduce(1, *)).map { UInt16($0) }
      var params = eb_pad_mirror_params()
      params.mode = UInt32(mode)
      params.element_bytes = 2
      params.rank = UInt32(inShape.count)
      params.in_shape = six(inShape.map(UInt64.init))
      params.before = six(before.map(UInt64.init))
      params.out_shape = six(outShape.map(UInt64.init))
      let operands = [Operand(values), Operand(room: outShape.reduce(1, *), of: UInt16.self)]
      try run(EB_OP_PAD_MIRROR, params, operands)
      try expectRefusalOfShortOperands(EB_OP_PAD_MIRROR, params, operands)
      let expected = indices(of: outShape).map { index in
        let source = index.indices.map { axis in
          let length = inShape[axis]
          var at = index[axis] - before[axis]
          while !(0..<length).contains(at) {
            switch mode {
            case 1: at = at < 0 ? -at : 2 * (length - 1) - at
            case 2: at = at < 0 ? -1 - at : 2 * length - 1 - at
            default: at = min(max(at, 0), length - 1)
            }
          }
          return at
        }
        return values[offset(source, denseStrides(inShape))]
      }
      #expect(operands[1].elements(UInt16.self) == expected)
      if mode < 3, let axis = inShape.indices.first {
        params.before = six([UInt64(most[axis] + 1)] + before.dropFirst().map(UInt64.init))
        params.out_shape = six(
          [UInt64(inShape[axis] + most[axis] + 1)] + outShape.dropFirst().map(UInt64.init))
        #expect(try !accepts(EB_OP_PAD_MIRROR, params, [1 << 20, 1 << 20]), "more than there is to mirror")
      }
    }
  }
}

/// TensorFlow Lite's rules for where an output pixel lies.
@Suite struct ResizeTests {
  static let rules: [(aligned: Bool, half: Bool)] = [(false, false), (true, false), (false, true)]

  static func params(_ shape: [Int], elementBytes: Int, rule: Int) -> eb_resize_params {
    let u = shape.map(UInt32.init)
    return eb_resize_params(
      batch: u[0], in_height: u[1], in_width: u[2], channels: u[3], out_height: u[4], out_width: u[5],
      aligns_corners: rules[rule].aligned ? 1 : 0, half_pixel_centers: rules[rule].half ? 1 : 0,
      element_bytes: UInt32(elementBytes))
  }

  static func position(_ index: Int, _ input: Int, _ output: Int, rule: Int) -> Double {
    let scale =
      rules[rule].aligned && output > 1
      ? Double(input - 1) / Double(output - 1) : Double(input) / Double(output)
    return rules[rule].half ? (Double(index) + 0.5) * scale - 0.5 : Double(index) * scale
  }

  @Test(arguments: 0..<3) func interpolatesBetweenFourPixels(rule: Int) throws {
    var random = SeededGenerator(seed: 104)
    for _ in 0..<60 {
      let shape = [2, 7, 7, 20, 9, 9].map { random.int(in: 1...$0) }
      let (n, h, w, c, oh, ow) = (shape[0], shape[1], shape[2], shape[3], shape[4], shape[5])
      let steps = (0..<n * h * w * c).map { _ in Int8(random.int(in: -128...127)) }
      let params = Self.params(shape, elementBytes: 1, rule: rule)
      let real = [Operand(steps.map(Float.init)), Operand(room: n * oh * ow * c, of: Float.self)]
      try run(EB_OP_RESIZE_BILINEAR_F32, params, real)
      try expectRefusalOfShortOperands(EB_OP_RESIZE_BILINEAR_F32, params, real)
      let quantized = [Operand(steps), Operand(room: n * oh * ow * c, of: Int8.self)]
      try run(EB_OP_RESIZE_BILINEAR_QS8, params, quantized)
      for (position, index) in indices(of: [n, oh, ow, c]).enumerated() {
        let y = min(max(Self.position(index[1], h, oh, rule: rule), 0), Double(h - 1))
        let x = min(max(Self.position(index[2], w, ow, rule: rule), 0), Double(w - 1))
        func at(_ row: Double, _ column: Double) -> Double {
          Double(steps[((index[0] * h + Int(row)) * w + Int(column)) * c + index[3]])
        }
        let (y0, x0) = (y.rounded(.down), x.rounded(.down))
        let (y1, x1) = (min(y0 + 1, Double(h - 1)), min(x0 + 1, Double(w - 1)))
        let (fy, fx) = (y - y0, x - x0)
        let expected =
          (at(y0, x0) * (1 - fx) + at(y0, x1) * fx) * (1 - fy) + (at(y1, x0) * (1 - fx) + at(y1, x1) * fx)
          * fy
        // The position, at most 9, is off by 3 roundings; a pixel's neighbours differ by at most 255.
        let bound = 2 * 255 * 9 * 3 * 0x1p-24 + 8 * 0x1p-24 * 128
        try #require(abs(Double(real[1].elements(Float.self)[position]) - expected) <= bound)
        try #require(abs(Double(quantized[1].elements(Int8.self)[position]) - expected) <= 0.5 + bound)
      }
    }
  }

  @Test(arguments: 0..<3) func nearestTakesOnePixel(rule: Int) throws {
    var random = SeededGenerator(seed: 105)
    for _ in 0..<60 {
      let shape = [2, 7, 7, 3, 15, 15].map { random.int(in: 1...$0) }
      let (n, h, w, c, oh, ow) = (shape[0], shape[1], shape[2], shape[3], shape[4], shape[5])
      let values = (0..<n * h * w * c).map { _ in random.next() }
      let params = Self.params(shape, elementBytes: 8, rule: rule)
      let operands = [Operand(values), Operand(room: n * oh * ow * c, of: UInt64.self)]
      try run(EB_OP_RESIZE_NEAREST, params, operands)
      try expectRefusalOfShortOperands(EB_OP_RESIZE_NEAREST, params, operands)
      func source(_ index: Int, _ input: Int, _ output: Int) -> Int {
        let scale =
          Self.rules[rule].aligned && output > 1
          ? Float(input - 1) / Float(output - 1) : Float(input) / Float(output)
        let at = (Float(index) + (Self.rules[rule].half ? 0.5 : 0)) * scale
        return min(Int(Self.rules[rule].aligned ? at.rounded() : at.rounded(.down)), input - 1)
      }
      let expected = indices(of: [n, oh, ow, c]).map {
        values[(($0[0] * h + source($0[1], h, oh)) * w + source($0[2], w, ow)) * c + $0[3]]
      }
      #expect(operands[1].elements(UInt64.self) == expected)
    }
  }
}
