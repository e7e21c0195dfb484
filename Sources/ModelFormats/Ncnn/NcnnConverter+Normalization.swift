import Graph

// Statistics of a blob, and what is made of them.

extension NcnnConverter {
  /// (x - mean) / sqrt(variance + epsilon) * slope + bias, folded into one product and one sum.
  mutating func batchNorm(_ layer: NcnnLayer) throws(NcnnError) {
    let count = try layer.extent(0, default: 0, in: 1...Shape.largestExtent)
    let epsilon = try layer.number(1, default: 0)
    var operands: [TensorID] = []
    for (name, role) in [
      ("slope", WeightRequest.Role.scale), ("mean", .mean), ("variance", .variance), ("bias", .bias),
    ] {
      operands.append(try vector(layer, name, role, [count]))
    }
    let blob = try bottom(layer)
    guard count == blob.dimensions[0] else {
      throw NcnnError(
        place: layer.place, found: "\(count) channels for an input of \(Shape(blob.dimensions))",
        expected: "\(blob.dimensions[0])")
    }
    var result = blob
    if blob.layout == .channelsLast || blob.dimensions.count == 1 {
      result.id = try emit(
        .batchNorm(epsilon: epsilon), [blob.id, operands[0], operands[3], operands[1], operands[2]], layer)
    } else {
      // Channels outermost: transposed, so that they are innermost.
      let last = Array(1..<blob.dimensions.count) + [0]
      let turned = try emit(.transpose(permutation: last), [blob.id], layer)
      let normal = try emit(
        .batchNorm(epsilon: epsilon), [turned, operands[0], operands[3], operands[1], operands[2]], layer)
      let first = [blob.dimensions.count - 1] + Array(0..<blob.dimensions.count - 1)
      result.id = try emit(.transpose(permutation: first), [normal], layer)
    }
    try finish(layer, result)
  }

  mutating func scale(_ layer: NcnnLayer) throws(NcnnError) {
    let count = try layer.integer(0, default: 0)
    if count == -233 {
      // The factors are the second input.
      return try finish(
        layer, try combined(.multiply, try bottom(layer, 0), try bottom(layer, 1), layer))
    }
    guard (1...Shape.largestExtent).contains(count) else {
      throw NcnnError(
        place: layer.place, found: "\(count) factors (parameter 0)", expected: "1 or more, or -233")
    }
    var blob = try bottom(layer)
    let factors = try alongChannels(try vector(layer, "scale", .scale, [count]), count, blob, layer)
    blob.id = try emit(.binary(.multiply, activation: .none), [blob.id, factors], layer)
    if try layer.flag(1) {
      let addends = try alongChannels(try biases(layer, count), count, blob, layer)
      blob.id = try emit(.binary(.add, activation: .none), [blob.id, addends], layer)
    }
    try finish(layer, blob)
  }

  mutating func layerNorm(_ layer: NcnnLayer) throws(NcnnError) {
    let count = try layer.extent(0, default: 0, in: 1...Shape.largestExtent)
    let blob = try bottom(layer)
    let inner = blob.dimensions.dropFirst(blob.dimensions.count > 1 ? 1 : 0)
    let axes = count == blob.dimensions.last ? 1 : inner.count
    let extents = Shape(Array(blob.dimensions.suffix(axes)))
    guard extents.elementCount == count else {
      throw NcnnError(
        place: layer.place, found: "\(count) elements of an input of \(Shape(blob.dimensions))",
        expected: "its inner axes")
    }
    var operands: [TensorID?] = [try plain(blob, layer)]
    if try layer.flag(2, default: true) {
      operands.append(try vector(layer, "scale", .scale, extents))
      operands.append(try biases(layer, extents))
    }
    let id = try emit(
      .layerNorm(axes: axes, epsilon: try layer.number(1, default: 0.001)), operands, layer)
    try finish(layer, NcnnBlob(id: id, dimensions: blob.dimensions, layout: .plain))
  }

