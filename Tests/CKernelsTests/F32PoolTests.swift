import CKernels
import Statistics
import Testing

@Suite struct F32PoolTests {
  /// Any geometry; every remainder of the widest chunk of channels (64) comes up over the cases.
  @Test(arguments: f32InstructionSets, [EB_OP_MAX_POOL2D_F32, EB_OP_AVERAGE_POOL2D_F32])
  func anyWindowIsTheDefinition(isa: eb_isa, op: eb_op) throws {
    var random = SeededGenerator(seed: 21)
    for channels in 1...80 {
      let params = params(channels: channels, isa: isa, random: &random)
      let input = random.floats(
        Int(params.batch * params.in_height * params.in_width) * channels, in: -1...1)
      let output = Operand(
        room: Int(params.batch * params.out_height * params.out_width) * channels, of: Float.self)
      let operands = [Operand(input), output]
      try run(op, params, operands)
      try expectRefusalOfShortOperands(op, params, operands)
      let expected = expected(params, op, input)
      let wrong = zip(output.elements(Float.self), expected).firstIndexed {
        !$1.isMet(by: $0, clampedTo: params.min...params.max)
      }
      #expect(wrong == nil, "seed 21, \(channels) channels")
    }
  }

  private func params(channels: Int, isa: eb_isa, random: inout SeededGenerator) -> eb_pool2d_params {
    var p = eb_pool2d_params()
    p.batch = UInt32(random.int(in: 1...2))
    p.channels = UInt32(channels)
    (p.in_height, p.in_width) = (UInt32(random.int(in: 1...6)), UInt32(random.int(in: 1...6)))
    (p.window_height, p.window_width) = (UInt32(random.int(in: 1...3)), UInt32(random.int(in: 1...4)))
    (p.stride_height, p.stride_width) = (UInt32(random.int(in: 1...2)), UInt32(random.int(in: 1...3)))
    p.pad_top = UInt32(random.index(below: Int(p.window_height)))
    p.pad_left = UInt32(random.index(below: Int(p.window_width)))
    // The last window begins inside the input, so none is empty.
    p.out_height = (p.in_height + p.pad_top - 1) / p.stride_height + 1
    p.out_width = (p.in_width + p.pad_left - 1) / p.stride_width + 1
    p.counts_padding = UInt32(random.index(below: 2))
    (p.min, p.max) = (-0.5, 0.75)
    p.isa = isa.rawValue
    return p
  }

  /// A maximum is exact: a sum of one term.
  private func expected(_ p: eb_pool2d_params, _ op: eb_op, _ input: [Float]) -> [F32Sum] {
    indices(of: [Int(p.batch), Int(p.out_height), Int(p.out_width), Int(p.channels)]).map { index in
      var values: [Double] = []
      for ky in 0..<Int(p.window_height) {
        for kx in 0..<Int(p.window_width) {
          let y = index[1] * Int(p.stride_height) + ky - Int(p.pad_top)
          let x = index[2] * Int(p.stride_width) + kx - Int(p.pad_left)
          guard (0..<Int(p.in_height)).contains(y), (0..<Int(p.in_width)).contains(x) else { continue }
          let pixel = (index[0] * Int(p.in_height) + y) * Int(p.in_width) + x
          values.append(Double(input[pixel * Int(p.channels) + index[3]]))
        }
      }
      var sum = F32Sum()
      if op == EB_OP_MAX_POOL2D_F32 {
        values.max().map { sum.add($0) }
      } else {
        let divisor = p.counts_padding != 0 ? Int(p.window_height * p.window_width) : values.count
        for value in values { sum.add(value / Double(divisor)) }
      }
      return sum
    }
  }
}
