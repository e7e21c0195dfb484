internal import Graph

/// The scales of a product with 8-bit weights: static (8-bit input and output), or with the input quantized as it
/// comes (f32 input and output).
struct QuantizedProduct {
  /// One a channel; static: of the product in steps of the output, dynamic: of the weights.
  var scales: [Float]
  var isStatic: Bool
  var inputZeroPoint: Int32 = 0
  var outputScale: Float = 0
  var outputZeroPoint: Int32 = 0
  /// Static: the bias in steps of input scale times weight scale.
  var integerBias: [Int32]?

  /// `nil` where the weights are not 8-bit or 4-bit integers.
  init?(
    _ x: Tensor, _ weights: Tensor, _ bias: Tensor?, _ output: Tensor, channels: Int
  ) throws(LoweringError) {
    guard weights.elementType == .i8 || weights.elementType == .i4 else { return nil }
    guard let quantization = weights.quantization, quantization.isSymmetric else { return nil }
    let weightScales =
      quantization.axis == nil
      ? Array(repeating: quantization.scales[0], count: channels) : quantization.scales
    guard weightScales.count == channels else { return nil }
    isStatic = x.elementType == .i8
    guard isStatic else {
      scales = weightScales
      return
    }
    guard let input = x.quantization?.single, let result = output.quantization?.single else { return nil }
    inputZeroPoint = input.zeroPoint
    outputScale = result.scale
    outputZeroPoint = result.zeroPoint
    scales = weightScales.map { input.scale * $0 / result.scale }
    if let bias {
      guard let integers = bias.integers else { return nil }
      integerBias = integers.map { Int32(clamping: $0) }
    }
  }
}