  private mutating func biases(_ layer: NcnnLayer, _ shape: Shape) throws(NcnnError) -> TensorID {
    try vector(layer, "bias", .bias, shape)
  }

  mutating func instanceNorm(_ layer: NcnnLayer) throws(NcnnError) {
    let count = try layer.extent(0, default: 0, in: 1...Shape.largestExtent)
    try grouped(
      layer, groups: count, channels: count, epsilon: try layer.number(1, default: 0.001),
      isAffine: try layer.flag(2, default: true))
  }

  mutating func groupNorm(_ layer: NcnnLayer) throws(NcnnError) {
    try grouped(
      layer, groups: try layer.extent(0, default: 1, in: 1...Shape.largestExtent),
      channels: try layer.extent(1, default: 0, in: 1...Shape.largestExtent),
      epsilon: try layer.number(2, default: 0.001), isAffine: try layer.flag(3, default: true))
  }

  /// Each group of channels to mean 0 and variance 1, then each channel scaled and shifted.
  private mutating func grouped(
    _ layer: NcnnLayer, groups: Int, channels: Int, epsilon: Float, isAffine: Bool
  ) throws(NcnnError) {
    let blob = try bottom(layer)
    let count = blob.dimensions.reduce(1, *)
    guard blob.dimensions[0] == channels, channels % groups == 0 else {
      throw NcnnError(
        place: layer.place,
        found: "\(groups) groups of \(channels) channels, input \(Shape(blob.dimensions))",
        expected: "groups of equal size")
    }
    let rows = try reshaped(try plain(blob, layer), [groups, count / groups], layer)
    let normal = try emit(.layerNorm(axes: 1, epsilon: epsilon), [rows], layer)
    var result = NcnnBlob(
      id: try reshaped(normal, Shape(blob.dimensions), layer), dimensions: blob.dimensions, layout: .plain)
    if isAffine {
      let scale = try alongChannels(try vector(layer, "scale", .scale, [channels]), channels, result, layer)
      let bias = try alongChannels(try biases(layer, channels), channels, result, layer)
      result.id = try emit(.binary(.multiply, activation: .none), [result.id, scale], layer)
      result.id = try emit(.binary(.add, activation: .none), [result.id, bias], layer)
    }
    try finish(layer, result)
  }

  /// x / (bias + alpha * mean of the squares around x) ^ beta; around x along the channels, or in its image.
  mutating func localResponseNorm(_ layer: NcnnLayer) throws(NcnnError) {
    let size = try layer.extent(1, default: 5, in: 1...255)
    guard size % 2 == 1 else {
      throw NcnnError(place: layer.place, found: "a region of \(size)", expected: "an odd size")
    }
    let blob = try bottom(layer)
    let image = try channelsLast(blob, layer)
    let isWithin = try layer.flag(0)
    let square = try emit(.unary(.square), [image], layer)
    let (channels, height, width) = (blob.dimensions[0], blob.dimensions[1], blob.dimensions[2])
    let window = isWithin ? Size2D.square(size) : Size2D(height: 1, width: size)
    let half = size / 2
    let pooling = Pooling(
      kind: .average, window: window, strides: .one,
      padding: isWithin
        ? Padding2D(top: half, left: half, bottom: half, right: half)
        : Padding2D(top: 0, left: half, bottom: 0, right: half), countsPadding: true)
    // Along the channels: a pixel's channels are a row of an image.
    let rows = isWithin ? square : try reshaped(square, [1, height * width, channels, 1], layer)
    let mean = try reshaped(
      try emit(.pool2d(pooling), [rows], layer), [1, height, width, channels], layer)
    var divisor = try multiplied(mean, by: try layer.number(2, default: 1), layer)
    divisor = try emit(
      .binary(.add, activation: .none),
      [divisor, constant(layer, "bias", [1], [try layer.number(4, default: 1)])], layer)
    divisor = try emit(
      .binary(.power, activation: .none),
      [divisor, constant(layer, "beta", [1], [try layer.number(3, default: 0.75)])], layer)
    let id = try emit(.binary(.divide, activation: .none), [image, divisor], layer)
    try finish(layer, NcnnBlob(id: id, dimensions: blob.dimensions, layout: .channelsLast))
  }

