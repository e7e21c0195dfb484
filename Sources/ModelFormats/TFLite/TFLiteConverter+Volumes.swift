import Graph

// Convolutions of volumes, `[N, D, H, W, C]`: a convolution of images for each place of the window along the depth.

extension TFLiteConverter {
  /// Weights `[KD, KH, KW, C, O]`.
  mutating func volumeConvolution(_ op: TFLiteOperator) throws(ModelFormatError) {
    let x = try input(op, 0)
    let weights = try input(op, 1)
    let (convolution, strides, dilation) = try volumeOptions(op)
    try requireRank(5, x, op)
    try requireRank(5, weights, op)
    let input = shape(of: x)
    let kernel = shape(of: weights)
    let isSame = try isPaddedSame(op)
    let padding =
      isSame
      ? Padding2D.same(
        input: Size2D(height: input[1], width: 1), window: Size2D(height: kernel[0], width: 1),
        strides: Size2D(height: strides, width: 1), dilations: Size2D(height: dilation, width: 1)) : .zero
    var planar = convolution
    planar.padding =
      isSame
      ? .same(
        input: Size2D(height: input[2], width: input[3]), window: Size2D(height: kernel[1], width: kernel[2]),
        strides: convolution.strides, dilations: convolution.dilations) : .zero
    let reach = (kernel[0] - 1) * dilation + 1
    let padded = input[1] + padding.top + padding.bottom
    guard padded >= reach, kernel[0] <= 64 else {
      throw malformed(op, "a window of \(kernel) over \(input)", expected: "one that fits, at most 64 deep")
    }
    let frames = (padded - reach) / strides + 1
    var volume = x
    if padding != .zero {
      volume = try intermediate(
        .pad(
          before: [0, padding.top, 0, 0, 0], after: [0, padding.bottom, 0, 0, 0], mode: .constant(0)), [x], op
      )
    }
    var total: TensorID?
    for depth in 0..<kernel[0] {
      let taken = try intermediate(
        .slice(begin: [0, depth * dilation, 0, 0, 0], strides: [1, strides, 1, 1, 1]), [volume], op,
        shape: [input[0], frames, input[2], input[3], input[4]])
      let images = try intermediate(
        .reshape, [taken], op, shape: [input[0] * frames, input[2], input[3], input[4]])
      let plane = try plane(depth, of: weights, permutation: [3, 0, 1, 2], op)
      let part = try intermediate(.conv2d(planar), [images, plane], op)
      total = if let sum = total { try self.sum(sum, part, op) } else { part }
    }
    guard let total else { return }
    let area = shape(of: total)
    try emitVolume(
      total, shape: [input[0], frames, area[1], area[2], area[3]], bias: try optionalInput(op, 2), op)
  }

  /// Weights `[KD, KH, KW, O, C]`; input 0 is the output's shape.
  mutating func transposeVolumeConvolution(_ op: TFLiteOperator) throws(ModelFormatError) {
    let output = try integers(op, 0, "an output shape")
    let weights = try input(op, 1)
    let x = try input(op, 2)
    let (convolution, stride, dilation) = try volumeOptions(op)
    try requireRank(5, x, op)
    try requireRank(5, weights, op)
    let input = shape(of: x)
    let kernel = shape(of: weights)
    guard output.count == 5, output.allSatisfy({ (1...Shape.largestExtent).contains($0) }), dilation == 1,
      convolution.dilations == .one, kernel[0] <= 64, stride <= 1 << 10
    else {
      throw unsupported(describe(op), "has output shape \(output.prefix(9)) or dilations")
    }
    let isSame = try isPaddedSame(op)
    let window = Size2D(height: kernel[1], width: kernel[2])
    let planarPadding =
      isSame
      ? Padding2D.same(
        input: Size2D(height: output[2], width: output[3]), window: window, strides: convolution.strides)
      : .zero
    let depthPadding =
      isSame
      ? Padding2D.same(
        input: Size2D(height: output[1], width: 1), window: Size2D(height: kernel[0], width: 1),
        strides: Size2D(height: stride, width: 1)
      ).top : 0
    var planar = convolution
    planar.padding = planarPadding.fitted(
      input: [1, input[2], input[3], 1], output: [1, output[2], output[3], 1], window: window,
      strides: convolution.strides)
    let images = try intermediate(
      .reshape, [x], op, shape: [input[0] * input[1], input[2], input[3], input[4]])
    var total: TensorID?
    for depth in 0..<kernel[0] {
      let plane = try plane(depth, of: weights, permutation: [2, 0, 1, 3], op)
      let part = try intermediate(.transposeConv2d(planar), [images, plane], op)
      let placed = try spread(
        part, [input[0], input[1], output[2], output[3], output[4]], stride: stride,
        from: depth - depthPadding,
        extent: output[1], op)
      total = if let sum = total { try self.sum(sum, placed, op) } else { placed }
    }
    guard let total else { return }
    try emitVolume(total, shape: Shape(output), bias: try optionalInput(op, 3), op)
  }

