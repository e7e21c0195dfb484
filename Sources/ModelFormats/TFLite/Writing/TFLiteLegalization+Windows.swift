import Graph

/// How TFLite names the padding of a window.
enum TFLitePadding: Int8 {
  case same = 0
  case valid = 1

  /// What TFLite computes the same outputs with as explicit `padding`; `nil` where that takes padding of its own.
  ///
  /// - Parameters:
  ///   - output: The extents that `padding` leads to.
  ///   - reach: The extents of the window, dilated.
  init?(
    _ padding: Padding2D, input: Size2D, output: Size2D, reach: Size2D, strides: Size2D
  ) {
    func isValid(_ before: Int, _ extent: Int, _ outputs: Int, _ reach: Int, _ stride: Int) -> Bool {
      before == 0 && extent >= reach && (extent - reach) / stride + 1 == outputs
    }
    func isSame(_ before: Int, _ extent: Int, _ outputs: Int, _ reach: Int, _ stride: Int) -> Bool {
      (extent - 1) / stride + 1 == outputs && max(0, (outputs - 1) * stride + reach - extent) / 2 == before
    }
    if isValid(padding.top, input.height, output.height, reach.height, strides.height),
      isValid(padding.left, input.width, output.width, reach.width, strides.width)
    {
      self = .valid
    } else if isSame(padding.top, input.height, output.height, reach.height, strides.height),
      isSame(padding.left, input.width, output.width, reach.width, strides.width)
    {
      self = .same
    } else {
      return nil
    }
  }
}

extension Graph {
  /// The padding of a convolution or a pool in TFLite's terms; `nil` where TFLite has none for it.
  func tflitePadding(of node: Node) -> TFLitePadding? {
    guard case let x?? = node.inputs.first, let output = node.outputs.first else { return nil }
    let (input, result) = (self[x].shape.image, self[output].shape.image)
    switch node.op {
    case .conv2d(let convolution), .depthwiseConv2d(let convolution):
      guard node.inputs.count > 1, let weights = node.inputs[1] else { return nil }
      return TFLitePadding(
        convolution.padding, input: input, output: result,
        reach: self[weights].shape.image.dilated(convolution.dilations), strides: convolution.strides)
    case .pool2d(let pooling):
      let padding = TFLitePadding(
        pooling.padding, input: input, output: result, reach: pooling.window, strides: pooling.strides)
      // LiteRT leaves padding out of a mean.
      return padding == .same && pooling.kind == .average && pooling.countsPadding ? nil : padding
    case .transposeConv2d(let convolution):
      guard node.inputs.count > 1, let weights = node.inputs[1], convolution.dilations == .one else {
        return nil
      }
      // The padding is that of the convolution from the output back to the input.
      return TFLitePadding(
        convolution.padding, input: result, output: input, reach: self[weights].shape.image,
        strides: convolution.strides)
    default: return nil
    }
  }
}

extension Shape {
  /// Height and width of an image or of a convolution's weights.
  var image: Size2D { Size2D(height: dimensions[1], width: dimensions[2]) }
}

extension Size2D {
  fileprivate func dilated(_ dilations: Size2D) -> Size2D {
    Size2D(height: (height - 1) * dilations.height + 1, width: (width - 1) * dilations.width + 1)
  }
}

extension GraphRewriter {
  mutating func legalizeConvolution() throws(ModelWriteError) {
    guard graph.tflitePadding(of: node) == nil else { return keep() }
    let x = try padded(.constant(0))
    switch node.op {
    case .conv2d(var convolution):
      convolution.padding = .zero
      keep(.conv2d(convolution), inputs: [x] + node.inputs.dropFirst())
    case .depthwiseConv2d(var convolution):
      convolution.padding = .zero
      keep(.depthwiseConv2d(convolution), inputs: [x] + node.inputs.dropFirst())
    default: keep()
    }
  }

  /// All that the windows reach, and then what the padding leaves of it.
  mutating func legalizeTransposedConvolution(_ convolution: Convolution) throws(ModelWriteError) {
    guard graph.tflitePadding(of: node) == nil else { return keep() }
    guard convolution.dilations == .one else { throw unsupported("TRANSPOSE_CONV has no dilations") }
    // Rows and columns of the output beyond what the windows reach: those of zeros after the input's.
    func zeros(_ padding: Int, _ stride: Int) -> Int { (max(0, -padding) + stride - 1) / stride }
    let rows = zeros(convolution.padding.bottom, convolution.strides.height)
    let columns = zeros(convolution.padding.right, convolution.strides.width)
    var inputs = node.inputs.compactMap { $0 }
    if rows > 0 || columns > 0 {
      inputs[0] = try step(
        .pad(before: [0, 0, 0, 0], after: [0, rows, columns, 0], mode: .constant(0)), [inputs[0]],
        quantization: graph[inputs[0]].quantization)
    }
    var whole = convolution
    whole.padding = .zero
    let all = try step(
      .transposeConv2d(whole), inputs, quantization: graph[node.outputs[0]].quantization)
    finish(
      .slice(begin: [0, convolution.padding.top, convolution.padding.left, 0], strides: [1, 1, 1, 1]), [all])
  }

  mutating func legalizePooling(_ pooling: Pooling) throws(ModelWriteError) {
    guard graph.tflitePadding(of: node) == nil else { return keep() }
    var valid = pooling
    valid.padding = .zero
    valid.countsPadding = false
    switch pooling.kind {
    case .max:
      // The least finite number: an infinity would spread where a later step multiplies by 0.
      let x = try padded(.constant(-.greatestFiniteMagnitude))
      keep(.pool2d(valid), inputs: [x])
    case .average where pooling.countsPadding:
      keep(.pool2d(valid), inputs: [try padded(.constant(0))])
    case .average:
      guard graph[node.outputs[0]].elementType == .f32 else {
        throw unsupported("its padding is neither SAME nor VALID, and it computes on integers")
      }
      valid.activation = .none
      let mean = try step(.pool2d(valid), [try padded(.constant(0))])
      let shares = constant(
        pooling.sharesOfPixels(input: graph[try tensor(0)].shape, output: graph[mean].shape),
        shape: [1, graph[mean].shape[1], graph[mean].shape[2], 1], "shares")
      finish(.binary(.multiply, activation: pooling.activation), [mean, shares])
    }
  }

  /// The node's image with its padding around it.
  private mutating func padded(_ mode: PadMode) throws(ModelWriteError) -> TensorID {
    let padding: Padding2D
    switch node.op {
    case .conv2d(let convolution), .depthwiseConv2d(let convolution): padding = convolution.padding
    case .pool2d(let pooling): padding = pooling.padding
    default: padding = .zero
    }
    let x = try tensor(0)
    return try step(
      .pad(
        before: [0, padding.top, padding.left, 0], after: [0, padding.bottom, padding.right, 0], mode: mode),
      [x], quantization: graph[x].quantization)
  }
}

extension Pooling {
  /// For each output the pixels under the window, over those of the image among them.
  fileprivate func sharesOfPixels(input: Shape, output: Shape) -> [Float] {
    func counts(_ outputs: Int, _ stride: Int, _ before: Int, _ window: Int, _ extent: Int) -> [Int] {
      (0..<outputs).map { index in
        let start = index * stride - before
        return max(1, min(start + window, extent) - max(start, 0))
      }
    }
    let rows = counts(output[1], strides.height, padding.top, window.height, input[1])
    let columns = counts(output[2], strides.width, padding.left, window.width, input[2])
    let all = Float(window.height * window.width)
    return rows.flatMap { row in columns.map { all / Float(row * $0) } }
  }
}