  /// Each pixel's channels (or the whole blob) to length 1, then scaled.
  mutating func normalize(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let image = try channelsLast(blob, layer)
    guard try layer.integer(9, default: 0) == 0, try layer.flag(4, default: true) else {
      throw NcnnError(place: layer.place, found: "normalizes in another way than to length 1 over channels")
    }
    let count = try layer.extent(3, default: 0, in: 1...Shape.largestExtent)
    let scale = try vector(layer, "scale", .scale, [count])
    let axes = try layer.flag(0) ? [1, 2, 3] : [3]
    let squares = try emit(.reduce(.sumOfSquares, axes: axes, keepsDimensions: true), [image], layer)
    let raised = try emit(
      .binary(.add, activation: .none),
      [squares, constant(layer, "epsilon", [1], [try layer.number(2, default: 0.0001)])], layer)
    let inverse = try emit(.unary(.rsqrt), [raised], layer)
    let unit = try emit(.binary(.multiply, activation: .none), [image, inverse], layer)
    var result = NcnnBlob(id: unit, dimensions: blob.dimensions, layout: .channelsLast)
    result.id = try emit(
      .binary(.multiply, activation: .none), [unit, try alongChannels(scale, count, result, layer)], layer)
    try finish(layer, result)
  }

  mutating func softmax(_ layer: NcnnLayer) throws(NcnnError) {
    var blob = try bottom(layer)
    let axis = try axis(try layer.integer(0, default: 0), blob, layer)
    blob.id = try emit(
      .softmax(axis: blob.axis(axis), beta: 1), [blob.id], layer)
    try finish(layer, blob)
  }

  mutating func reduction(_ layer: NcnnLayer) throws(NcnnError) {
    let kinds: [Reduction?] = [.sum, nil, .sumOfSquares, .mean, .maximum, .minimum, .product, nil, .l2Norm]
    let kind = try layer.integer(0, default: 0)
    guard kinds.indices.contains(kind), let reduction = kinds[kind] else {
      throw NcnnError(place: layer.place, found: "is reduction \(kind)")
    }
    let blob = try bottom(layer)
    var axes = Set<Int>()
    for axis in try layer.integers(3) { axes.insert(try self.axis(axis, blob, layer)) }
    let reducesAll = try layer.flag(1, default: true)
    if axes.isEmpty || reducesAll { axes = Set(blob.dimensions.indices) }
    let reduced = try emit(
      .reduce(reduction, axes: axes.map { blob.axis($0) }.sorted(), keepsDimensions: true), [blob.id], layer)
    let id = try multiplied(reduced, by: try layer.number(2, default: 1), layer)
    var result = blob
    result.id = id
    for axis in axes { result.dimensions[axis] = 1 }
    if try !layer.flag(4) {
      let kept = blob.dimensions.indices.filter { !axes.contains($0) }.map { blob.dimensions[$0] }
      let dimensions = kept.isEmpty ? [1] : kept
      result = NcnnBlob(
        id: try reshaped(try plain(result, layer), Shape(dimensions), layer), dimensions: dimensions,
        layout: .plain)
    }
    try finish(layer, result)
  }

  /// An axis of the blob, counted from the outermost; negative ones from the end.
  func axis(_ axis: Int, _ blob: NcnnBlob, _ layer: NcnnLayer) throws(NcnnError) -> Int {
    let rank = blob.dimensions.count
    guard (-rank..<rank).contains(axis) else {
      throw NcnnError(
        place: layer.place, found: "axis \(axis) of \(Shape(blob.dimensions))",
        expected: "\(-rank) to \(rank - 1)")
    }
    return axis < 0 ? axis + rank : axis
  }
}
