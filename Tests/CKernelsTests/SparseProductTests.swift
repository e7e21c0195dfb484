import CKernels
import Statistics
import Testing

@Suite struct SparseProductTests {
  /// A way to run sparse weights.
  struct Kernel: Sendable, CustomStringConvertible {
    var algorithm: eb_sparse_algorithm
    var block: UInt32
    var description: String { "algorithm \(algorithm.rawValue), blocks of \(block)" }

    static let all = [
      Kernel(algorithm: EB_SPARSE_PIXELS, block: 1), Kernel(algorithm: EB_SPARSE_PIXELS, block: 4),
      Kernel(algorithm: EB_SPARSE_ROWS, block: 1), Kernel(algorithm: EB_SPARSE_ROWS, block: 4),
      Kernel(algorithm: EB_SPARSE_MASKED, block: 0),
    ]
  }

  /// A layer with its operands: input, packed weights, output, scratch, workspace.
  private struct Layer {
    var params: eb_sparse_params
    var operands: [Operand]

    init(
      _ kernel: Kernel, isa: eb_isa, _ shape: (rows: Int, outputs: Int, inputs: Int), weights: [Float],
      bias: [Float], input: [Float]
    ) throws {
      params = eb_sparse_params()
      (params.rows, params.out_channels, params.in_channels) = (
        UInt32(shape.rows), UInt32(shape.outputs), UInt32(shape.inputs)
      )
      (params.min, params.max) = (-1, 1.5)
      (params.isa, params.algorithm, params.block) = (isa.rawValue, kernel.algorithm.rawValue, kernel.block)
      try #require(eb_sparse_count(&params, weights))
      let needed = eb_sparse_requirements(&params)
      let packed = Operand(byteCount: needed.packed_bytes)
      eb_sparse_pack(&params, weights, bias, packed.address)
      operands = [
        Operand(input), packed, Operand(room: shape.rows * shape.outputs, of: Float.self),
        Operand(byteCount: needed.scratch_bytes), Operand(byteCount: needed.workspace_bytes),
      ]
    }

    func prepare() throws {
      let function = try #require(
        eb_operator_for(EB_OP_FULLY_CONNECTED_F32_SPARSE.rawValue)?.pointee.prepare)
      withUnsafeBytes(of: params) { function($0.baseAddress, operands.map(\.address)) }
    }

