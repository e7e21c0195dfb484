import CKernels
import Statistics
import Testing

@Suite struct QS8FullyConnectedTests {
  private func expectDefinition(rows: Int, inputs: Int, outputs: Int, on isa: eb_isa, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    // A 1x1 convolution over rows x 1 pixels has the same definition.
    let geometry = eb_conv2d_params(input: (rows, 1, inputs), kernel: (1, 1), outputChannels: outputs)
    let convolution = QS8Convolution(.regular, geometry, random: &random)
    var params = eb_fully_connected_params()
    (params.rows, params.in_channels, params.out_channels) = (UInt32(rows), UInt32(inputs), UInt32(outputs))
    params.isa = isa.rawValue
    params.in_zero_point = convolution.params.in_zero_point
    params.out_zero_point = convolution.params.out_zero_point
    (params.out_min, params.out_max) = (convolution.params.out_min, convolution.params.out_max)
    let op = EB_OP_FULLY_CONNECTED_QS8_QC8W
    let needed = eb_fully_connected_requirements(op.rawValue, &params)
    let packed = Operand(byteCount: needed.packed_bytes)
    eb_fully_connected_pack_qs8(
      &params, convolution.weights, convolution.bias, convolution.scales, packed.address)
    let output = Operand(room: rows * outputs, of: Int8.self)
    var operands = [Operand(convolution.input), packed, output]
    if needed.scratch_bytes > 0 { operands.append(Operand(byteCount: needed.scratch_bytes)) }
    try run(op, params, operands)
    try expectRefusalOfShortOperands(op, params, operands)
    #expect(
      output.elements(Int8.self) == convolution.expected(), "seed \(seed): [\(rows), \(inputs)] x \(outputs)")
  }

  @Test(arguments: int8InstructionSets) func everyNumberOfInputsIsTheDefinition(isa: eb_isa) throws {
    for inputs in 1...70 {
      try expectDefinition(rows: 1, inputs: inputs, outputs: 12, on: isa, seed: UInt64(inputs))
    }
  }

  @Test(arguments: int8InstructionSets) func everyNumberOfRowsIsTheDefinition(isa: eb_isa) throws {
    for rows in 1...18 {
      try expectDefinition(rows: rows, inputs: 19, outputs: 33, on: isa, seed: UInt64(rows))
    }
    try expectDefinition(rows: 211, inputs: 8, outputs: 5, on: isa, seed: 211)
  }
}
