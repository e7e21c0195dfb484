import CKernels
import Statistics
import Testing

@Suite struct F32ConvolutionTests {
  /// Checks one convolution on `isa` against its definition.
  private func expectDefinition(
    _ convolution: F32Convolution, on isa: eb_isa, halfWeights: Bool = false, _ context: String
  ) throws {
    let result = try convolution.result(on: isa, halfWeights: halfWeights)
    var exact = convolution
    if halfWeights { exact.weights = exact.weights.map { Float(Float16($0)) } }
    let range = convolution.params.min...convolution.params.max
    let wrong = zip(result, exact.expected()).firstIndexed { !$1.isMet(by: $0, clampedTo: range) }
    #expect(wrong == nil, "\(context) \(convolution.params.geometry)")
  }

  @Test(arguments: f32InstructionSets, F32Convolution.Kind.allCases)
  func anyGeometryIsTheDefinition(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 1)
    for index in 0..<60 {
      let params = eb_conv2d_params.random(kind, random: &random)
      let convolution = F32Convolution(kind, params, hasBias: index % 4 != 0, random: &random)
      try expectDefinition(convolution, on: isa, "seed 1, case \(index):")
    }
  }

  @Test(arguments: f32InstructionSets, [F32Convolution.Kind.regular, .depthwise])
  func weightsStoredAsHalvesAreThoseRounded(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 2)
    for index in 0..<40 {
      let params = eb_conv2d_params.random(kind, random: &random)
      let convolution = F32Convolution(kind, params, random: &random)
      try expectDefinition(convolution, on: isa, halfWeights: true, "seed 2, case \(index):")
    }
  }

  /// Every height of a tile, below and above the tallest (14), with few and with many columns.
  @Test(arguments: f32InstructionSets)
  func everyNumberOfPixelsIsTheDefinition(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 3)
    for pixels in 1...29 {
      for channels in [8, 16, 33] {
        let params = eb_conv2d_params(input: (1, pixels, 5), kernel: (1, 1), outputChannels: channels)
        try expectDefinition(F32Convolution(.regular, params, random: &random), on: isa, "seed 3:")
      }
    }
  }

  /// Every remainder of the widest panel (32).
  @Test(arguments: f32InstructionSets, [false, true])
  func everyNumberOfColumnsIsTheDefinition(isa: eb_isa, halfWeights: Bool) throws {
    var random = SeededGenerator(seed: 4)
    for columns in 1...65 {
      for depth in [1, 6] {
        let params = eb_conv2d_params(input: (1, 3, depth), kernel: (1, 1), outputChannels: columns)
        let convolution = F32Convolution(.regular, params, random: &random)
        try expectDefinition(convolution, on: isa, halfWeights: halfWeights, "seed 4:")
      }
    }
  }

  /// Blocks of channels that overlap where the channels are no multiple of them.
  @Test(arguments: f32InstructionSets, [false, true])
  func everyNumberOfDepthwiseChannelsIsTheDefinition(isa: eb_isa, halfWeights: Bool) throws {
    var random = SeededGenerator(seed: 5)
    for channels in 1...49 {
      var params = eb_conv2d_params(input: (5, 11, channels), kernel: (3, 3), outputChannels: channels)
      params.groups = UInt32(channels)
      (params.pad_top, params.pad_left) = (1, 1)
      params.fitOutput()
      let convolution = F32Convolution(.depthwise, params, random: &random)
      try expectDefinition(convolution, on: isa, halfWeights: halfWeights, "seed 5:")
    }
  }

  /// Rows of pixels that see all taps, part of them, or none, at every width.
  @Test(arguments: f32InstructionSets, F32Convolution.Kind.allCases)
  func everyWidthOfAnImageIsTheDefinition(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 6)
    for width in 1...20 {
      for stride in 1...2 {
        var params = eb_conv2d_params(input: (3, width, 4), kernel: (3, 5), outputChannels: 4)
        params.groups = kind == .depthwise ? 4 : 1
        (params.stride_height, params.stride_width) = (1, UInt32(stride))
        (params.pad_top, params.pad_left) = (1, 2)
        params.fitOutput()
        try expectDefinition(F32Convolution(kind, params, random: &random), on: isa, "seed 6:")
      }
    }
  }

  /// A layer of a real network, where sums are long: against the scalar kernels, both within the same bound.
  @Test(arguments: f32InstructionSets)
  func deepConvolutionMatchesTheScalarKernels(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 7)
    var params = eb_conv2d_params(input: (10, 10, 96), kernel: (3, 3), outputChannels: 72)
    (params.pad_top, params.pad_left) = (1, 1)
    params.fitOutput()
    let convolution = F32Convolution(.regular, params, random: &random)
    let scalar = try convolution.result(on: EB_ISA_SCALAR)
    let fast = try convolution.result(on: isa)
    // Two sums of 864 products of at most 1, each within (count + 2) * 2^-24 * count.
    let tolerance = Float(2 * 866 * 865) * 0x1p-24
    #expect(zip(fast, scalar).allSatisfy { abs($0 - $1) <= tolerance }, "seed 7")
  }

  @Test func packedWeightsFillThePanelsOfAnyInstructionSet() throws {
    // Also of one that this processor does not have.
    var params = eb_conv2d_params(input: (4, 4, 3), kernel: (3, 3), outputChannels: 20)
    let sizes = [EB_ISA_SCALAR, EB_ISA_AVX2, EB_ISA_AVX512, EB_ISA_NEON].map { isa in
      params.isa = isa.rawValue
      return eb_conv2d_requirements(EB_OP_CONV2D_F32.rawValue, &params).packed_bytes
    }
    // A column is its bias and 27 weights; 20 columns fill 5 x 4, 16 + 8, 16 + 8 and 2 x 8 + 4.
    #expect(sizes == [20, 24, 24, 20].map { $0 * 28 * 4 })
  }
}

extension Sequence {
  /// The index of the first element that `predicate` is true of.
  func firstIndexed<A, B>(_ predicate: (A, B) -> Bool) -> Int? where Element == (A, B) {
    enumerated().first { predicate($0.element.0, $0.element.1) }?.offset
  }
}
