import Graph

// Boxes, and images put together from parts.

extension ONNXConverter {
  static let detections: [String: Handler] = [
    "Col2Im": ONNXConverter.blocksToImage,
    "DeformConv": ONNXConverter.deformableConvolution,
    "MaxUnpool": ONNXConverter.maxUnpool,
    "NonMaxSuppression": ONNXConverter.nonMaxSuppression,
    "RoiAlign": ONNXConverter.regionAlignment,
  ]

  func regionAlignment(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try channelsLast(node, 0)
    let images = try apply(.cast, [try written(node, 2)], node, type: .i32)
    let coordinates = try node.string(
      "coordinate_transformation_mode", default: node.opset < 16 ? "output_half_pixel" : "half_pixel")
    let mode = try node.string("mode", default: "avg")
    guard ["avg", "max"].contains(mode), ["half_pixel", "output_half_pixel"].contains(coordinates) else {
      throw node.malformed(
        "mode '\(mode)', coordinates '\(coordinates)'", expected: "avg or max, half_pixel or not")
    }
    let alignment = RegionAlignment(
      size: Size2D(
        height: try node.integer("output_height", default: 1),
        width: try node.integer("output_width", default: 1)),
      samples: try node.integer("sampling_ratio", default: 0), isMaximum: mode == "max",
      hasHalfPixel: coordinates == "half_pixel", scale: try node.float("spatial_scale", default: 1))
    try emit(.regionAlignment(alignment), [x, try written(node, 1), images], node, order: .channelsLast)
  }

  /// How many boxes are left depends on their values, so it is found out while the model is read.
  func nonMaxSuppression(_ node: ONNXNode) throws(ModelFormatError) {
    let (boxes, scores) = (try written(node, 0), try written(node, 1))
    let most = node.has(2) ? try integer(node, 2) : 0
    guard most > 0, try node.integer("center_point_box", default: 0) <= 1 else {
      return try bind(constant([Int64](), .i64, shape: [0, 3], node, "none"), node)
    }
    let suppression = NonMaxSuppression(
      mostPerClass: min(most, Shape.largestExtent),
      isCentered: try node.flag("center_point_box", default: false),
      overlapThreshold: try optionalFloats(node, 3)?.first ?? 0,
      scoreThreshold: try optionalFloats(node, 4)?.first)
    let ids = try inFile(node.place) { () throws(GraphError) in
      try assembler.addAll(.nonMaxSuppression(suppression), [boxes, scores], name: "\(label(node))/all")
    }
    let count = Int(try value(of: ids[1], node).elements(as: Int64.self).first ?? 0)
    guard count > 0 else { return try bind(constant([Int64](), .i64, shape: [0, 3], node, "none"), node) }
    try emit(.slice(begin: [0, 0], strides: [1, 1]), [ids[0]], node, shape: [count, 3])
  }

  /// Each value at the place that a pooling found it at, zeros elsewhere, and zeros behind where a larger result is asked for.
  func maxUnpool(_ node: ONNXNode) throws(ModelFormatError) {
    let (x, places) = (try written(node, 0), try written(node, 1))
    let own = shape(x).dimensions
    guard let kernel = try node.integers("kernel_shape"), kernel.count == own.count - 2,
      shape(places) == shape(x)
    else {
      throw node.malformed(
        "\(shape(x)) and places \(shape(places))", expected: "the same shape, and a window over it")
    }
    let window = try window3D(node, kernel: kernel, input: own, resolvesPadding: false)
    var unpooled = Array(own[..<2])
    for (axis, extent) in own.dropFirst(2).enumerated() {
      let at = 3 - kernel.count + axis
      let (stride, size) = (window.strides.extents[at], window.size.extents[at])
      unpooled.append((extent - 1) * stride + size - window.before.extents[at] - window.after.extents[at])
    }
    guard let count = Shape(own).elementCount,
      unpooled.allSatisfy({ (1...Shape.largestExtent).contains($0) }),
      let total = Shape(unpooled).elementCount, total <= 1 << 26
    else { throw node.unsupported("unpools \(shape(x)) to \(Shape(unpooled))") }
    let nothing = try apply(.broadcast, [try scalar(0, like: x, node)], node, shape: [total])
    let (values, flat) = (
      try apply(.reshape, [x], node, shape: [count]), try apply(.reshape, [places], node, shape: [count])
    )
    let filled = try apply(.scatterElements(axis: 0, .set), [nothing, flat, values], node)
    let image = try apply(.reshape, [filled], node, shape: Shape(unpooled))
    let wanted = try optionalIntegers(node, 2) ?? unpooled
    guard wanted.count == unpooled.count,
      zip(wanted, unpooled).allSatisfy({ $0 >= $1 && $0 <= Shape.largestExtent })
    else {
      throw node.unsupported("unpools \(Shape(unpooled)) into \(Shape(wanted))")
    }
    let after = zip(wanted, unpooled).map { $0 - $1 }
    try emit(.pad(before: after.map { _ in 0 }, after: after, mode: .constant(0)), [image], node)
  }

  func blocksToImage(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let image = try integers(node, 1)
    let taps = try integers(node, 2)
    let rank = image.count
    guard (1...3).contains(rank), taps.count == rank else {
      throw node.unsupported("puts together images of \(rank) axes")
    }
    let window = try window3D(node, kernel: taps, input: [1, 1] + image)
    try requireRank(3...3, x, node)
    let volume = try apply(.blocksToImage(window, image: Size3D(image)), [x], node)
    let own = shape(volume)
    try emit(.reshape, [volume], node, shape: Shape([own[0], own[1]] + image))
  }

  func deformableConvolution(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try channelsLast(node, 0)
    let weights = try written(node, 1)
    try requireRank(4...4, x, node)
    try requireRank(4...4, weights, node)
    let window = try ONNXWindow(node, kernel: Array(shape(weights).dimensions.dropFirst(2)), input: shape(x))
    let offsetGroups = try node.integer("offset_group", default: 1)
    let taps = window.size.height * window.size.width
    /// `[N, G * taps * parts, OH, OW]` as `[N, OH, OW, G, taps, parts]`.
    func places(_ position: Int, parts: Int) throws(ModelFormatError) -> TensorID? {
      guard let id = try optional(node, position) else { return nil }
      let own = shape(id)
      guard own.rank == 4, offsetGroups >= 1, own[1] == offsetGroups * taps * parts else {
        throw node.malformed(
          "input \(position) is \(own)", expected: "\(offsetGroups) groups of \(taps * parts)")
      }
      let moved = try apply(.transpose(permutation: [0, 2, 3, 1]), [id], node)
      let groups = [own[0], own[2], own[3], offsetGroups, taps]
      return try apply(.reshape, [moved], node, shape: Shape(parts == 1 ? groups : groups + [parts]))
    }
    let convolution = Convolution(
      strides: window.strides, dilations: window.dilations, padding: window.padding,
      groups: try node.integer("group", default: 1))
    var inputs: [TensorID?] = [
      x, try permuted(weights, [0, 2, 3, 1], node), try places(2, parts: 2), try optional(node, 3),
      try places(4, parts: 1),
    ]
    while let last = inputs.last, last == nil { inputs.removeLast() }
    try emit(
      .deformableConvolution(convolution, offsetGroups: offsetGroups), inputs, node, order: .channelsLast)
  }
}
