import Graph

// Windows over three axes, and over fewer with what the operators for images cannot do.

extension ONNXConverter {
  static let windows3D: [String: Handler] = [
    "GlobalLpPool": ONNXConverter.globalNormPool,
    "LpPool": ONNXConverter.normPool,
  ]

  /// The window that a node's attributes describe, over one to three axes.
  ///
  /// - Parameter input: As ONNX writes it.
  func window3D(
    _ node: ONNXNode, kernel: [Int], input: [Int], resolvesPadding: Bool = true
  ) throws(ModelFormatError) -> Window3D {
    let axes = kernel.count
    guard (1...3).contains(axes), input.count == axes + 2 else {
      throw node.unsupported("slides over \(axes) axes of \(Shape(input))")
    }
    func list(_ name: String, _ missing: Int, count: Int, _ range: ClosedRange<Int>) throws(ModelFormatError)
      -> [Int]
    {
      let values = try node.integers(name) ?? Array(repeating: missing, count: count)
      guard values.count == count, values.allSatisfy({ range.contains($0) }) else {
        throw node.malformed("\(name) \(values)", expected: "\(count) of \(range.lowerBound) and more")
      }
      return values
    }
    let range = 1...Shape.largestExtent
    guard kernel.allSatisfy({ range.contains($0) }) else {
      throw node.malformed("a window of \(kernel)", expected: "1 and more along each axis")
    }
    let strides = try list("strides", 1, count: axes, range)
    let dilations = try list("dilations", 1, count: axes, range)
    let pads = try list("pads", 0, count: 2 * axes, 0...Shape.largestExtent)
    var (before, after) = (Array(pads[..<axes]), Array(pads[axes...]))
    let mode = try node.string("auto_pad", default: "NOTSET")
    if resolvesPadding, mode != "NOTSET", mode != "" {
      for axis in 0..<axes {
        let extent = input[axis + 2]
        let reach = (kernel[axis] - 1) * dilations[axis] + 1
        let total =
          mode == "VALID" ? 0 : max(0, ((extent - 1) / strides[axis]) * strides[axis] + reach - extent)
        before[axis] = mode == "SAME_LOWER" ? total - total / 2 : total / 2
        after[axis] = total - before[axis]
      }
    }
    return Window3D(
      size: Size3D(kernel), strides: Size3D(strides), dilations: Size3D(dilations),
      before: Size3D(before, missing: 0), after: Size3D(after, missing: 0))
  }

  /// How many windows fit along each axis; with `ceil_mode`, also those that reach beyond the padding but do not start
  /// there.
  private func windowCounts(_ node: ONNXNode, _ window: Window3D, _ image: [Int]) throws(ModelFormatError)
    -> [Int]
  {
    let roundsUp = try node.flag("ceil_mode", default: false)
    var counts: [Int] = []
    for axis in 0..<3 {
      let (before, after) = (window.before.extents[axis], window.after.extents[axis])
      let reach = (window.size.extents[axis] - 1) * window.dilations.extents[axis] + 1
      let stride = window.strides.extents[axis]
      let room = image[axis] + before + after - reach
      guard room >= 0 else {
        throw node.malformed(
          "a window that spans \(reach)", expected: "at most \(image[axis] + before + after)")
      }
      var count = (roundsUp ? room + stride - 1 : room) / stride + 1
      if roundsUp, (count - 1) * stride >= image[axis] + before { count -= 1 }
      counts.append(count)
    }
    return counts
  }

  /// Pools `[N, C, ...]` of one to three axes.
  func poolWindows(_ kind: WindowReduction.Kind, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let x = try input(node, 0)
    guard let kernel = try node.integers("kernel_shape") else {
      throw node.malformed("no kernel_shape", expected: "the window's extents")
    }
    let window = try window3D(node, kernel: kernel, input: shape(x).dimensions)
    let volume = try self.volume(x, node)
    let own = assembler[volume].shape
    let counts = try windowCounts(node, window, Array(own.dimensions[1...3]))
    let result = try apply(
      .windowReduction(WindowReduction(kind, window)), [volume], node,
      shape: Shape([own[0]] + counts + [own[4]]), type: kind.isPlace ? .i64 : nil, order: .channelsLast)
    return try fromVolume(result, rank: shape(x).rank, node)
  }

  func normPool(_ node: ONNXNode) throws(ModelFormatError) {
    try bind(try poolWindows(.norm(Float(try node.integer("p", default: 2))), node), node)
  }

  func globalNormPool(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try channelsLast(node, 0)
    let rank = assembler[x].shape.rank
    try requireRank(3...Shape.largestRank, x, node)
    let p = Double(try node.integer("p", default: 2))
    let magnitude = try apply(.unary(.abs), [x], node, order: .channelsLast)
    let power = try apply(
      .binary(.power, activation: .none), [magnitude, try scalar(p, like: x, node)], node,
      order: .channelsLast)
    let sum = try apply(
      .reduce(.sum, axes: Array(1..<rank - 1), keepsDimensions: true), [power], node, order: .channelsLast)
    try emit(
      .binary(.power, activation: .none), [sum, try scalar(1 / p, like: x, node)], node, order: .channelsLast)
  }

