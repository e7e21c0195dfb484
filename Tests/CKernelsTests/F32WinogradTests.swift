import CKernels
import Statistics
import Testing

@Suite struct F32WinogradTests {
  /// Odd and even images, with the padding that a 3x3 window can have; tiles of which a part lies outside.
  @Test(arguments: f32InstructionSets.filter { $0 != EB_ISA_SCALAR })
  func convolutionsByWinogradsTilesAreTheDefinition(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 31)
    for (height, width, inputs, outputs, pad) in [
      (8, 8, 32, 16, 1), (9, 13, 32, 48, 1), (11, 10, 48, 32, 0), (10, 9, 32, 16, 2), (17, 23, 32, 16, 1),
    ] {
      var params = eb_conv2d_params(input: (height, width, inputs), kernel: (3, 3), outputChannels: outputs)
      (params.pad_top, params.pad_left) = (UInt32(pad), UInt32(pad))
      (params.min, params.max) = (-3, 4)
      params.fitOutput()
      params.isa = isa.rawValue
      // Only Winograd's tiles need scratch.
      #expect(eb_conv2d_requirements(EB_OP_CONV2D_F32.rawValue, &params).scratch_bytes > 0)

      let convolution = F32Convolution(.regular, params, random: &random)
      let results = try convolution.result(on: isa)
      let expected = convolution.expected()
      let tolerances = (0..<outputs).map { tolerance(convolution, output: $0) }
      let wrong = results.indices.first { index in
        let clamped = min(max(expected[index].value, -3), 4)
        return abs(Double(results[index]) - clamped) > tolerances[index % outputs]
      }
      #expect(wrong == nil, "seed 31: \(params.geometry)")
    }
  }

  @Test func itIsRefusedWhereItDoesNotApply() throws {
    var params = eb_conv2d_params(input: (16, 16, 32), kernel: (3, 3), outputChannels: 32)
    params.isa = EB_ISA_SCALAR.rawValue
    params.algorithm = 3
    let sizes = [1 << 24, 1 << 24, 1 << 24, 1 << 24]
    #expect(try accepts(EB_OP_CONV2D_F32, params, sizes))
    #expect(try !accepts(EB_OP_CONV2D_F32_F16W, params, sizes))
    for change: (inout eb_conv2d_params) -> Void in [
      { $0.kernel_width = 1 }, { $0.stride_height = 2 }, { $0.dilation_width = 2 }, { $0.in_channels = 31 },
      { $0.out_channels = 33 }, { $0.groups = 2 },
    ] {
      var changed = params
      change(&changed)
      #expect(try !accepts(EB_OP_CONV2D_F32, changed, sizes))
    }
  }

  /// A transformed input is a sum of 4 inputs, a transformed weight at most the sum of a channel's 9, and an
  /// output the sum of 9 products; each product sums over the channels, and the transforms add about 24 roundings.
  private func tolerance(_ convolution: F32Convolution, output: Int) -> Double {
    let depth = 9 * Int(convolution.params.in_channels)
    let weights = convolution.weights[output * depth..<(output + 1) * depth].reduce(0) {
      $0 + Double(abs($1))
    }
    let largest = convolution.input.reduce(0) { max($0, Double(abs($1))) }
    return Double(convolution.params.in_channels + 24) * 0x1p-24 * (9 * 4 * largest * weights + 1)
  }
}
