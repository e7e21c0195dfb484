import Graph

// Custom operators that published models use.

extension TFLiteConverter {
  mutating func custom(_ op: TFLiteOperator) throws(ModelFormatError) {
    switch op.customName {
    case "Convolution2DTransposeBias": try transposeConvolutionWithBias(op)
    case "TFLite_Detection_PostProcess": try detectionPostProcess(op)
    case let name?:
      // TensorFlow's own operators, which a converter leaves in the model where it is allowed to.
      let cure =
        name.hasPrefix("Flex")
        ? " (TensorFlow's own: convert the model with TFLite's built-in operators only)" : ""
      throw unsupported(describe(op), "is the custom operator '\(name)'\(cure)")
    case nil: throw unsupported(describe(op), "is a custom operator without a name")
    }
  }

  static let customOperators = ["Convolution2DTransposeBias", "TFLite_Detection_PostProcess"]

  /// MediaPipe's transposed convolution. Inputs: image, weights `[O, KH, KW, I]`, bias. The output is the input's
  /// extent times the stride where padded SAME, and all that the windows reach where VALID.
  ///
  /// - Source: The options are TFLite's C struct TfLiteTransposeConvParams: padding (1 SAME, 2 VALID), stride along
  ///   the width, stride along the height, each an i32.
  private mutating func transposeConvolutionWithBias(_ op: TFLiteOperator) throws(ModelFormatError) {
    guard let range = op.customOptions, range.count >= 12 else {
      throw malformed(op, "\(op.customOptions?.count ?? 0) bytes of options", expected: "at least 12")
    }
    let words = model.file.data(range).elements(as: Int32.self).prefix(3).map { Int(Int32(littleEndian: $0)) }
    let strides = try size(Size2D(height: words[2], width: words[1]), "strides", op)
    let operands = try windowOperands(op, x: 0)
    let input = shape(of: operands.x)
    let padding: Padding2D
    switch words[0] {
    case 1:
      let output = try size(
        Size2D(height: input[1] * strides.height, width: input[2] * strides.width), "an output of", op)
      let window = window(of: shape(of: operands.weights))
      padding = Padding2D.same(input: output, window: window, strides: strides)
        .fitted(input: input, output: [1, output.height, output.width, 1], window: window, strides: strides)
    case 2: padding = .zero
    default: throw malformed(op, "padding \(words[0])", expected: "1 (SAME) or 2 (VALID)")
    }
    try emit(.transposeConv2d(Convolution(strides: strides, padding: padding)), operands.inputs, op)
  }
}