  /// A convolution over three axes.
  func convolution3D(
    _ node: ONNXNode, x: TensorID, weights: TensorID, bias: TensorID?
  ) throws(ModelFormatError) -> TensorID {
    let window = try window3D(
      node, kernel: Array(shape(weights).dimensions.dropFirst(2)), input: shape(x).dimensions)
    let written = try inOrder(.written, weights, node)
    let kernel = try permuted(written, [0, 2, 3, 4, 1], node)
    let convolution = Convolution3D(window, groups: try node.integer("group", default: 1))
    return try apply(
      .convolution3D(convolution), [try volume(x, node), kernel] + (bias.map { [$0] } ?? []), node,
      order: .channelsLast)
  }

  /// A transposed convolution over one to three axes, in groups.
  func transposedConvolution3D(_ node: ONNXNode) throws(ModelFormatError) {
    let (x, weights) = (try input(node, 0), try written(node, 1))
    let kernel = Array(shape(weights).dimensions.dropFirst(2))
    var window = try window3D(node, kernel: kernel, input: shape(x).dimensions, resolvesPadding: false)
    let groups = try node.integer("group", default: 1)
    let image = try volume(x, node)
    let own = assembler[image].shape
    guard groups >= 1, shape(weights)[0] == own[4], own[4] % groups == 0 else {
      throw node.malformed(
        "weights are \(shape(weights)) for \(shape(x)) in \(groups) groups",
        expected: "the input's channels first")
    }
    let added = Size3D(try node.integers("output_padding") ?? [], missing: 0).extents
    let wanted = try node.integers("output_shape").map {
      Size3D(Array($0.suffix(kernel.count)), missing: 1).extents
    }
    let mode = try node.string("auto_pad", default: "NOTSET")
    var (before, extents) = (window.before.extents, [Int]())
    for axis in 0..<3 {
      let stride = window.strides.extents[axis]
      let full =
        (own[axis + 1] - 1) * stride + (window.size.extents[axis] - 1) * window.dilations.extents[axis] + 1
        + added[axis]
      let isOpen = axis >= 3 - kernel.count
      var extent = full - window.before.extents[axis] - window.after.extents[axis]
      if isOpen, wanted != nil || mode.hasPrefix("SAME") {
        extent = wanted?[axis] ?? own[axis + 1] * stride
        let total = full - extent
        before[axis] = mode == "SAME_UPPER" ? total / 2 : total - total / 2
        if wanted != nil, mode != "SAME_LOWER" { before[axis] = total / 2 }
      } else if mode == "VALID" {
        (before[axis], extent) = (0, full)
      }
      guard (1...Shape.largestExtent).contains(extent), before[axis] >= 0 else {
        throw node.unsupported("makes \(extent) elements, \(before[axis]) before the image")
      }
      extents.append(extent)
    }
    window.before = Size3D(before)
    // [C, O / groups, ...] to [groups, taps, O / groups, C / groups].
    let filters = shape(weights)[1]
    let taps = window.size.extents
    let split = try apply(
      .reshape, [weights], node, shape: [groups, own[4] / groups, filters, taps[0], taps[1], taps[2]])
    let packed = try permuted(split, [0, 3, 4, 5, 2, 1], node)
    let bias = try optional(node, 2)
    let result = try apply(
      .convolution3D(Convolution3D(window, groups: groups, isTransposed: true)),
      [image, packed] + (bias.map { [$0] } ?? []), node,
      shape: Shape([own[0]] + extents + [groups * filters]), order: .channelsLast)
    try bind(try fromVolume(result, rank: shape(x).rank, node), node)
  }

  /// `[N, C, ...]` of one to three axes as `[N, D, H, W, C]`.
  private func volume(_ x: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try requireRank(3...5, x, node)
    let last = try inOrder(.channelsLast, x, node)
    let own = assembler[last].shape.dimensions
    guard own.count < 5 else { return last }
    let image = Size3D(Array(own[1..<own.count - 1])).extents
    return try apply(
      .reshape, [last], node, shape: Shape([own[0]] + image + [own[own.count - 1]]), order: .channelsLast)
  }

  /// `[N, D, H, W, C]` as channels-last of `rank` axes.
  private func fromVolume(_ x: TensorID, rank: Int, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let own = assembler[x].shape.dimensions
    guard rank < 5 else { return x }
    return try apply(
      .reshape, [x], node, shape: Shape([own[0]] + own[(6 - rank)...]), order: .channelsLast)
  }
}