  /// Frames `stride` apart, the first at `start`, in a depth of `extent`; zeros elsewhere.
  private mutating func spread(
    _ frames: TensorID, _ shape: Shape, stride: Int, from start: Int, extent: Int, _ op: TFLiteOperator
  ) throws(ModelFormatError) -> TensorID {
    var volume = try intermediate(
      .reshape, [frames], op, shape: [shape[0], shape[1], 1, shape[2], shape[3] * shape[4]])
    volume = try intermediate(
      .pad(before: [0, 0, 0, 0, 0], after: [0, 0, stride - 1, 0, 0], mode: .constant(0)), [volume], op)
    let depth = shape[1] * stride
    volume = try intermediate(
      .reshape, [volume], op, shape: [shape[0], depth, shape[2], shape[3] * shape[4]])
    // Cut or fill at both ends.
    let before = max(start, 0)
    let after = max(extent - start - depth, 0)
    volume = try intermediate(
      .pad(before: [0, before, 0, 0], after: [0, after, 0, 0], mode: .constant(0)), [volume], op)
    volume = try intermediate(
      .slice(begin: [0, max(-start, 0), 0, 0], strides: [1, 1, 1, 1]), [volume], op,
      shape: [shape[0], extent, shape[2], shape[3] * shape[4]])
    return try intermediate(.reshape, [volume], op, shape: [shape[0], extent, shape[2], shape[3], shape[4]])
  }

  /// The weights at one depth, as an image's: `permutation` takes `[KH, KW, ., .]` to `[O, KH, KW, I]`.
  private mutating func plane(
    _ depth: Int, of weights: TensorID, permutation: [Int], _ op: TFLiteOperator
  ) throws(ModelFormatError) -> TensorID {
    let kernel = shape(of: weights)
    let part = try intermediate(
      .slice(begin: [depth, 0, 0, 0, 0], strides: [1, 1, 1, 1, 1]), [weights], op,
      shape: Shape([1] + kernel.dimensions[1...]))
    let image = try intermediate(.reshape, [part], op, shape: Shape(Array(kernel.dimensions[1...])))
    return try intermediate(.transpose(permutation: permutation), [image], op)
  }

  private mutating func emitVolume(
    _ total: TensorID, shape: Shape, bias: TensorID?, _ op: TFLiteOperator
  ) throws(ModelFormatError) {
    var result = total
    if let bias { result = try sum(result, bias, op) }
    result = try activated(result, try activation(try options(op, 106), 4), op)
    try emit(.reshape, [result], op, shape: shape)
  }

  private func isPaddedSame(_ op: TFLiteOperator) throws(ModelFormatError) -> Bool {
    let code: Int8 = try options(op, 106)?.scalar(0, default: 0) ?? 0
    guard code == 0 || code == 1 else {
      throw malformed(op, "padding \(code)", expected: "0 (SAME) or 1 (VALID)")
    }
    return code == 0
  }

  /// The convolution of an image, and stride and dilation along the depth.
  private func volumeOptions(_ op: TFLiteOperator) throws(ModelFormatError) -> (Convolution, Int, Int) {
    guard let options = try options(op, 106) else { throw malformed(op, "no options", expected: "strides") }
    var numbers: [Int] = []
    for (slot, fallback) in [(1, 0), (3, 0), (2, 0), (5, 1), (7, 1), (6, 1)] {
      numbers.append(Int(try options.scalar(slot, default: Int32(fallback))))
    }
    guard numbers.allSatisfy({ (1...Shape.largestExtent).contains($0) }) else {
      throw malformed(op, "strides and dilations \(numbers)", expected: "1 and more each")
    }
    let planar = Convolution(
      strides: Size2D(height: numbers[1], width: numbers[2]),
      dilations: Size2D(height: numbers[4], width: numbers[5]))
    return (planar, numbers[0], numbers[3])
  }
}
