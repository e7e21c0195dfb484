import Graph

// Resizing of images.

extension ONNXConverter {
  static let resizings: [String: Handler] = [
    "Resize": ONNXConverter.resize,
    "Upsample": ONNXConverter.upsample,
  ]

  /// The operator that Resize replaced: nearest or linear, from the corner.
  func upsample(_ node: ONNXNode) throws(ModelFormatError) {
    let own = shape(try input(node, 0))
    let scales = node.opset < 9 ? try node.floats("scales") ?? [] : try floats(node, 1)
    let isLinear = try node.string("mode", default: "nearest") == "linear"
    let axes = try resizedAxes(Array(own.dimensions.indices), scales: scales, own, node)
    try resize(
      node, axes, Resampling(method: isLinear ? .linear : .nearest(.floor), coordinates: .asymmetric))
  }

  func resize(_ node: ONNXNode) throws(ModelFormatError) {
    let own = shape(try input(node, 0))
    var resampling = try self.resampling(node)
    let listed = try node.integers("axes") ?? Array(own.dimensions.indices)
    let places = try axes(listed, rank: own.rank, node)
    var resized: [ResizedAxis]
    if node.opset >= 11, let sizes = try optionalIntegers(node, 3), !sizes.isEmpty {
      resized = try resizedAxes(places, sizes: sizes, own, node)
    } else {
      resized = try resizedAxes(places, scales: try floats(node, node.opset < 11 ? 1 : 2), own, node)
    }
    if resampling.coordinates == .cropped {
      let region = try floats(node, 1)
      guard region.count == 2 * places.count, region.allSatisfy(\.isFinite) else {
        throw node.malformed("\(region.count) numbers of a region", expected: "\(2 * places.count)")
      }
      for index in resized.indices {
        let (low, high) = (Double(region[index]), Double(region[places.count + index]))
        guard low <= high else { throw node.unsupported("crops from \(low) back to \(high)") }
        resized[index].region = low...high
      }
      resampling.extrapolation = try node.float("extrapolation_value", default: 0)
    }
    try resize(node, resized, resampling)
  }

  private func resampling(_ node: ONNXNode) throws(ModelFormatError) -> Resampling {
    func named<Value: RawRepresentable<String>>(
      _ attribute: String, default name: String
    ) throws(ModelFormatError) -> Value {
      let name = try node.string(attribute, default: name)
      guard let value = Value(rawValue: name) else {
        throw node.unsupported("resizes with \(attribute) '\(name)'")
      }
      return value
    }
    let method: Resampling.Method
    switch try node.string("mode", default: "nearest") {
    case "nearest":
      method = .nearest(node.opset < 11 ? .floor : try named("nearest_mode", default: "round_prefer_floor"))
    case "linear": method = .linear
    case "cubic": method = .cubic(Double(try node.float("cubic_coeff_a", default: -0.75)))
    case let mode: throw node.malformed("mode '\(mode)'", expected: "nearest, linear or cubic")
    }
    // A name that opset 11 had for a while.
    if try node.string("coordinate_transformation_mode") == "tf_half_pixel_for_nn" {
      throw node.unsupported("resizes with tf_half_pixel_for_nn")
    }
    return Resampling(
      method: method,
      coordinates: node.opset < 11
        ? .asymmetric : try named("coordinate_transformation_mode", default: "half_pixel"),
      excludesOutside: try node.flag("exclude_outside", default: false),
      isAntialiased: try node.flag("antialias", default: false))
  }

  private typealias ResizedAxis = (axis: Int, extent: Int, scale: Double, region: ClosedRange<Double>)

  private func resizedAxes(
    _ axes: [Int], scales: [Float], _ own: Shape, _ node: ONNXNode
  ) throws(ModelFormatError) -> [ResizedAxis] {
    guard scales.count == axes.count else {
      throw node.malformed("\(scales.count) scales for \(own)", expected: "\(axes.count)")
    }
    var resized: [ResizedAxis] = []
    for (scale, axis) in zip(scales, axes) {
      let product = Double(scale) * Double(own[axis])
      guard product >= 1, product <= Double(Shape.largestExtent) else {
        throw node.malformed("a scale of \(scale) for \(own)", expected: "at least one element to be left")
      }
      resized.append((axis, Int(product), Double(scale), 0...1))
    }
    return resized
  }

  private func resizedAxes(
    _ axes: [Int], sizes: [Int], _ own: Shape, _ node: ONNXNode
  ) throws(ModelFormatError) -> [ResizedAxis] {
    guard sizes.count == axes.count, sizes.allSatisfy({ (1...Shape.largestExtent).contains($0) }) else {
      throw node.malformed("sizes \(sizes) for \(own)", expected: "\(axes.count) of 1 and more")
    }
    let scales = zip(sizes, axes).map { Double($0) / Double(own[$1]) }
    let common: Double?
    switch try node.string("keep_aspect_ratio_policy", default: "stretch") {
    case "stretch": common = nil
    case "not_larger": common = scales.min()
    case "not_smaller": common = scales.max()
    case let policy:
      throw node.malformed(
        "keep_aspect_ratio_policy '\(policy)'", expected: "stretch, not_larger or not_smaller")
    }
    var resized: [ResizedAxis] = []
    for (index, axis) in axes.enumerated() {
      let scale = common ?? scales[index]
      let extent = common == nil ? sizes[index] : Int((scale * Double(own[axis]) + 0.5).rounded(.down))
      guard (1...Shape.largestExtent).contains(extent) else {
        throw node.malformed("an extent of \(extent)", expected: "1 and more")
      }
      resized.append((axis, extent, scale, 0...1))
    }
    return resized
  }

  private func resize(_ node: ONNXNode, _ axes: [ResizedAxis], _ resampling: Resampling)
    throws(ModelFormatError)
  {
    let x = try channelsLast(node, 0)
    let own = shape(x)
    if let resize = resampling.ofImages, own.rank == 4,
      axes.allSatisfy({ $0.axis >= 2 || $0.extent == own[$0.axis] }),
      axes.allSatisfy({ $0.scale * Double(own[$0.axis]) == Double($0.extent) })
    {
      var extents = own.dimensions
      for axis in axes { extents[axis.axis] = axis.extent }
      if extents == own.dimensions { return try bind(x, node) }
      try emit(
        .resize(resize), [x], node, shape: [extents[0], extents[2], extents[3], extents[1]],
        order: .channelsLast)
      return
    }
    try bind(try resample(x, axes, resampling, node), node)
  }
}

extension Resampling {
  /// The operator with kernels of its own that does the same to an image's height and width.
  fileprivate var ofImages: Resize? {
    guard !excludesOutside, !isAntialiased else { return nil }
    switch (method, coordinates) {
    case (.nearest(.floor), .asymmetric):
      return Resize(method: .nearest, alignsCorners: false, halfPixelCenters: false)
    case (.linear, .halfPixel), (.linear, .symmetricHalfPixel):
      return Resize(method: .bilinear, alignsCorners: false, halfPixelCenters: true)
    case (.linear, .alignedCorners):
      return Resize(method: .bilinear, alignsCorners: true, halfPixelCenters: false)
    case (.linear, .asymmetric):
      return Resize(method: .bilinear, alignsCorners: false, halfPixelCenters: false)
    default: return nil
    }
  }
}
