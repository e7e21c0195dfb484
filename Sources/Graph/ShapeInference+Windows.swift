// Operators that slide a window over an image: convolutions and pooling.

extension ShapeInference {
  func convolution(_ convolution: Convolution) throws(GraphError) -> TensorType {
    let (x, weights) = try convolutionOperands(convolution)
    let groups = convolution.groups
    try requireExtent(groups, atLeast: 1, "groups")
    let channels = x.shape[3]
    let filters = weights.shape[0]
    try require(
      channels % groups == 0 && filters % groups == 0,
      "\(channels) input and \(filters) output channels in \(groups) groups",
      expected: "multiples of the number of groups")
    try require(
      weights.shape[3] == channels / groups, "weights are \(weights.shape)",
      expected: "\(filters)x\(weights.shape[1])x\(weights.shape[2])x\(channels / groups) for \(x.shape)")
    try checkBias(channels: filters, for: x)
    return try slid(x, over: weights, convolution, filters: filters)
  }

  func depthwise(_ convolution: Convolution) throws(GraphError) -> TensorType {
    let (x, weights) = try convolutionOperands(convolution)
    let filters = weights.shape[3]
    try require(
      weights.shape[0] == 1 && filters % x.shape[3] == 0, "weights are \(weights.shape)",
      expected: "1xHxWxC with C a multiple of the input's \(x.shape[3]) channels")
    try checkBias(channels: filters, for: x)
    return try slid(x, over: weights, convolution, filters: filters)
  }

  func transposeConvolution(_ convolution: Convolution) throws(GraphError) -> TensorType {
    let (x, weights) = try convolutionOperands(convolution, allowsOutputPadding: true)
    try require(convolution.groups == 1, "\(convolution.groups) groups", expected: "1")
    try require(
      weights.shape[3] == x.shape[3], "weights are \(weights.shape)",
      expected: "OxHxWx\(x.shape[3]) for \(x.shape)")
    try checkBias(channels: weights.shape[0], for: x)
    let padding = convolution.padding
    let height =
      (x.shape[1] - 1) * convolution.strides.height
      + reach(weights.shape[1], convolution.dilations.height) - padding.top - padding.bottom
    let width =
      (x.shape[2] - 1) * convolution.strides.width
      + reach(weights.shape[2], convolution.dilations.width) - padding.left - padding.right
    try require(height >= 1 && width >= 1, "the output is \(height)x\(width)", expected: "at least 1x1")
    return TensorType(x.elementType, [x.shape[0], height, width, weights.shape[0]])
  }

  func pool(_ pooling: Pooling) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try requireRank(4, x, "x")
    let window = pooling.window
    try requireExtent(window.height, atLeast: 1, "window height")
    try requireExtent(window.width, atLeast: 1, "window width")
    try requireExtent(pooling.strides.height, atLeast: 1, "stride height")
    try requireExtent(pooling.strides.width, atLeast: 1, "stride width")
    let padding = pooling.padding
    // A window with nothing but padding has no maximum and no mean.
    try require(
      (0..<window.height).contains(padding.top) && (0..<window.height).contains(padding.bottom)
        && (0..<window.width).contains(padding.left) && (0..<window.width).contains(padding.right),
      "padding is \(padding.summary)", expected: "less than the window \(window.height)x\(window.width)")
    let height = try steps(
      x.shape[1], padding.top + padding.bottom, window.height, pooling.strides.height, "height")
    let width = try steps(
      x.shape[2], padding.left + padding.right, window.width, pooling.strides.width, "width")
    return TensorType(x.elementType, [x.shape[0], height, width, x.shape[3]])
  }

  private func convolutionOperands(
    _ convolution: Convolution, allowsOutputPadding: Bool = false
  ) throws(GraphError) -> (x: TensorType, weights: TensorType) {
    try requireInputs(2...3)
    let x = try input(0, "x")
    let weights = try input(1, "weights")
    try requireRank(4, x, "x")
    try requireRank(4, weights, "weights")
    try requireWeights(weights, for: x)
    try requireExtent(convolution.strides.height, atLeast: 1, "stride height")
    try requireExtent(convolution.strides.width, atLeast: 1, "stride width")
    try requireExtent(convolution.dilations.height, atLeast: 1, "dilation height")
    try requireExtent(convolution.dilations.width, atLeast: 1, "dilation width")
    // Less than no padding below and right of a transposed convolution adds rows and columns there.
    let least = allowsOutputPadding ? -Shape.largestExtent : 0
    let padding = convolution.padding
    try requireExtent(padding.top, atLeast: 0, "padding above")
    try requireExtent(padding.left, atLeast: 0, "padding left")
    try requireExtent(padding.bottom, atLeast: least, "padding below")
    try requireExtent(padding.right, atLeast: least, "padding right")
    return (x, weights)
  }

  private func slid(
    _ x: TensorType, over weights: TensorType, _ convolution: Convolution, filters: Int
  ) throws(GraphError) -> TensorType {
    let padding = convolution.padding
    let height = try steps(
      x.shape[1], padding.top + padding.bottom, reach(weights.shape[1], convolution.dilations.height),
      convolution.strides.height, "height")
    let width = try steps(
      x.shape[2], padding.left + padding.right, reach(weights.shape[2], convolution.dilations.width),
      convolution.strides.width, "width")
    return TensorType(x.elementType, [x.shape[0], height, width, filters])
  }

  /// The rows that `taps` taps span, `dilation` apart.
  private func reach(_ taps: Int, _ dilation: Int) -> Int { (taps - 1) * dilation + 1 }

  private func steps(
    _ extent: Int, _ padding: Int, _ reach: Int, _ stride: Int, _ role: String
  ) throws(GraphError) -> Int {
    try require(
      extent + padding >= reach, "the window's \(role) is \(reach)",
      expected: "at most \(extent + padding), the input's with padding")
    return (extent + padding - reach) / stride + 1
  }
}

extension Padding2D {
  /// "top 1, left 1, bottom 0, right 0".
  var summary: String { "top \(top), left \(left), bottom \(bottom), right \(right)" }

  /// The padding that TensorFlow calls SAME: outputs `ceil(extent / stride)`, the odd row or column at the end.
  ///
  /// - Source: TensorFlow API, tf.nn, "Notes on padding"; for dilated windows the window's whole reach counts.
  /// - Precondition: All extents are 1 to ``Shape/largestExtent``.
  public static func same(
    input: Size2D, window: Size2D, strides: Size2D, dilations: Size2D = .one
  ) -> Padding2D {
    func total(_ extent: Int, _ taps: Int, _ stride: Int, _ dilation: Int) -> Int {
      let outputs = (extent - 1) / stride + 1
      return max(0, (outputs - 1) * stride + (taps - 1) * dilation + 1 - extent)
    }
    let rows = total(input.height, window.height, strides.height, dilations.height)
    let columns = total(input.width, window.width, strides.width, dilations.width)
    return Padding2D(
      top: rows / 2, left: columns / 2, bottom: rows - rows / 2, right: columns - columns / 2)
  }
}
