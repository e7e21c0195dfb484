import CKernels
import Statistics
import Testing

/// Layers whose f32 input is quantized on the fly.
@Suite struct QD8ConvolutionTests {
  /// Rounded: the converted sum, two scales' product, its product with the sum, and the bias's addition.
  private func isMet(_ result: Float, _ expected: (value: Double, spread: Double)) -> Bool {
    abs(Double(result) - expected.value) <= 5 * 0x1p-24 * expected.spread
  }

  @Test(arguments: int8InstructionSets, [F32Convolution.Kind.regular, .depthwise])
  func anyGeometryIsTheDefinition(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 31)
    for index in 0..<50 {
      let layer = QD8Layer(kind, .random(kind, random: &random), random: &random)
      let result = try layer.result(on: isa)
      let wrong = zip(result, layer.expected()).firstIndexed { !isMet($0, $1) }
      #expect(wrong == nil, "seed 31, case \(index): \(layer.params.geometry)")
      #expect(try result == layer.result(on: EB_ISA_SCALAR), "seed 31, case \(index): not the scalar's bits")
    }
  }

  @Test(arguments: int8InstructionSets) func everyRowOfAProductIsTheDefinition(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 32)
    for rows in [1, 2, 3, 5, 7, 8, 9, 50, 97] {
      for inputs in [1, 6, 35] {
        var params = eb_conv2d_params(input: (1, 1, inputs), kernel: (1, 1), outputChannels: rows % 40 + 1)
        params.batch = UInt32(rows)
        let layer = QD8Layer(.regular, params, random: &random)
        let result = try layer.fullyConnectedResult(on: isa)
        #expect(
          zip(result, layer.expected()).allSatisfy(isMet), "seed 32: [\(rows), \(inputs)]")
        #expect(try result == layer.fullyConnectedResult(on: EB_ISA_SCALAR), "seed 32: not the scalar's bits")
      }
    }
  }

  /// Rounding costs half a step of the input, and moving 0 onto a step another half at the ends.
  @Test(arguments: int8InstructionSets) func resultIsWithinAStepOfTheRealConvolution(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 33)
    var params = eb_conv2d_params(input: (6, 6, 8), kernel: (3, 3), outputChannels: 20)
    (params.pad_top, params.pad_left) = (1, 1)
    params.fitOutput()
    let layer = QD8Layer(.regular, params, random: &random)
    var real = F32Convolution(.regular, params, random: &random)
    (real.input, real.bias) = (layer.input, layer.bias)
    let perOutput = layer.weights.count / 20
    real.weights = layer.weights.indices.map { Float(layer.weights[$0]) * layer.scales[$0 / perOutput] }
    let step = 3.0 / 255  // inputs lie in [-1, 2]
    for (index, (result, exact)) in zip(try layer.result(on: isa), real.expected()).enumerated() {
      let channel = index % 20
      let weights = real.weights[channel * perOutput..<(channel + 1) * perOutput]
      let allowed = step * weights.reduce(0) { $0 + Double(abs($1)) } + exact.tolerance
      #expect(abs(Double(result) - exact.value) <= allowed, "seed 33, output \(index)")
    }
  }

  @Test(arguments: int8InstructionSets, [Float.nan, .infinity, -.infinity, 1e38, -3.4e38, 1e-38])
  func absurdInputsDoNoHarm(isa: eb_isa, value: Float) throws {
    var random = SeededGenerator(seed: 34)
    for kind in [F32Convolution.Kind.regular, .depthwise] {
      var params = eb_conv2d_params(input: (4, 4, 3), kernel: (3, 3), outputChannels: 3)
      if kind == .depthwise { params.groups = 3 }
      var layer = QD8Layer(kind, params, random: &random)
      layer.input[5] = value
      layer.input[20] = -value
      #expect(try layer.result(on: isa).count == 12)
    }
  }

  @Test(arguments: int8InstructionSets) func zerosGiveTheBias(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 35)
    var layer = QD8Layer(
      .regular, eb_conv2d_params(input: (2, 2, 3), kernel: (1, 1), outputChannels: 5), random: &random)
    layer.input = layer.input.map { _ in 0 }
    #expect(try layer.result(on: isa) == (0..<4).flatMap { _ in layer.bias })
  }
}
