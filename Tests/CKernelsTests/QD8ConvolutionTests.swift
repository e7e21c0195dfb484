import CKernels
import Statistics
import Testing

/// Layers whose f32 input is quantized on the fly.
@Suite struct QD8ConvolutionTests {
  /// The range that a tensor is quantized with: asymmetric, 255 steps, 0 among them.
  ///
  /// - Source: The asymmetric quantizer of TensorFlow Lite's hybrid kernels.
  private struct Range {
    var scale: Float = 1
    var inverse: Float = 1
    var zeroPoint = 0

    init(_ values: ArraySlice<Float>) {
      let (low, high) = (values.reduce(0, min), values.reduce(0, max))
      guard high > low else { return }
      inverse = 255 / (high - low)
      scale = 1 / inverse
      let (below, above) = (-128 - low * inverse, 127 - high * inverse)
      let usesLow = (-128 + low * inverse) + (127 + high * inverse) > 0
      zeroPoint = Int(min(max(usesLow ? below : above, -128), 127).rounded(.toNearestOrEven))
    }

    func steps(_ value: Float) -> Int {
      min(max(Int((value * inverse).rounded(.toNearestOrEven)), -128 - zeroPoint), 127 - zeroPoint)
    }
  }

  private struct Layer {
    var kind: F32Convolution.Kind
    var params: eb_conv2d_params
    var input: [Float]
    var weights: [Int8]
    var bias: [Float]
    var scales: [Float]

    init(_ kind: F32Convolution.Kind, _ params: eb_conv2d_params, random: inout SeededGenerator) {
      (self.kind, self.params) = (kind, params)
      input = random.floats(
        Int(params.batch * params.in_height * params.in_width * params.in_channels), in: -1...2)
      weights = random.steps(params.weightCount)
      bias = random.floats(Int(params.out_channels), in: -1...1)
      scales = random.floats(Int(params.out_channels), in: 0.001...0.01)
    }

    /// Each output, and the sum of its weights' sizes. Ranges are those of an image, or of a row.
    func expected() -> [(value: Double, spread: Double)] {
      let imageCount = input.count / Int(params.batch)
      let ranges = (0..<Int(params.batch)).map { Range(input[$0 * imageCount..<($0 + 1) * imageCount]) }
      let steps = input.enumerated().map { ranges[$0 / imageCount].steps($1) }
      let sums = params.sums(kind, steps, weights.map { Int($0) })
      let spreads = params.sums(kind, steps.map(abs), weights.map { abs(Int($0)) })
      let outputs = Int(params.out_channels)
      let outputsPerImage = sums.count / Int(params.batch)
      return sums.indices.map { index in
        let channel = index % outputs
        let scale = Double(ranges[index / outputsPerImage].scale) * Double(scales[channel])
        let value = Double(sums[index]) * scale + Double(bias[channel])
        let clamped = min(max(value, Double(params.min)), Double(params.max))
        return (clamped, Double(spreads[index]) * scale + abs(Double(bias[channel])))
      }
    }

    func result(on isa: eb_isa) throws -> [Float] {
      let op = kind == .depthwise ? EB_OP_DWCONV2D_QD8_F32_QC8W : EB_OP_CONV2D_QD8_F32_QC8W
      var params = params
      params.isa = isa.rawValue
      let needed = eb_conv2d_requirements(op.rawValue, &params)
      let packed = Operand(byteCount: needed.packed_bytes)
      eb_conv2d_pack_qd8(op.rawValue, &params, weights, bias, scales, packed.address)
      let output = Operand(room: params.outputCount, of: Float.self)
      let operands = [Operand(input), packed, output, Operand(byteCount: needed.scratch_bytes)]
      try run(op, params, operands)
      try expectRefusalOfShortOperands(op, params, operands)
      return output.elements(Float.self)
    }

    /// The same as a fully connected layer: every row of one pixel has a range of its own.
    func fullyConnectedResult(on isa: eb_isa) throws -> [Float] {
      var connected = eb_fully_connected_params()
      (connected.rows, connected.in_channels) = (params.batch, params.in_channels)
      (connected.out_channels, connected.isa) = (params.out_channels, isa.rawValue)
      (connected.min, connected.max) = (params.min, params.max)
      let op = EB_OP_FULLY_CONNECTED_QD8_F32_QC8W
      let needed = eb_fully_connected_requirements(op.rawValue, &connected)
      let packed = Operand(byteCount: needed.packed_bytes)
      eb_fully_connected_pack_qd8(&connected, weights, bias, scales, packed.address)
      let output = Operand(room: params.outputCount, of: Float.self)
      let operands = [Operand(input), packed, output, Operand(byteCount: needed.scratch_bytes)]
      try run(op, connected, operands)
      try expectRefusalOfShortOperands(op, connected, operands)
      return output.elements(Float.self)
    }
  }

  /// Rounded: the converted sum, two scales' product, its product with the sum, and the bias's addition.
  private func isMet(_ result: Float, _ expected: (value: Double, spread: Double)) -> Bool {
    abs(Double(result) - expected.value) <= 5 * 0x1p-24 * expected.spread
  }

  @Test(arguments: int8InstructionSets, [F32Convolution.Kind.regular, .depthwise])
  func anyGeometryIsTheDefinition(isa: eb_isa, kind: F32Convolution.Kind) throws {
    var random = SeededGenerator(seed: 31)
    for index in 0..<50 {
      let layer = Layer(kind, .random(kind, random: &random), random: &random)
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
        let layer = Layer(.regular, params, random: &random)
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
    let layer = Layer(.regular, params, random: &random)
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
      var layer = Layer(kind, params, random: &random)
      layer.input[5] = value
      layer.input[20] = -value
      #expect(try layer.result(on: isa).count == 12)
    }
  }

  @Test(arguments: int8InstructionSets) func zerosGiveTheBias(isa: eb_isa) throws {
    var random = SeededGenerator(seed: 35)
    var layer = Layer(
      .regular, eb_conv2d_params(input: (2, 2, 3), kernel: (1, 1), outputChannels: 5), random: &random)
    layer.input = layer.input.map { _ in 0 }
    #expect(try layer.result(on: isa) == (0..<4).flatMap { _ in layer.bias })
  }
}
