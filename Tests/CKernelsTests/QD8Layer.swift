import CKernels
import Statistics
import Testing

/// The range that a tensor is quantized with: asymmetric, 255 steps, 0 among them.
///
/// - Source: The asymmetric quantizer of TensorFlow Lite's hybrid kernels.
private struct QuantizedRange {
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

/// A layer whose f32 input is quantized on the fly, its tensors, and the result by definition.
struct QD8Layer {
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
    let ranges = (0..<Int(params.batch)).map {
      QuantizedRange(input[$0 * imageCount..<($0 + 1) * imageCount])
    }
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
