import CKernels
import Statistics
import Testing

@Suite struct QS8ConvolutionTests {
  private func expectDefinition(_ convolution: QS8Convolution, on isa: eb_isa, _ context: String) throws {
    let result = try convolution.result(on: isa)
    let wrong = zip(result, convolution.expected()).firstIndexed { $0 != $1 }
    #expect(wrong == nil, "\(context) \(convolution.params.geometry)")
  }

  @Test(arguments: int8InstructionSets, F32Convolution.Kind.allCases)
  func anyGeometryIsTheDefinition(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 21)
    for index in 0..<60 {
      let params = eb_conv2d_params.random(kind, random: &random)
      let convolution = QS8Convolution(kind, params, hasBias: index % 4 != 0, random: &random)
      try expectDefinition(convolution, on: isa, "seed 21, case \(index):")
    }
  }

  /// Every remainder of four blocks of 16 channels, the widest tile, and of a group of 4 inputs.
  @Test(arguments: int8InstructionSets)
  func everyNumberOfChannelsIsTheDefinition(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 22)
    for channels in 1...67 {
      let params = eb_conv2d_params(
        input: (1, 3, channels % 9 + 1), kernel: (1, 1), outputChannels: channels)
      try expectDefinition(QS8Convolution(.regular, params, random: &random), on: isa, "seed 22:")
    }
  }

  /// Every remainder of the tallest tile (8), with one, two and four blocks of channels.
  @Test(arguments: int8InstructionSets)
  func everyNumberOfPixelsIsTheDefinition(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 23)
    for pixels in 1...17 {
      for channels in [8, 16, 32, 48, 64] {
        let params = eb_conv2d_params(input: (1, pixels, 4), kernel: (1, 1), outputChannels: channels)
        try expectDefinition(QS8Convolution(.regular, params, random: &random), on: isa, "seed 23:")
      }
    }
  }

  @Test(arguments: int8InstructionSets, [1, 2])
  func everyNumberOfDepthwiseChannelsIsTheDefinition(isa: eb_isa, stride: UInt32) throws {
    var random = SeededGenerator(seed: 24)
    for channels in 1...67 {
      var params = eb_conv2d_params(input: (4, 6, channels), kernel: (3, 3), outputChannels: channels)
      params.groups = UInt32(channels)
      (params.pad_top, params.pad_left) = (1, 1)
      (params.stride_height, params.stride_width) = (stride, stride)
      params.fitOutput()
      try expectDefinition(QS8Convolution(.depthwise, params, random: &random), on: isa, "seed 24:")
    }
  }

  /// Few channels, where neighbouring pixels share a vector, and columns are kept apart for a stride of 2.
  @Test(arguments: int8InstructionSets, [8, 16, 32])
  func everyWidthOfADepthwiseImageIsTheDefinition(isa: eb_isa, channels: Int) throws {
    var random = SeededGenerator(seed: 25)
    for width in 1...18 {
      for (stride, kernel, dilation) in [(1, 3, 1), (2, 3, 1), (2, 5, 1), (2, 3, 2), (3, 2, 1)] {
        var params = eb_conv2d_params(
          input: (3, width, channels), kernel: (3, kernel), outputChannels: channels)
        params.groups = UInt32(channels)
        params.stride_width = UInt32(stride)
        params.dilation_width = UInt32(dilation)
        (params.pad_top, params.pad_left) = (1, UInt32(width % 3))
        params.fitOutput()
        try expectDefinition(QS8Convolution(.depthwise, params, random: &random), on: isa, "seed 25:")
      }
    }
  }

  /// Images of which a band of rows at a time is copied.
  @Test(arguments: int8InstructionSets, F32Convolution.Kind.allCases)
  func imagesLargerThanABandAreTheDefinition(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 26)
    var params = eb_conv2d_params(input: (40, 17, 40), kernel: (3, 3), outputChannels: 40)
    params.groups = kind == .depthwise ? 40 : 20
    (params.pad_top, params.pad_left) = (1, 1)
    params.fitOutput()
    try expectDefinition(QS8Convolution(kind, params, random: &random), on: isa, "seed 26:")
  }

  /// The largest products, and many of them: nothing saturates on the way.
  @Test(arguments: int8InstructionSets, F32Convolution.Kind.allCases)
  func extremesDoNotSaturateOnTheWay(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 27)
    var params = eb_conv2d_params(input: (5, 5, 64), kernel: (5, 5), outputChannels: 64)
    if kind == .depthwise { params.groups = 64 }
    for (value, weight, zeroPoint) in [(-128, -128, 127), (127, -128, -128), (-128, 127, 127)] {
      var convolution = QS8Convolution(kind, params, random: &random)
      convolution.input = convolution.input.map { _ in Int8(value) }
      convolution.weights = convolution.weights.map { _ in Int8(weight) }
      convolution.params.in_zero_point = Int32(zeroPoint)
      let products = kind == .depthwise ? 25 : 1600
      convolution.scales = convolution.scales.map { _ in 100 / Float(products * 255 * 128) }
      try expectDefinition(convolution, on: isa, "seed 27, \(value) * \(weight):")
    }
  }

  /// Scales that no network has, but a hostile plan may: all kernels clamp, none overflows.
  @Test(arguments: int8InstructionSets, F32Convolution.Kind.allCases)
  func absurdScalesClamp(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 28)
    var params = eb_conv2d_params(input: (3, 5, 20), kernel: (3, 3), outputChannels: 20)
    if kind == .depthwise { params.groups = 20 }
    for scale in [1, 1e9, -1e9, -0.001, Float.infinity, -.infinity, .nan, .greatestFiniteMagnitude, 0] {
      var convolution = QS8Convolution(kind, params, random: &random)
      convolution.scales[7] = scale
      try expectDefinition(convolution, on: isa, "seed 28, scale \(scale):")
    }
  }
}
