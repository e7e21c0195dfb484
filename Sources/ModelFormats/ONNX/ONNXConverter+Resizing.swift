import Graph

// Resizing of images.

extension ONNXConverter {
  static let resizings: [String: Handler] = [
    "Resize": ONNXConverter.resize,
    "Upsample": ONNXConverter.upsample,
  ]

  /// The operator that Resize replaced: by whole factors, nearest or linear, from the corner.
  func upsample(_ node: ONNXNode) throws(ModelFormatError) {
    let scales = node.opset < 9 ? try node.floats("scales") ?? [] : try floats(node, 1)
    let isLinear = try node.string("mode", default: "nearest") == "linear"
    try resize(
      node, extents: try extents(scales: scales, shape(try input(node, 0)), node),
      Resize(method: isLinear ? .bilinear : .nearest, alignsCorners: false, halfPixelCenters: false))
  }

  func resize(_ node: ONNXNode) throws(ModelFormatError) {
    let own = shape(try input(node, 0))
    let mode = try node.string("mode", default: "nearest")
    let extents: [Int]
    let scalesPosition = node.opset < 11 ? 1 : 2
    if node.opset >= 11, let sizes = try optionalIntegers(node, 3), !sizes.isEmpty {
      guard sizes.count == own.rank else { throw node.unsupported("resizes some of its axes only") }
      extents = sizes
    } else {
      extents = try self.extents(scales: try floats(node, scalesPosition), own, node)
    }
    let transform =
      node.opset < 11
      ? "asymmetric" : try node.string("coordinate_transformation_mode", default: "half_pixel")
    let nearest = node.opset < 11 ? "floor" : try node.string("nearest_mode", default: "round_prefer_floor")
    switch (mode, transform, nearest) {
    case ("nearest", "asymmetric", "floor"):
      try resize(
        node, extents: extents, Resize(method: .nearest, alignsCorners: false, halfPixelCenters: false))
    case ("linear", "half_pixel", _), ("linear", "pytorch_half_pixel", _):
      try resize(
        node, extents: extents, Resize(method: .bilinear, alignsCorners: false, halfPixelCenters: true))
    case ("linear", "align_corners", _):
      try resize(
        node, extents: extents, Resize(method: .bilinear, alignsCorners: true, halfPixelCenters: false))
    case ("linear", "asymmetric", _):
      try resize(
        node, extents: extents, Resize(method: .bilinear, alignsCorners: false, halfPixelCenters: false))
    default:
      throw node.unsupported("resizes in mode '\(mode)' with '\(transform)' and '\(nearest)'")
    }
  }

  private func resize(_ node: ONNXNode, extents: [Int], _ resize: Resize) throws(ModelFormatError) {
    let x = try channelsLast(node, 0)
    let own = shape(x)
    guard own.rank == 4, extents.count == 4, extents[0] == own[0], extents[1] == own[1] else {
      throw node.unsupported("resizes \(own) to \(Shape(extents))")
    }
    if extents == own.dimensions { return try bind(x, node) }
    try emit(
      .resize(resize), [x], node, shape: [extents[0], extents[2], extents[3], extents[1]],
      order: .channelsLast)
  }

  private func extents(scales: [Float], _ own: Shape, _ node: ONNXNode) throws(ModelFormatError) -> [Int] {
    guard scales.count == own.rank else {
      throw node.malformed("\(scales.count) scales for \(own)", expected: "\(own.rank)")
    }
    var extents: [Int] = []
    for (scale, extent) in zip(scales, own.dimensions) {
      let product = Double(scale) * Double(extent)
      guard product >= 1, product <= Double(Shape.largestExtent) else {
        throw node.malformed("a scale of \(scale) for \(own)", expected: "at least one element to be left")
      }
      extents.append(Int(product))
    }
    return extents
  }
}
