import CKernels
import Statistics
import Testing

@Suite struct F32ProductTests {
  @Test(arguments: f32InstructionSets, [false, true])
  func fullyConnectedIsTheDefinition(isa: eb_isa, halfWeights: Bool) throws {
    var random = SeededGenerator(seed: 11)
    let op = halfWeights ? EB_OP_FULLY_CONNECTED_F32_F16W : EB_OP_FULLY_CONNECTED_F32
    for (rows, outputs, inputs) in [
      (1, 1, 1), (1, 70, 33), (1, 128, 64), (3, 10, 65), (16, 41, 7), (29, 33, 12),
    ] {
      let input = random.floats(rows * inputs, in: -1...1)
      let weights = random.floats(outputs * inputs, in: -1...1)
      let bias = random.floats(outputs, in: -1...1)
      var params = eb_fully_connected_params()
      (params.rows, params.out_channels, params.in_channels) = (UInt32(rows), UInt32(outputs), UInt32(inputs))
      (params.min, params.max) = (-1, 1.5)
      params.isa = isa.rawValue
      let needed = eb_fully_connected_requirements(op.rawValue, &params)
      params.algorithm = needed.algorithm
      let packed = Operand(byteCount: needed.packed_bytes)
      eb_fully_connected_pack_f32(op.rawValue, &params, weights, bias, packed.address)
      let output = Operand(room: rows * outputs, of: Float.self)
      let operands = [Operand(input), packed, output]
      try run(op, params, operands)
      try expectRefusalOfShortOperands(op, params, operands)
      let exact = halfWeights ? weights.map { Float(Float16($0)) } : weights
      for (index, result) in output.elements(Float.self).enumerated() {
        let (m, n) = index.quotientAndRemainder(dividingBy: outputs)
        var sum = F32Sum()
        sum.add(Double(bias[n]))
        for k in 0..<inputs { sum.add(Double(input[m * inputs + k]) * Double(exact[n * inputs + k])) }
        #expect(
          sum.isMet(by: result, clampedTo: -1...1.5),
          "seed 11: [\(rows), \(inputs)] -> \(outputs), at \(index)")
      }
    }
  }

  @Test(arguments: f32InstructionSets)
  func batchedProductIsTheDefinition(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 12)
    for index in 0..<32 {
      let (m, n, k) = (random.int(in: 1...20), random.int(in: 1...40), random.int(in: 1...20))
      var params = eb_matmul_params()
      params.batch = 3
      (params.m, params.n, params.k) = (UInt32(m), UInt32(n), UInt32(k))
      params.transpose_a = UInt32(index & 1)
      params.transpose_b = UInt32(index >> 1 & 1)
      params.a_batch_stride = UInt64(m * k)
      params.b_batch_stride = index & 4 == 0 ? UInt64(k * n) : 0
      params.scale = 0.3
      (params.min, params.max) = (-.infinity, 1)
      params.isa = isa.rawValue
      let a = random.floats(3 * m * k, in: -1...1)
      let b = random.floats(Int(2 * params.b_batch_stride) + k * n, in: -1...1)
      let output = Operand(room: 3 * m * n, of: Float.self)
      let scratch = Operand(byteCount: eb_matmul_requirements(&params).scratch_bytes)
      let operands = [Operand(a), Operand(b), output, scratch]
      try run(EB_OP_MATMUL_F32, params, operands)
      try expectRefusalOfShortOperands(EB_OP_MATMUL_F32, params, operands)
      for (at, result) in output.elements(Float.self).enumerated() {
        let (batch, row, column) = (at / (m * n), at / n % m, at % n)
        var sum = F32Sum()
        for i in 0..<k {
          let x = a[batch * m * k + (index & 1 == 0 ? row * k + i : i * m + row)]
          let y = b[batch * Int(params.b_batch_stride) + (index & 2 == 0 ? i * n + column : column * k + i)]
          sum.add(Double(x) * Double(y) * Double(params.scale))
        }
        sum.count += k  // the scale rounds each product once more
        #expect(sum.isMet(by: result, clampedTo: -Float.infinity...1), "seed 12, case \(index), at \(at)")
      }
    }
  }
}
