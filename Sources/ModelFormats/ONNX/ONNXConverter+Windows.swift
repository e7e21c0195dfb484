import Graph

// Convolutions and pooling, over one axis or two.

extension ONNXConverter {
  static let windows: [String: Handler] = [
    "AveragePool": ONNXConverter.averagePool,
    "Conv": ONNXConverter.convolution,
    "ConvTranspose": ONNXConverter.transposedConvolution,
    "GlobalAveragePool": ONNXConverter.globalAveragePool,
    "GlobalMaxPool": ONNXConverter.globalMaxPool,
    "MaxPool": ONNXConverter.maxPool,
  ]

  func convolution(_ node: ONNXNode) throws(ModelFormatError) {
    try bind(
      try convolution(node, x: try input(node, 0), weights: try input(node, 1), bias: try optional(node, 2)),
      node)
  }

  /// The result of a convolution, channels last.
  func convolution(
    _ node: ONNXNode, x: TensorID, weights: TensorID, bias: TensorID?, activation: Activation = .none
  ) throws(ModelFormatError) -> TensorID {
    if shape(weights).rank == 5 {
      let result = try convolution3D(node, x: x, weights: weights, bias: bias)
      guard let unary = activation.unary else { return result }
      return try apply(.unary(unary), [result], node, order: .channelsLast)
    }
    let window = try ONNXWindow(node, kernel: Array(shape(weights).dimensions.dropFirst(2)), input: shape(x))
    let image = try image(x, node)
    let groups = try node.integer("group", default: 1)
    let filters = try withImageAxes(weights, node)
    let channels = shape(x)[1]
    let isDepthwise = groups > 1 && groups == channels && shape(filters)[1] == 1
    let kernel = try permuted(filters, isDepthwise ? [1, 2, 3, 0] : [0, 2, 3, 1], node)
    let convolution = Convolution(
      strides: window.strides, dilations: window.dilations, padding: window.padding, groups: groups,
      activation: activation)
    let result = try apply(
      isDepthwise ? .depthwiseConv2d(convolution) : .conv2d(convolution),
      [image, kernel] + (bias.map { [$0] } ?? []), node, order: .channelsLast)
    return try fromImage(result, rank: shape(x).rank, node)
  }

  func transposedConvolution(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let weights = try input(node, 1)
    if try node.integer("group", default: 1) != 1 || shape(x).rank == 5 {
      return try transposedConvolution3D(node)
    }
    var window = try ONNXWindow(
      node, kernel: Array(shape(weights).dimensions.dropFirst(2)), input: shape(x), resolvesPadding: false)
    try window.resolveTransposedPadding(node)
    // [C, O, KH, KW] to [O, KH, KW, C].
    let kernel = try permuted(try withImageAxes(weights, node), [1, 2, 3, 0], node)
    let bias = try optional(node, 2)
    let result = try apply(
      .transposeConv2d(
        Convolution(strides: window.strides, dilations: window.dilations, padding: window.padding)),
      [try image(x, node), kernel] + (bias.map { [$0] } ?? []), node, order: .channelsLast)
    try bind(try fromImage(result, rank: shape(x).rank, node), node)
  }

  func maxPool(_ node: ONNXNode) throws(ModelFormatError) {
    if node.makes(1) {
      let isColumnMajor = try node.flag("storage_order", default: false)
      try bind(try poolWindows(.placeOfMaximum(isColumnMajor: isColumnMajor), node), node, output: 1)
    }
    if try needsWindows3D(node) { return try bind(try poolWindows(.maximum, node), node) }
    try pool(.max, node)
  }

  func averagePool(_ node: ONNXNode) throws(ModelFormatError) {
    let countsPadding = try node.flag("count_include_pad", default: false)
    let roundsUp = try node.flag("ceil_mode", default: false)
    let isGeneral = try needsWindows3D(node)
    // What the last windows reach beyond the padding does not count.
    if isGeneral || (countsPadding && roundsUp) {
      return try bind(try poolWindows(.average(countsPadding: countsPadding), node), node)
    }
    try pool(.average, node)
  }

