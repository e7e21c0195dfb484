// Windows in three dimensions, resampling, sampling at computed places, detection.

extension ShapeInference {
  func windowReduction(_ reduction: WindowReduction) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try requireRank(5, x, "x")
    let window = reduction.window
    try check(window)
    if case .norm(let p) = reduction.kind { try require(p > 0, "a norm of \(p)", expected: "more than 0") }
    let output = try declaredOutput().shape
    try require(
      output.rank == 5 && output[0] == x.shape[0] && output[4] == x.shape[4], "the output is \(output)",
      expected: "batch and channels of \(x)")
    for axis in 0..<3 {
      // The last window starts before the image and its padding end.
      let start = (output[axis + 1] - 1) * window.strides.extents[axis]
      try require(
        start < x.shape[axis + 1] + window.before.extents[axis] + window.after.extents[axis],
        "\(output[axis + 1]) windows along axis \(axis + 1) of \(x)", expected: "fewer")
    }
    if case .placeOfMaximum = reduction.kind { return TensorType(.i64, output) }
    return TensorType(x.elementType, output)
  }

  func convolution3D(_ convolution: Convolution3D) throws(GraphError) -> TensorType {
    try requireInputs(2...3)
    let (x, weights) = (try input(0, "x"), try input(1, "weights"))
    let (window, groups) = (convolution.window, convolution.groups)
    try requireRank(5, x, "x")
    try check(window)
    try requireExtent(groups, atLeast: 1, "groups")
    let channels = x.shape[4]
    try require(channels % groups == 0, "\(channels) channels in \(groups) groups", expected: "a multiple")
    let taps = window.size.extents
    if convolution.isTransposed {
      try requireRank(6, weights, "weights")
      let filters = weights.shape[4] * groups
      try require(
        weights.shape == [groups, taps[0], taps[1], taps[2], weights.shape[4], channels / groups],
        "weights are \(weights)", expected: "groups, taps, output and input channels of a group for \(x)")
      try checkBias(channels: filters, for: x)
      let output = try declaredOutput().shape
      try require(
        output.rank == 5 && output[0] == x.shape[0] && output[4] == filters, "the output is \(output)",
        expected: "\(filters) channels for \(x)")
      return TensorType(x.elementType, output)
    }
    try requireRank(5, weights, "weights")
    let filters = weights.shape[0]
    try require(
      weights.shape == [filters, taps[0], taps[1], taps[2], channels / groups] && filters % groups == 0,
      "weights are \(weights)", expected: "filters, taps and \(channels / groups) channels")
    try checkBias(channels: filters, for: x)
    let extents = try slid(Array(x.shape.dimensions[1...3]), window)
    return TensorType(x.elementType, Shape([x.shape[0]] + extents + [filters]))
  }

  func deformableConvolution(_ convolution: Convolution, offsetGroups: Int) throws(GraphError) -> TensorType {
    try requireInputs(3...5)
    let (x, weights, offsets) = (try input(0, "x"), try input(1, "weights"), try input(2, "offsets"))
    try requireRank(4, x, "x")
    try requireRank(4, weights, "weights")
    let (channels, filters, groups) = (x.shape[3], weights.shape[0], convolution.groups)
    try requireExtent(groups, atLeast: 1, "groups")
    try requireExtent(offsetGroups, atLeast: 1, "groups of offsets")
    try require(
      channels % groups == 0 && filters % groups == 0 && channels % offsetGroups == 0
        && weights.shape[3] == channels / groups,
      "weights are \(weights) for \(x) in \(groups) groups, \(offsetGroups) of offsets",
      expected: "multiples of the groups")
    let window = Window3D(convolution, taps: Size2D(height: weights.shape[1], width: weights.shape[2]))
    try check(window)
    let extents = try slid([1, x.shape[1], x.shape[2]], window)
    let taps = weights.shape[1] * weights.shape[2]
    let places: Shape = [x.shape[0], extents[1], extents[2], offsetGroups, taps]
    try require(
      offsets.shape == Shape(places.dimensions + [2]), "offsets are \(offsets)", expected: "\(places)x2")
    if let bias = optionalInput(3) {
      try require(bias.shape == [filters], "bias is \(bias)", expected: "\(filters)")
    }
    if let mask = optionalInput(4) {
      try require(mask.shape == places, "mask is \(mask)", expected: "\(places)")
    }
    return TensorType(x.elementType, [x.shape[0], extents[1], extents[2], filters])
  }

  func resample(axis: Int) throws(GraphError) -> TensorType {
    try requireInputs(3...4)
    let (x, indices, weights) = (try input(0, "x"), try input(1, "indices"), try input(2, "weights"))
    try requireAxis(axis, of: x)
    try require(
      indices.shape.rank == 2 && indices.elementType == .i32 && weights.shape == indices.shape,
      "indices are \(indices), weights \(weights)", expected: "i32 and real numbers of one shape of 2 axes")
    if let offsets = optionalInput(3) {
      try require(
        offsets.shape == [indices.shape[0]], "offsets are \(offsets)", expected: "\(indices.shape[0])")
    }
    var dimensions = x.shape.dimensions
    dimensions[axis] = indices.shape[0]
    return TensorType(x.elementType, Shape(dimensions))
  }

  func gridSampling(_ sampling: GridSampling) throws(GraphError) -> TensorType {
    try requireInputs(2...2)
    let (x, grid) = (try input(0, "x"), try input(1, "grid"))
    let rank = x.shape.rank
    try require(
      (4...5).contains(rank) && grid.shape.rank == rank && grid.shape[0] == x.shape[0]
        && grid.shape[rank - 1] == rank - 2,
      "x is \(x), the grid is \(grid)", expected: "an image of 2 or 3 axes, and places of as many numbers")
    try require(
      sampling.method != .cubic || rank == 4, "cubic sampling of \(x)", expected: "an image of 2 axes")
    return TensorType(x.elementType, Shape(Array(grid.shape.dimensions.dropLast()) + [x.shape[rank - 1]]))
  }

  func regionAlignment(_ alignment: RegionAlignment) throws(GraphError) -> TensorType {
    try requireInputs(3...3)
    let (x, boxes, images) = (try input(0, "x"), try input(1, "boxes"), try input(2, "images"))
    try requireRank(4, x, "x")
    try requireRank(2, boxes, "boxes")
    try require(boxes.shape[1] == 4, "boxes are \(boxes)", expected: "4 numbers each")
    try require(
      images == TensorType(.i32, [boxes.shape[0]]), "images are \(images)", expected: "i32 \(boxes.shape[0])")
    try requireExtent(alignment.size.height, atLeast: 1, "the output's height")
    try requireExtent(alignment.size.width, atLeast: 1, "the output's width")
    try require(
      (0...1 << 12).contains(alignment.samples), "\(alignment.samples) samples", expected: "0 to \(1 << 12)")
    return TensorType(
      x.elementType, [boxes.shape[0], alignment.size.height, alignment.size.width, x.shape[3]])
  }

  /// The boxes that are left, as image, class and box, -1 in unused rows; and how many.
  func nonMaxSuppression(_ suppression: NonMaxSuppression) throws(GraphError) -> [TensorType] {
    try requireInputs(2...2)
    let (boxes, scores) = (try input(0, "boxes"), try input(1, "scores"))
    try requireRank(3, boxes, "boxes")
    try requireRank(3, scores, "scores")
    try require(
      boxes.shape[2] == 4 && scores.shape[0] == boxes.shape[0] && scores.shape[2] == boxes.shape[1],
      "boxes are \(boxes), scores \(scores)", expected: "[N, boxes, 4] and [N, classes, boxes]")
    try requireExtent(suppression.mostPerClass, atLeast: 1, "the most boxes of a class")
    guard
      let capacity = suppression.capacity(
        batch: boxes.shape[0], classes: scores.shape[1], boxes: boxes.shape[1]),
      capacity <= Shape.largestExtent
    else { throw mismatch("boxes are \(boxes), scores \(scores)", expected: "fewer") }
    return [TensorType(.i64, [capacity, 3]), TensorType(.i64, [1])]
  }

  func blocksToImage(_ window: Window3D, image: Size3D) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try requireRank(3, x, "x")
    try check(window)
    for extent in image.extents { try requireExtent(extent, atLeast: 1, "an extent of the image") }
    guard let blocks = Shape(try slid(image.extents, window)).elementCount,
      let taps = Shape(window.size.extents).elementCount
    else { throw mismatch("blocks of \(window.size.extents)", expected: "smaller ones") }
    try require(
      x.shape[1] % taps == 0 && x.shape[2] == blocks, "x is \(x)",
      expected: "a multiple of \(taps) rows of \(blocks)")
    return TensorType(x.elementType, Shape([x.shape[0], x.shape[1] / taps] + image.extents))
  }

  private func check(_ window: Window3D) throws(GraphError) {
    for (role, size) in [("window", window.size), ("stride", window.strides), ("dilation", window.dilations)]
    {
      for extent in size.extents { try requireExtent(extent, atLeast: 1, role) }
    }
    for size in [window.before, window.after] {
      for extent in size.extents { try requireExtent(extent, atLeast: 0, "padding") }
    }
  }

  /// How often the window fits along each axis.
  private func slid(_ image: [Int], _ window: Window3D) throws(GraphError) -> [Int] {
    var extents: [Int] = []
    for axis in 0..<3 {
      let reach = (window.size.extents[axis] - 1) * window.dilations.extents[axis] + 1
      let padded = image[axis] + window.before.extents[axis] + window.after.extents[axis]
      try require(padded >= reach, "a window that spans \(reach)", expected: "at most \(padded)")
      extents.append((padded - reach) / window.strides.extents[axis] + 1)
    }
    return extents
  }
}
