import CKernels
import Statistics
import Testing

/// Operators give the same bits on any number of threads, on work that is small and odd.
@Suite(.serialized) struct ThreadsTests {
  /// What `result` gives on 2, 3 and 5 threads is what it gives on one.
  private func expectSame<Element: Equatable>(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ result: () throws -> [Element]
  ) throws {
    let expected = try result()
    for threads in [2, 3, 5] {
      let shared = try OperatorThreads.$count.withValue(threads, operation: result)
      let wrong = expected.indices.first { shared[$0] != expected[$0] }
      #expect(wrong == nil, "\(what), \(threads) threads", sourceLocation: sourceLocation)
    }
  }

  private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

  @Test(arguments: f32InstructionSets, F32Convolution.Kind.allCases)
  func f32Convolutions(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 41)
    for index in 0..<8 {
      var params = eb_conv2d_params.random(kind, random: &random)
      if index % 3 == 0 { params.widen(kind) }
      let convolution = F32Convolution(kind, params, random: &random)
      try expectSame("seed 41: \(params.geometry)") { bits(try convolution.result(on: isa)) }
    }
  }

  /// Many blocks of pixels, which a thread takes whole.
  @Test(arguments: f32InstructionSets) func largeF32Convolutions(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 42)
    for (height, width, inputs, outputs, kernel) in [
      (33, 31, 70, 5, 1), (1, 700, 64, 9, 1), (19, 45, 16, 8, 3),
    ] {
      var params = eb_conv2d_params(
        input: (height, width, inputs), kernel: (min(kernel, height), kernel), outputChannels: outputs)
      params.fitOutput()
      let convolution = F32Convolution(.regular, params, random: &random)
      try expectSame("seed 42: \(params.geometry)") { bits(try convolution.result(on: isa)) }
    }
  }

  @Test(arguments: f32InstructionSets.filter { $0 != EB_ISA_SCALAR }) func winogradsTiles(isa: eb_isa) throws
  {
    var random = SeededGenerator(seed: 43)
    for (height, width, inputs, outputs, batch) in [(9, 13, 32, 48, 1), (29, 23, 48, 32, 3)] {
      var params = eb_conv2d_params(input: (height, width, inputs), kernel: (3, 3), outputChannels: outputs)
      (params.pad_top, params.pad_left, params.batch) = (1, 1, UInt32(batch))
      params.fitOutput()
      params.isa = isa.rawValue
      #expect(eb_conv2d_requirements(EB_OP_CONV2D_F32.rawValue, &params).scratch_bytes > 0)
      let convolution = F32Convolution(.regular, params, random: &random)
      try expectSame("seed 43: \(params.geometry)") { bits(try convolution.result(on: isa)) }
    }
  }

  @Test(arguments: int8InstructionSets, F32Convolution.Kind.allCases)
  func int8Convolutions(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 44)
    for index in 0..<8 {
      var params = eb_conv2d_params.random(kind, random: &random)
      if index % 3 == 0 { params.widen(kind) }
      let convolution = QS8Convolution(kind, params, random: &random)
      try expectSame("seed 44: \(params.geometry)") { try convolution.result(on: isa) }
    }
  }

  @Test(arguments: int8InstructionSets, [F32Convolution.Kind.regular, .depthwise])
  func dynamicInt8Layers(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 45)
    for index in 0..<8 {
      var params = eb_conv2d_params.random(kind, random: &random)
      if index % 3 == 0 { params.widen(kind) }
      let layer = QD8Layer(kind, params, random: &random)
      try expectSame("seed 45: \(params.geometry)") { bits(try layer.result(on: isa)) }
    }
    for rows in [1, 7, 50] where kind == .regular {
      var params = eb_conv2d_params(input: (1, 1, 37), kernel: (1, 1), outputChannels: 83)
      params.batch = UInt32(rows)
      let layer = QD8Layer(kind, params, random: &random)
      try expectSame("seed 45: \(rows) rows") { bits(try layer.fullyConnectedResult(on: isa)) }
    }
  }

  @Test(arguments: f32InstructionSets, [1, 5, 90])
  func fullyConnectedLayers(isa: eb_isa, rows: Int) throws {
    var random = SeededGenerator(seed: 46)
    let (inputs, outputs) = (45, 77)
    let input = random.floats(rows * inputs)
    let weights = random.floats(outputs * inputs)
    var params = eb_fully_connected_params()
    (params.rows, params.out_channels, params.in_channels) = (UInt32(rows), UInt32(outputs), UInt32(inputs))
    (params.min, params.max, params.isa) = (-.infinity, .infinity, isa.rawValue)
    let op = EB_OP_FULLY_CONNECTED_F32
    let needed = eb_fully_connected_requirements(op.rawValue, &params)
    params.algorithm = needed.algorithm
    let packed = Operand(byteCount: needed.packed_bytes)
    eb_fully_connected_pack_f32(op.rawValue, &params, weights, nil, packed.address)
    try expectSame("seed 46") {
      let output = Operand(room: rows * outputs, of: UInt32.self)
      try run(op, params, [Operand(input), packed, output])
      return output.elements(UInt32.self)
    }
  }

  @Test(arguments: f32InstructionSets, 0..<8)
  func batchedProducts(isa: eb_isa, index: Int) throws {
    var random = SeededGenerator(seed: 47)
    let (batch, m, n, k) = (index == 7 ? 1 : 7, 53, 41, 19)
    var params = eb_matmul_params()
    (params.batch, params.m, params.n, params.k) = (UInt32(batch), UInt32(m), UInt32(n), UInt32(k))
    (params.transpose_a, params.transpose_b) = (UInt32(index & 1), UInt32(index >> 1 & 1))
    params.a_batch_stride = UInt64(m * k)
    params.b_batch_stride = index & 4 == 0 ? UInt64(k * n) : 0
    (params.scale, params.min, params.max, params.isa) = (0.3, -.infinity, .infinity, isa.rawValue)
    let a = random.floats(batch * m * k)
    let b = random.floats(batch * k * n)
    let scratchBytes = eb_matmul_requirements(&params).scratch_bytes
    try expectSame("seed 47") {
      let output = Operand(room: batch * m * n, of: UInt32.self)
      try run(EB_OP_MATMUL_F32, params, [Operand(a), Operand(b), output, Operand(byteCount: scratchBytes)])
      return output.elements(UInt32.self)
    }
  }

  @Test(arguments: [
    EB_OP_MAX_POOL2D_F32, EB_OP_AVERAGE_POOL2D_F32, EB_OP_MAX_POOL2D_QS8, EB_OP_AVERAGE_POOL2D_QS8,
  ])
  func pools(op: eb_op) throws {
    var random = SeededGenerator(seed: 48)
    var params = eb_pool2d_params()
    (params.batch, params.in_height, params.in_width, params.channels) = (2, 17, 9, 21)
    (params.out_height, params.out_width) = (9, 5)
    (params.window_height, params.window_width, params.stride_height, params.stride_width) = (3, 3, 2, 2)
    (params.pad_top, params.pad_left, params.counts_padding) = (1, 1, 1)
    (params.min, params.max, params.isa) = (-.infinity, .infinity, eb_isa_detect().rawValue)
    (params.in_zero_point, params.out_zero_point, params.scale) = (3, -5, 0.8)
    (params.out_min, params.out_max) = (-128, 127)
    let isF32 = op == EB_OP_MAX_POOL2D_F32 || op == EB_OP_AVERAGE_POOL2D_F32
    let (inputs, outputs) = (2 * 17 * 9 * 21, 2 * 9 * 5 * 21)
    let input = isF32 ? Operand(random.floats(inputs)) : Operand(random.steps(inputs))
    try expectSame("seed 48") {
      let output = Operand(byteCount: outputs * (isF32 ? 4 : 1))
      try run(op, params, [input, output])
      return output.elements(UInt8.self)
    }
  }

  @Test(arguments: [1, 255, 257, 5003] as [Int]) func elementwise(count: Int) throws {
    var random = SeededGenerator(seed: 49)
    let (a, b) = (random.floats(count), random.floats(count))
    for kind in [EB_UNARY_SIGMOID, EB_UNARY_GELU, EB_UNARY_RELU] {
      let params = eb_unary_params(count: UInt64(count), kind: kind.rawValue, p0: 0, p1: 0, padding: 0)
      try expectSame("seed 49, kind \(kind.rawValue)") {
        let output = Operand(room: count, of: UInt32.self)
        try run(EB_OP_UNARY_F32, params, [Operand(a), output])
        return output.elements(UInt32.self)
      }
    }
    var params = eb_binary_params()
    (params.kind, params.rank) = (EB_BINARY_ADD.rawValue, 1)
    (params.shape, params.a_strides, params.b_strides) = (six([UInt64(count)]), six([1]), six([1]))
    (params.min, params.max) = (-.infinity, 4)
    (params.a_scale, params.b_scale, params.out_scale) = (0.1, 0.2, 0.15)
    (params.out_min, params.out_max) = (-128, 100)
    try expectSame("seed 49, f32 sums") {
      let output = Operand(room: count, of: UInt32.self)
      try run(EB_OP_BINARY_F32, params, [Operand(a), Operand(b), output])
      return output.elements(UInt32.self)
    }
    let (c, d) = (random.steps(count), random.steps(count))
    try expectSame("seed 49, int8 sums") {
      let output = Operand(room: count, of: Int8.self)
      try run(EB_OP_BINARY_QS8, params, [Operand(c), Operand(d), output])
      return output.elements(Int8.self)
    }
  }

  @Test func layerNorms() throws {
    var random = SeededGenerator(seed: 52)
    let (rows, count) = (13, 45)
    let params = eb_layer_norm_params(
      rows: UInt64(rows), count: UInt64(count), epsilon: 1e-5, has_scale: 1, has_bias: 1, padding: 0)
    let operands = [rows * count, count, count].map { Operand(random.floats($0)) }
    try expectSame("seed 52") {
      let output = Operand(room: rows * count, of: UInt32.self)
      try run(EB_OP_LAYER_NORM_F32, params, operands + [output])
      return output.elements(UInt32.self)
    }
  }

  @Test(arguments: [EB_OP_RESIZE_BILINEAR_F32, EB_OP_RESIZE_BILINEAR_QS8, EB_OP_RESIZE_NEAREST])
  func resizes(op: eb_op) throws {
    var random = SeededGenerator(seed: 51)
    var params = eb_resize_params()
    (params.batch, params.in_height, params.in_width, params.channels) = (2, 5, 9, 21)
    (params.out_height, params.out_width, params.half_pixel_centers) = (11, 7, 1)
    params.element_bytes = op == EB_OP_RESIZE_BILINEAR_QS8 ? 1 : 4
    let (inputs, outputs) = (2 * 5 * 9 * 21, 2 * 11 * 7 * 21)
    let input = params.element_bytes == 4 ? Operand(random.floats(inputs)) : Operand(random.steps(inputs))
    try expectSame("seed 51") {
      let output = Operand(byteCount: outputs * Int(params.element_bytes))
      try run(op, params, [input, output])
      return output.elements(UInt8.self)
    }
  }

  @Test(arguments: [1, 2, 4, 8] as [UInt32]) func fills(elementBytes: UInt32) throws {
    let params = eb_fill_params(
      count: 1500, element_bytes: elementBytes, padding: 0, value: 0x0102_0304_0506_0708)
    try expectSame("fill") {
      let output = Operand(byteCount: 1500 * Int(elementBytes))
      try run(EB_OP_FILL, params, [output])
      return output.elements(UInt8.self)
    }
  }

  /// [11, 3, 37] times [11, 1, 37]: the first axis is shared.
  @Test func broadcasts() throws {
    var random = SeededGenerator(seed: 50)
    let (a, b) = (random.floats(11 * 3 * 37), random.floats(11 * 37))
    var params = eb_binary_params()
    (params.kind, params.rank) = (EB_BINARY_MULTIPLY.rawValue, 3)
    params.shape = six([11, 3, 37])
    (params.a_strides, params.b_strides) = (six([111, 37, 1]), six([37, 0, 1]))
    (params.min, params.max) = (-.infinity, .infinity)
    try expectSame("seed 50") {
      let output = Operand(room: a.count, of: UInt32.self)
      try run(EB_OP_BINARY_F32, params, [Operand(a), Operand(b), output])
      return output.elements(UInt32.self)
    }
  }

  @Test(arguments: [EB_OP_SOFTMAX_F32, EB_OP_LOG_SOFTMAX_F32], [1, 3] as [UInt64])
  func softmax(op: eb_op, stride: UInt64) throws {
    var random = SeededGenerator(seed: 51)
    let input = random.floats(13 * 29 * Int(stride))
    var params = eb_softmax_params()
    (params.outer, params.count, params.stride, params.beta) = (13, 29, stride, 1.5)
    try expectSame("seed 51") {
      let output = Operand(room: input.count, of: UInt32.self)
      try run(op, params, [Operand(input), output])
      return output.elements(UInt32.self)
    }
  }
}

extension eb_conv2d_params {
  /// More channels than pixels, so that columns are shared.
  fileprivate mutating func widen(_ kind: F32Convolution.Kind) {
    out_channels += 131
    groups = 1
    if kind == .depthwise {
      in_channels += 131
      (groups, out_channels) = (in_channels, in_channels)
      (in_height, in_width) = (Swift.min(in_height, 5), Swift.min(in_width, 5))
      fitOutput()
    }
  }
}
