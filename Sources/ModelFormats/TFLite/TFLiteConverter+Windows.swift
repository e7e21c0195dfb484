import Graph

// Convolutions and pooling.

extension TFLiteConverter {
  mutating func convolution(_ op: TFLiteOperator) throws(ModelFormatError) {
    let operands = try windowOperands(op, x: 0)
    let options = try options(op, 1)
    let strides = try strides(options, op)
    let dilations = try dilations(options, 4, 5, op)
    let input = shape(of: operands.x)
    let weights = shape(of: operands.weights)
    // As in LiteRT, fewer input channels in the weights than in the image mean groups.
    let groups = input[3] % weights[3] == 0 ? input[3] / weights[3] : 1
    let padding = try padding(options, op, input, window(of: weights), strides, dilations)
    let convolution = Convolution(
      strides: strides, dilations: dilations, padding: padding, groups: groups,
      activation: try activation(options, 3))
    try emit(.conv2d(convolution), operands.inputs, op)
  }

  mutating func depthwiseConvolution(_ op: TFLiteOperator) throws(ModelFormatError) {
    let operands = try windowOperands(op, x: 0)
    let options = try options(op, 2)
    let strides = try strides(options, op)
    let dilations = try dilations(options, 5, 6, op)
    let input = shape(of: operands.x)
    let padding = try padding(options, op, input, window(of: shape(of: operands.weights)), strides, dilations)
    let convolution = Convolution(
      strides: strides, dilations: dilations, padding: padding, groups: input[3],
      activation: try activation(options, 4))
    try emit(.depthwiseConv2d(convolution), operands.inputs, op)
  }

  mutating func transposeConvolution(_ op: TFLiteOperator) throws(ModelFormatError) {
    let output = try integers(op, 0, "an output shape")
    var operands = try windowOperands(op, x: 2)
    if graph[operands.x].elementType == .f32, graph[operands.weights].elementType == .i8 {
      operands.inputs[0] = try dynamicallyRounded(operands.x, op)
    }
    guard output.count == 4, output.allSatisfy({ (1...Shape.largestExtent).contains($0) }) else {
      throw malformed(op, "output shape \(output)", expected: "4 extents of 1 and more")
    }
    let options = try options(op, 49)
    let strides = try strides(options, op)
    let input = shape(of: operands.x)
    let window = window(of: shape(of: operands.weights))
    // The padding is that of the convolution from the output's size back to the input's.
    let padding = try padding(options, op, Shape(output), window, strides, .one)
      .fitted(input: input, output: Shape(output), window: window, strides: strides)
    let convolution = Convolution(
      strides: strides, padding: padding, activation: try activation(options, 3))
    try emit(.transposeConv2d(convolution), operands.inputs, op)
  }

  mutating func pool(_ kind: Pooling.Kind, _ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    try emit(.pool2d(try pooling(kind, op, x)), [x], op)
  }

  /// The root of the mean square over a window.
  mutating func l2Pool(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    var pooling = try pooling(.average, op, x)
    let activation = pooling.activation
    pooling.activation = .none
    let square = try intermediate(.unary(.square), [x], op)
    let mean = try intermediate(.pool2d(pooling), [square], op)
    guard let unary = activation.unary else { return try emit(.unary(.sqrt), [mean], op) }
    let root = try intermediate(.unary(.sqrt), [mean], op)
    try emit(.unary(unary), [root], op)
  }

  private func pooling(
    _ kind: Pooling.Kind, _ op: TFLiteOperator, _ x: TensorID
  ) throws(ModelFormatError) -> Pooling {
    try requireRank(4, x, op)
    guard let options = try options(op, 5) else {
      throw malformed(op, "no options", expected: "a window and strides")
    }
    let strides = try strides(options, op)
    let height: Int32 = try options.scalar(4, default: 0)
    let width: Int32 = try options.scalar(3, default: 0)
    let window = try size(Size2D(height: Int(height), width: Int(width)), "window", op)
    let padding = try padding(options, op, shape(of: x), window, strides, .one)
    return Pooling(
      kind: kind, window: window, strides: strides, padding: padding, activation: try activation(options, 5))
  }

  /// The image, the weights and the bias, image and weights known to have four axes.
  mutating func windowOperands(
    _ op: TFLiteOperator, x position: Int
  ) throws(ModelFormatError) -> (x: TensorID, weights: TensorID, inputs: [TensorID?]) {
    let x = try input(op, position)
    let weights = try weights(op, for: x)
    try requireRank(4, x, op)
    try requireRank(4, weights, op)
    let bias = try optionalInput(op, position == 0 ? 2 : 3)
    return (x, weights, bias.map { [x, weights, $0] } ?? [x, weights])
  }

  func window(of weights: Shape) -> Size2D { Size2D(height: weights[1], width: weights[2]) }

  private func strides(_ options: FlatTable?, _ op: TFLiteOperator) throws(ModelFormatError) -> Size2D {
    guard let options else { throw malformed(op, "no options", expected: "strides and padding") }
    let width: Int32 = try options.scalar(1, default: 0)
    let height: Int32 = try options.scalar(2, default: 0)
    return try size(Size2D(height: Int(height), width: Int(width)), "strides", op)
  }

  private func dilations(
    _ options: FlatTable?, _ widthSlot: Int, _ heightSlot: Int, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> Size2D {
    let width: Int32 = try options?.scalar(widthSlot, default: 1) ?? 1
    let height: Int32 = try options?.scalar(heightSlot, default: 1) ?? 1
    return try size(Size2D(height: Int(height), width: Int(width)), "dilations", op)
  }

  func size(_ size: Size2D, _ role: String, _ op: TFLiteOperator) throws(ModelFormatError) -> Size2D {
    let range = 1...Shape.largestExtent
    guard range.contains(size.height), range.contains(size.width) else {
      throw malformed(op, "\(role) \(size.height)x\(size.width)", expected: "1 and more each")
    }
    return size
  }

  private func padding(
    _ options: FlatTable?, _ op: TFLiteOperator, _ image: Shape, _ window: Size2D, _ strides: Size2D,
    _ dilations: Size2D
  ) throws(ModelFormatError) -> Padding2D {
    let code: Int8 = try options?.scalar(0, default: 0) ?? 0
    switch code {
    case 0:
      return .same(
        input: Size2D(height: image[1], width: image[2]), window: window, strides: strides,
        dilations: dilations)
    case 1: return .zero
    default: throw malformed(op, "padding \(code)", expected: "0 (SAME) or 1 (VALID)")
    }
  }
}

extension Padding2D {
  /// The padding that takes the output of a transposed convolution to its extents: what is above and left stays, what
  /// is below and right follows; less than none where the output is larger than what the windows reach.
  func fitted(input: Shape, output: Shape, window: Size2D, strides: Size2D) -> Padding2D {
    var fitted = self
    fitted.bottom = (input[1] - 1) * strides.height + window.height - output[1] - top
    fitted.right = (input[2] - 1) * strides.width + window.width - output[2] - left
    return fitted
  }
}