    var output: [Float] { operands[2].elements(Float.self) }
  }

  private func expectDefinition(
    _ kernel: Kernel, _ isa: eb_isa, _ shape: (rows: Int, outputs: Int, inputs: Int), density: Double,
    _ random: inout SeededGenerator
  ) throws {
    let input = random.floats(shape.rows * shape.inputs, in: -1...1)
    let bias = random.floats(shape.outputs, in: -1...1)
    let weights = random.floats(shape.outputs * shape.inputs, in: -1...1).map {
      random.unitInterval() < density ? $0 : 0
    }
    let layer = try Layer(kernel, isa: isa, shape, weights: weights, bias: bias, input: input)
    try layer.prepare()
    try run(EB_OP_FULLY_CONNECTED_F32_SPARSE, layer.params, layer.operands)
    try expectRefusalOfShortOperands(EB_OP_FULLY_CONNECTED_F32_SPARSE, layer.params, layer.operands)
    for (index, result) in layer.output.enumerated() {
      let (m, n) = index.quotientAndRemainder(dividingBy: shape.outputs)
      var sum = F32Sum()
      sum.add(Double(bias[n]))
      for k in 0..<shape.inputs {
        sum.add(Double(input[m * shape.inputs + k]) * Double(weights[n * shape.inputs + k]))
      }
      #expect(
        sum.isMet(by: result, clampedTo: -1...1.5), "seed 31: \(kernel), \(shape), \(density), at \(index)")
    }
  }

  @Test(arguments: f32InstructionSets, Kernel.all)
  func isTheDefinitionForEveryRemainder(isa: eb_isa, kernel: Kernel) throws {
    var random = SeededGenerator(seed: 31)
    for rows in [1, 2, 3, 5, 15, 16, 17, 31, 33, 65] {
      let (outputs, inputs) = (random.int(in: 1...37), random.int(in: 1...40))
      try expectDefinition(
        kernel, isa, (rows, outputs, inputs), density: random.unitInterval(), &random)
    }
    for density in [0, 1] as [Double] {
      try expectDefinition(kernel, isa, (17, 21, 19), density: density, &random)
    }
  }

  @Test(arguments: f32InstructionSets, Kernel.all)
  func isTheDefinitionOnThreeThreads(isa: eb_isa, kernel: Kernel) throws {
    var random = SeededGenerator(seed: 31)
    try OperatorThreads.$count.withValue(3) {
      try expectDefinition(kernel, isa, (1, 50, 40), density: 0.4, &random)
      try expectDefinition(kernel, isa, (100, 33, 40), density: 0.4, &random)
    }
  }

  /// Packed weights come from a file: what points outside of them must not be followed.
  @Test(arguments: Kernel.all) func weightsThatPointOutsideGiveNaN(kernel: Kernel) throws {
    let (rows, outputs, inputs) = (5, 20, 9)
    let weights = (0..<outputs * inputs).map { Float($0 % 3) }
    let whole = try Layer(
      kernel, isa: EB_ISA_SCALAR, (rows, outputs, inputs), weights: weights,
      bias: [Float](repeating: 0, count: outputs), input: [Float](repeating: 1, count: rows * inputs))
    try whole.prepare()
    try run(EB_OP_FULLY_CONNECTED_F32_SPARSE, whole.params, whole.operands)
    #expect(whole.output.allSatisfy { !$0.isNaN })
    // Every count, place and mask in turn: all lie between the biases and the values.
    let units = kernel.block == 0 ? (outputs + 15) / 16 * 16 : outputs
    let places = kernel.block == 0 ? (outputs + 15) / 16 * inputs : Int(whole.params.entries)
    let first = units * 4
    let count = units / max(1, kernel.block == 0 ? 16 : Int(kernel.block)) * 4 + places * 2
    for byte in stride(from: first + 1, to: first + count, by: 2) {
      let address = try #require(whole.operands[1].address)
      let good = address.load(fromByteOffset: byte, as: UInt8.self)
      address.storeBytes(of: good ^ 0x80, toByteOffset: byte, as: UInt8.self)
      try whole.prepare()
      try run(EB_OP_FULLY_CONNECTED_F32_SPARSE, whole.params, whole.operands)
      #expect(whole.output.allSatisfy { $0.isNaN }, "byte \(byte)")
      address.storeBytes(of: good, toByteOffset: byte, as: UInt8.self)
    }
  }

  @Test func parametersThatMakeNoSenseAreRefused() throws {
    var params = eb_sparse_params()
    (params.rows, params.out_channels, params.in_channels) = (4, 4, 4)
    (params.algorithm, params.block, params.entries) = (EB_SPARSE_PIXELS.rawValue, 1, 16)
    let sizes = [64, 1 << 20, 64, 1 << 20, 8]
    let op = EB_OP_FULLY_CONNECTED_F32_SPARSE
    #expect(try accepts(op, params, sizes))
    for (name, change) in [
      ("rows", { $0.rows = 0 }), ("outputs", { $0.out_channels = 0 }), ("inputs", { $0.in_channels = 0 }),
      ("rows", { $0.rows = .max }), ("outputs", { $0.out_channels = .max }),
      ("inputs", { $0.in_channels = .max }), ("inputs", { $0.in_channels = 65537 }),
      ("isa", { $0.isa = 9999 }), ("algorithm", { $0.algorithm = 0 }), ("algorithm", { $0.algorithm = 4 }),
      ("block", { $0.block = 0 }), ("block", { $0.block = 3 }), ("entries", { $0.entries = .max }),
      ("entries", { $0.entries = 1 << 32 }),
      ("masked with blocks", { $0.algorithm = EB_SPARSE_MASKED.rawValue }),
    ] as [(String, (inout eb_sparse_params) -> Void)] {
      var changed = params
      change(&changed)
      #expect(try !accepts(op, changed, sizes), "\(name)")
    }
  }

  @Test func blocksAreChosenWhereZerosComeInBlocks() throws {
    var params = eb_sparse_params()
    (params.rows, params.out_channels, params.in_channels) = (784, 64, 64)
    params.isa = EB_ISA_AVX2.rawValue
    // A quarter of the weights: alone, and four channels at a time.
    let alone = (0..<64 * 64).map { Float($0 % 64 % 4 == $0 / 64 % 4 ? 1 : 0) }
    let blocks = (0..<64 * 64).map { Float($0 % 64 % 4 == 0 ? 1 : 0) }
    #expect(eb_sparse_choose(&params, alone))
    #expect(params.algorithm == EB_SPARSE_PIXELS.rawValue && params.block == 1)
    #expect(eb_sparse_choose(&params, blocks))
    #expect(params.algorithm == EB_SPARSE_PIXELS.rawValue && params.block == 4)
    #expect(eb_sparse_density(&params) == 0.25)
  }
}
