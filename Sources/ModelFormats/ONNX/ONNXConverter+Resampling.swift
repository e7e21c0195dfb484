import Graph

// Resizing along any axes in every mode, and sampling by a grid.

extension ONNXConverter {
  static let resamplings: [String: Handler] = [
    "AffineGrid": ONNXConverter.affineGrid,
    "CenterCropPad": ONNXConverter.centerCropPad,
    "GridSample": ONNXConverter.gridSample,
  ]

  /// Resizes axes one after the other: in every mode the weights of a tap are products of those along each axis.
  ///
  /// - Parameters:
  ///   - axes: The axes to be resized, as ONNX counts them, with their extents, scales and regions.
  func resample(
    _ x: TensorID, _ axes: [(axis: Int, extent: Int, scale: Double, region: ClosedRange<Double>)],
    _ resampling: Resampling, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    var result = x
    let order = assembler.order(of: x)
    let rank = assembler[x].shape.rank
    for (axis, extent, scale, region) in axes {
      var resampling = resampling
      resampling.region = region
      let own = shape(result)[axis]
      guard resampling.coordinates == .cropped || own != extent || scale != 1 else { continue }
      let place = order.place(of: axis, rank: rank)
      if case .nearest = resampling.method, resampling.coordinates != .cropped {
        let indices = resampling.nearestIndices(extent: own, count: extent, scale: scale)
        result = try apply(
          .gather(axis: place), [result, constant(indices, .i32, node, "places\(axis)")], node, order: order)
        continue
      }
      let taps = resampling.taps(extent: own, count: extent, scale: scale)
      var inputs: [TensorID?] = [
        result,
        constant(taps.indices, .i32, shape: [extent, taps.tapCount], node, "places\(axis)"),
        constant(taps.weights, .f32, shape: [extent, taps.tapCount], node, "weights\(axis)"),
      ]
      if taps.offsets.contains(where: { $0 != 0 }) {
        inputs.append(constant(taps.offsets, .f32, node, "offsets\(axis)"))
      }
      result = try apply(.resample(axis: place), inputs, node, order: order)
    }
    return result
  }

  func affineGrid(_ node: ONNXNode) throws(ModelFormatError) {
    let theta = try written(node, 0)
    let size = try integers(node, 1)
    let rank = size.count - 2
    guard (2...3).contains(rank), shape(theta) == [size[0], rank, rank + 1],
      size.allSatisfy({ (1...Shape.largestExtent).contains($0) }),
      let points = Shape(Array(size.dropFirst(2))).elementCount,
      points <= 1 << 26
    else { throw node.malformed("\(shape(theta)) for a size of \(size)", expected: "[N, 2, 3] or [N, 3, 4]") }
    let alignsCorners = try node.flag("align_corners", default: false)
    let image = Array(size.dropFirst(2))
    // Homogeneous coordinates of every pixel, x first.
    var coordinates: [Float] = []
    coordinates.reserveCapacity(points * (rank + 1))
    for point in 0..<points {
      var rest = point
      var place: [Float] = []
      for extent in image.reversed() {
        let index = Float(rest % extent)
        rest /= extent
        let count = Float(extent)
        place.append(
          alignsCorners ? (extent == 1 ? 0 : -1 + 2 * index / (count - 1)) : -1 + (2 * index + 1) / count)
      }
      coordinates += place + [1]
    }
    let grid = constant(coordinates, .f32, shape: [1, points, rank + 1], node, "pixels")
    let places = try apply(.matMul(transposeA: false, transposeB: true), [grid, theta], node)
    try emit(.reshape, [places], node, shape: Shape([size[0]] + image + [rank]))
  }

  func gridSample(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try channelsLast(node, 0)
    let method: GridSampling.Method
    switch try node.string("mode", default: "linear") {
    case "linear", "bilinear": method = .linear
    case "nearest": method = .nearest
    case "cubic", "bicubic": method = .cubic
    case let other: throw node.malformed("mode '\(other)'", expected: "linear, nearest or cubic")
    }
    let padding: GridSampling.Padding
    switch try node.string("padding_mode", default: "zeros") {
    case "zeros": padding = .zeros
    case "border": padding = .border
    case "reflection": padding = .reflection
    case let other: throw node.malformed("padding_mode '\(other)'", expected: "zeros, border or reflection")
    }
    let sampling = GridSampling(
      method: method, padding: padding, alignsCorners: try node.flag("align_corners", default: false))
    try emit(.gridSampling(sampling), [x, try written(node, 1)], node, order: .channelsLast)
  }

  func centerCropPad(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let own = shape(x).dimensions
    let wanted = try integers(node, 1)
    let axes = try axes(try node.integers("axes") ?? Array(own.indices), rank: own.count, node)
    guard axes.count == wanted.count, wanted.allSatisfy({ (1...Shape.largestExtent).contains($0) }) else {
      throw node.malformed("extents \(wanted) for axes \(axes)", expected: "one of 1 and more for each")
    }
    var begin = Array(repeating: 0, count: own.count)
    var (kept, before, after) = (own, begin, begin)
    for (axis, extent) in zip(axes, wanted) {
      if extent < own[axis] {
        begin[axis] = (own[axis] - extent) / 2
        kept[axis] = extent
      } else {
        before[axis] = (extent - own[axis]) / 2
        after[axis] = extent - own[axis] - before[axis]
      }
    }
    let cropped = try apply(
      .slice(begin: begin, strides: own.map { _ in 1 }), [x], node, shape: Shape(kept))
    try emit(.pad(before: before, after: after, mode: .constant(0)), [cropped], node)
  }
}