  /// Whether the pooling is one that the operators for images do not have.
  private func needsWindows3D(_ node: ONNXNode) throws(ModelFormatError) -> Bool {
    let dilations = try node.integers("dilations") ?? []
    return shape(try input(node, 0)).rank == 5 || dilations.contains { $0 != 1 }
  }

  private func pool(_ kind: Pooling.Kind, _ node: ONNXNode) throws(ModelFormatError) {
    try bind(try pooled(try input(node, 0), kind, node), node)
  }

  /// `x` pooled by the node's window.
  func pooled(
    _ x: TensorID, _ kind: Pooling.Kind, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    guard let kernel = try node.integers("kernel_shape") else {
      throw node.malformed("no kernel_shape", expected: "the window's extents")
    }
    var window = try ONNXWindow(node, kernel: kernel, input: shape(x))
    guard window.dilations == .one else { throw node.unsupported("pools with dilations") }
    let countsPadding = try node.flag("count_include_pad", default: false)
    var image = try image(x, node)
    if try node.flag("ceil_mode", default: false) {
      if kind == .average, countsPadding, window.padding != .zero {
        // What the last windows reach beyond the padding does not count: pad first, then pool without.
        let padding = window.padding
        image = try apply(
          .pad(
            before: [0, padding.top, padding.left, 0], after: [0, padding.bottom, padding.right, 0],
            mode: .constant(0)),
          [image], node, order: .channelsLast)
        window.padding = .zero
      }
      window.coverEnds(of: assembler[image].shape)
      let pooling = Pooling(
        kind: kind, window: window.size, strides: window.strides, padding: window.padding)
      let result = try apply(.pool2d(pooling), [image], node, order: .channelsLast)
      return try fromImage(result, rank: shape(x).rank, node)
    }
    window.shrinkToImage()
    let pooling = Pooling(
      kind: kind, window: window.size, strides: window.strides, padding: window.padding,
      countsPadding: countsPadding)
    let result = try apply(.pool2d(pooling), [image], node, order: .channelsLast)
    return try fromImage(result, rank: shape(x).rank, node)
  }

  func globalAveragePool(_ node: ONNXNode) throws(ModelFormatError) { try globalPool(.mean, node) }

  func globalMaxPool(_ node: ONNXNode) throws(ModelFormatError) { try globalPool(.maximum, node) }

  private func globalPool(_ reduction: Reduction, _ node: ONNXNode) throws(ModelFormatError) {
    let x = try channelsLast(node, 0)
    let rank = assembler[x].shape.rank
    try requireRank(3...Shape.largestRank, x, node)
    try emit(
      .reduce(reduction, axes: Array(1..<rank - 1), keepsDimensions: true), [x], node, order: .channelsLast)
  }

  // MARK: Images

  /// `[N, C, W]` or `[N, C, H, W]` as `[N, H, W, C]`.
  private func image(_ x: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try requireRank(3...4, x, node)
    let last = try inOrder(.channelsLast, x, node)
    let shape = assembler[last].shape
    guard shape.rank == 3 else { return last }
    return try apply(.reshape, [last], node, shape: [shape[0], 1, shape[1], shape[2]], order: .channelsLast)
  }

  /// `[N, H, W, C]` as channels-last of `rank` axes.
  private func fromImage(_ x: TensorID, rank: Int, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    guard rank == 3 else { return x }
    let shape = assembler[x].shape
    return try apply(.reshape, [x], node, shape: [shape[0], shape[2], shape[3]], order: .channelsLast)
  }

  /// Weights `[O, I, K]` as `[O, I, 1, K]`.
  private func withImageAxes(_ weights: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try requireRank(3...4, weights, node)
    let written = try inOrder(.written, weights, node)
    guard shape(written).rank == 3 else { return written }
    return try inFile(node.place) { () throws(GraphError) in
      try assembler.insertingAxis(written, at: 2, name: "\(assembler[written].name)/image")
    }
  }

  /// `id` with its axes permuted; a constant of the result where `id` is one.
  func permuted(_ id: TensorID, _ permutation: [Int], _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try inFile(node.place) { () throws(GraphError) in
      try assembler.transposed(id, permutation, name: "\(assembler[id].name)/permuted")
    }
  }
}
