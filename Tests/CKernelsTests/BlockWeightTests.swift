import CKernels
import Statistics
import Testing

@Suite struct BlockWeightTests {
  private static let widths = [4, 8]

  private func expectDefinition(
    _ isa: eb_isa, bits: Int, _ shape: (rows: Int, outputs: Int, blocks: Int), block: Int, halfScales: Bool,
    _ random: inout SeededGenerator
  ) throws {
    let op = bits == 4 ? EB_OP_FULLY_CONNECTED_F32_QB4W : EB_OP_FULLY_CONNECTED_F32_QB8W
    let inputs = shape.blocks * block
    let input = random.floats(shape.rows * inputs, in: -1...1)
    let bias = random.floats(shape.outputs, in: -1...1)
    let steps = (0..<shape.outputs * inputs).map { _ in
      Int8(random.int(in: -(1 << (bits - 1))...(1 << (bits - 1)) - 1))
    }
    let scales = random.floats(shape.outputs * shape.blocks, in: 0.01...1).map {
      halfScales ? Float(Float16($0)) : $0
    }
    var params = eb_block_weights_params()
    (params.rows, params.out_channels, params.in_channels) = (
      UInt32(shape.rows), UInt32(shape.outputs), UInt32(inputs)
    )
    (params.isa, params.block, params.half_scales) = (isa.rawValue, UInt32(block), halfScales ? 1 : 0)
    (params.min, params.max) = (-100, .infinity)
    let packed = Operand(byteCount: eb_block_weights_requirements(op.rawValue, &params).packed_bytes)
    eb_block_weights_pack(op.rawValue, &params, steps, scales, bias, packed.address)
    let output = Operand(room: shape.rows * shape.outputs, of: Float.self)
    let operands = [Operand(input), packed, output]
    try run(op, params, operands)
    try expectRefusalOfShortOperands(op, params, operands)
    for (index, result) in output.elements(Float.self).enumerated() {
      let (m, n) = index.quotientAndRemainder(dividingBy: shape.outputs)
      var sum = F32Sum()
      sum.add(Double(bias[n]))
      for k in 0..<inputs {
        let weight = Double(scales[n * shape.blocks + k / block]) * Double(steps[n * inputs + k])
        sum.add(Double(input[m * inputs + k]) * weight)
      }
      // Scaling rounds once more: a weight in a tall tile, a block's sum in a short one.
      sum.count += shape.blocks + 1
      #expect(
        sum.isMet(by: result, clampedTo: -100...Float.infinity),
        "seed 41: \(bits) bits, \(shape), blocks of \(block), at \(index)")
    }
  }

  @Test(arguments: f32InstructionSets, widths)
  func isTheDefinitionForEveryHeight(isa: eb_isa, bits: Int) throws {
    var random = SeededGenerator(seed: 41)
    for rows in 1...19 {
      try expectDefinition(
        isa, bits: bits, (rows, random.int(in: 1...40), random.int(in: 1...4)),
        block: [8, 16, 24, 32][rows % 4], halfScales: rows % 2 == 0, &random)
    }
  }

  @Test(arguments: f32InstructionSets, widths)
  func isTheDefinitionOnThreeThreads(isa: eb_isa, bits: Int) throws {
    var random = SeededGenerator(seed: 41)
    try OperatorThreads.$count.withValue(3) {
      try expectDefinition(isa, bits: bits, (1, 70, 2), block: 32, halfScales: true, &random)
      try expectDefinition(isa, bits: bits, (90, 20, 2), block: 32, halfScales: false, &random)
    }
  }

  @Test func fourBitWeightsTakeAnEighthAndTheirScales() {
    var params = eb_block_weights_params()
    (params.rows, params.out_channels, params.in_channels) = (1, 256, 1024)
    (params.block, params.half_scales) = (32, 1)
    let bytes = eb_block_weights_requirements(EB_OP_FULLY_CONNECTED_F32_QB4W.rawValue, &params).packed_bytes
    #expect(bytes == 256 * 1024 / 2 + 256 * 1024 / 32 * 2 + 256 * 4)
  }

  @Test func parametersThatMakeNoSenseAreRefused() throws {
    var params = eb_block_weights_params()
    (params.rows, params.out_channels, params.in_channels, params.block) = (2, 2, 16, 8)
    let sizes = [128, 1 << 16, 16]
    for op in [EB_OP_FULLY_CONNECTED_F32_QB4W, EB_OP_FULLY_CONNECTED_F32_QB8W] {
      #expect(try accepts(op, params, sizes))
      for (name, change) in [
        ("rows", { $0.rows = 0 }), ("outputs", { $0.out_channels = 0 }), ("inputs", { $0.in_channels = 0 }),
        ("rows", { $0.rows = .max }), ("outputs", { $0.out_channels = .max }),
        ("inputs", { $0.in_channels = 0xFFFF_FFF8 }), ("block", { $0.block = 0 }),
        ("block", { $0.block = 6 }), ("block", { $0.block = 24 }), ("isa", { $0.isa = 9999 }),
        ("half scales", { $0.half_scales = 2 }),
      ] as [(String, (inout eb_block_weights_params) -> Void)] {
        var changed = params
        change(&changed)
        #expect(try !accepts(op, changed, sizes), "\(name)")
      }
    }
  }
}
