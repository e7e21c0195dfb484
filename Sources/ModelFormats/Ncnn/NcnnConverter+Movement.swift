import Graph

// Layers that move elements, and those that sample an image.

extension NcnnConverter {
  mutating func concat(_ layer: NcnnLayer) throws(NcnnError) {
    var blobs: [NcnnBlob] = []
    for index in layer.bottoms.indices { blobs.append(try bottom(layer, index)) }
    guard let first = blobs.first else {
      throw NcnnError(place: layer.place, found: "no input", expected: "at least one")
    }
    guard blobs.allSatisfy({ $0.dimensions.count == first.dimensions.count }) else {
      throw NcnnError(place: layer.place, found: "inputs of different ranks", expected: "one rank")
    }
    let axis = try axis(try layer.integer(0, default: 0), first, layer)
    let layout: NcnnBlob.Layout = blobs.contains { $0.layout == .channelsLast } ? .channelsLast : .plain
    var parts: [TensorID] = []
    for blob in blobs { parts.append(try arranged(blob, layout, layer).id) }
    var result = first
    result.layout = layout
    result.dimensions[axis] = blobs.reduce(0) { $0 + $1.dimensions[axis] }
    result.id = try emit(.concat(axis: result.axis(axis), activation: .none), parts, layer)
    try finish(layer, result)
  }

  mutating func slice(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let axis = try axis(try layer.integer(1, default: 0), blob, layer)
    let extent = blob.dimensions[axis]
    let sizes = try layer.integers(0)
    let ends = try layer.integers(2)
    let count = sizes.isEmpty ? ends.count : sizes.count
    guard count == layer.tops.count, count > 0 else {
      throw NcnnError(
        place: layer.place, found: "\(count) parts for \(layer.tops.count) outputs", expected: "as many")
    }
    var start = 0
    for index in 0..<count {
      let left = extent - start
      var size: Int
      if sizes.isEmpty {
        // Where each part ends; negative from the end. -233: all that is left.
        let end = ends[index] == -233 ? extent : ends[index] < 0 ? extent + ends[index] : ends[index]
        size = min(end, extent) - start
      } else {
        // -233: an equal share of what is left.
        size = sizes[index] == -233 ? left / (count - index) : sizes[index]
      }
      if index == count - 1, sizes.isEmpty { size = left }
      guard (1...max(1, left)).contains(size), left > 0 else {
        throw NcnnError(
          place: layer.place, found: "part \(index) of \(size) elements from \(start) of \(extent)",
          expected: "parts within the axis")
      }
      try define(try top(layer, index), try part(blob, axis, start, size, layer), layer)
      start += size
    }
  }

  private mutating func part(
    _ blob: NcnnBlob, _ axis: Int, _ start: Int, _ size: Int, _ layer: NcnnLayer
  ) throws(NcnnError) -> NcnnBlob {
    guard size != blob.dimensions[axis] else { return blob }
    var result = blob
    result.dimensions[axis] = size
    var shape = shape(blob.id).dimensions
    var begin = Array(repeating: 0, count: shape.count)
    shape[blob.axis(axis)] = size
    begin[blob.axis(axis)] = start
    result.id = try emit(
      .slice(begin: begin, strides: Array(repeating: 1, count: shape.count)), [blob.id], layer,
      shape: Shape(shape))
    return result
  }

  mutating func crop(_ layer: NcnnLayer) throws(NcnnError) {
    var blob = try bottom(layer)
    let starts = try layer.integers(9)
    let rank = blob.dimensions.count
    if !starts.isEmpty {
      let ends = try layer.integers(10)
      let axes = try layer.integers(11)
      guard ends.count == starts.count, axes.isEmpty ? starts.count == rank : axes.count == starts.count
      else {
        throw NcnnError(
          place: layer.place, found: "starts, ends and axes differ in number", expected: "as many")
      }
      for (index, start) in starts.enumerated() {
        let axis = try axis(axes.isEmpty ? index : axes[index], blob, layer)
        let extent = blob.dimensions[axis]
        func bound(_ value: Int) -> Int {
          value < 0 ? max(0, extent + max(value, -extent)) : min(value, extent)
        }
        let first = start == -233 ? 0 : bound(start)
        let end = ends[index] == -233 ? extent : bound(ends[index])
        blob = try cropped(blob, axis, first, end - first, layer)
      }
      return try finish(layer, blob)
    }
    // Offsets and sizes by axis, innermost first: width, height, channels.
    let reference = layer.bottoms.count > 1 ? try bottom(layer, 1) : nil
    let ids = [(0, 3, 6), (1, 4, 7), (2, 5, 8)]
    for (index, (offset, size, after)) in ids.enumerated() where index < rank {
      // Of a matrix, "height" is the outer axis; of a vector, only the width counts.
      let axis = rank - 1 - index
      let start = try layer.extent(offset, default: 0, in: -233...Shape.largestExtent)
      guard start >= 0 else { continue }
      let extent = blob.dimensions[axis]
      let wanted = try layer.integer(size, default: 0)
      let count: Int
      if let reference, reference.dimensions.count == rank {
        count = reference.dimensions[axis]
      } else if wanted > 0 {
        count = wanted
      } else {
        count = extent - start - (try layer.extent(after, default: 0, in: 0...Shape.largestExtent))
      }
      blob = try cropped(blob, axis, start, count, layer)
    }
    try finish(layer, blob)
  }

  private mutating func cropped(
    _ blob: NcnnBlob, _ axis: Int, _ start: Int, _ count: Int, _ layer: NcnnLayer
  ) throws(NcnnError) -> NcnnBlob {
    let extent = blob.dimensions[axis]
    guard start >= 0, count >= 1, start < extent, count <= extent - start else {
      throw NcnnError(
        place: layer.place, found: "\(count) elements from \(start) of \(extent) along axis \(axis)",
        expected: "a part of the input")
    }
    return try part(blob, axis, start, count, layer)
  }

  mutating func flatten(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let count = blob.dimensions.reduce(1, *)
    try finish(
      layer,
      NcnnBlob(id: try reshaped(try plain(blob, layer), [count], layer), dimensions: [count], layout: .plain))
  }

  mutating func reshape(_ layer: NcnnLayer) throws(NcnnError) {
    if try layer.flag(3) { throw NcnnError(place: layer.place, found: "permutes while it reshapes") }
    if layer.parameters[11] != nil {
      throw NcnnError(place: layer.place, found: "makes a volume of four axes")
    }
    let blob = try bottom(layer)
    var wanted: [Int] = []
    // Channels, height, width; -233 where an axis is not there.
    for (id, source) in [(2, 3), (1, 2), (0, 1)] {
      let value = try layer.integer(id, default: -233)
      guard value != -233 else { continue }
      // 0 keeps the input's extent.
      let kept = blob.dimensions.count >= source ? blob.dimensions[blob.dimensions.count - source] : 1
      wanted.append(value == 0 ? kept : value)
    }
    let count = blob.dimensions.reduce(1, *)
    let known = wanted.filter { $0 != -1 }
    guard !wanted.isEmpty, known.allSatisfy({ $0 >= 1 }), wanted.count - known.count <= 1,
      let product = Shape(known).elementCount,
      known.count < wanted.count ? count % product == 0 : product == count
    else {
      throw NcnnError(
        place: layer.place, found: "\(Shape(blob.dimensions)) to \(wanted)",
        expected: "a shape of as many elements")
    }
    let dimensions = wanted.map { $0 == -1 ? count / product : $0 }
    try finish(
      layer,
      NcnnBlob(
        id: try reshaped(try plain(blob, layer), Shape(dimensions), layer), dimensions: dimensions,
        layout: .plain))
  }

  mutating func permute(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let order = try layer.integer(0, default: 0)
    // The input's axes in the order of the output's, outermost first.
    let orders: [Int: [Int]] =
      switch blob.dimensions.count {
      case 2: [0: [0, 1], 1: [1, 0]]
      case 3: [0: [0, 1, 2], 1: [0, 2, 1], 2: [1, 0, 2], 3: [1, 2, 0], 4: [2, 0, 1], 5: [2, 1, 0]]
      default: [0: [0]]
      }
    guard let axes = orders[order] else {
      throw NcnnError(
        place: layer.place, found: "order \(order) of an input of \(Shape(blob.dimensions))",
        expected: "0 to \(orders.count - 1)")
    }
    let dimensions = axes.map { blob.dimensions[$0] }
    let id: TensorID
    if blob.layout == .channelsLast {
      let places = axes.map { blob.axis($0) }
      // [1, H, W, C] is already in the order of [H, W, C].
      id =
        places == [1, 2, 3]
        ? blob.id : try emit(.transpose(permutation: [0] + places), [blob.id], layer)
    } else {
      let isKept = axes == Array(axes.indices)
      id = isKept ? blob.id : try emit(.transpose(permutation: axes), [try plain(blob, layer)], layer)
    }
    try finish(
      layer, NcnnBlob(id: try reshaped(id, Shape(dimensions), layer), dimensions: dimensions, layout: .plain))
  }

  mutating func padding(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let image = try channelsLast(blob, layer)
    func extent(_ id: Int) throws(NcnnError) -> Int { try layer.extent(id, default: 0, in: 0...4096) }
    let before = [0, try extent(0), try extent(2), try extent(7)]
    let after = [0, try extent(1), try extent(3), try extent(8)]
    guard try layer.integer(6, default: 0) == 0 else {
      throw NcnnError(place: layer.place, found: "pads each channel with a value of its own")
    }
    let modes: [PadMode] = [.constant(try layer.number(5, default: 0)), .edge, .reflect]
    let kind = try layer.integer(4, default: 0)
    guard modes.indices.contains(kind) else {
      throw NcnnError(place: layer.place, found: "is padding of kind \(kind)", expected: "0 to 2")
    }
    let id =
      before + after == Array(repeating: 0, count: 8)
      ? image : try emit(.pad(before: before, after: after, mode: modes[kind]), [image], layer)
    try finish(layer, image: id)
  }

  mutating func finish(_ layer: NcnnLayer, image id: TensorID) throws(NcnnError) {
    let shape = shape(id)
    try finish(layer, NcnnBlob(id: id, dimensions: [shape[3], shape[1], shape[2]], layout: .channelsLast))
  }

  mutating func shuffleChannel(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let image = try channelsLast(blob, layer)
    let (channels, height, width) = (blob.dimensions[0], blob.dimensions[1], blob.dimensions[2])
    var groups = try layer.extent(0, default: 1, in: 1...Shape.largestExtent)
    guard channels % groups == 0 else {
      throw NcnnError(
        place: layer.place, found: "\(groups) groups of \(channels) channels",
        expected: "groups of equal size")
    }
    if try layer.flag(1) { groups = channels / groups }
    let split = try reshaped(image, [1, height, width, groups, channels / groups], layer)
    let turned = try emit(.transpose(permutation: [0, 1, 2, 4, 3]), [split], layer)
    try finish(layer, image: try reshaped(turned, [1, height, width, channels], layer))
  }

  mutating func pixelShuffle(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let image = try channelsLast(blob, layer)
    let block = try layer.extent(0, default: 1, in: 1...1024)
    let (channels, height, width) = (blob.dimensions[0], blob.dimensions[1], blob.dimensions[2])
    guard channels % (block * block) == 0 else {
      throw NcnnError(
        place: layer.place, found: "\(channels) channels in blocks of \(block)x\(block)",
        expected: "a multiple")
    }
    if try layer.flag(1) {
      return try finish(layer, image: try emit(.depthToSpace(block: block), [image], layer))
    }
    let rest = channels / (block * block)
    let split = try reshaped(image, [1, height, width, rest, block, block], layer)
    let turned = try emit(.transpose(permutation: [0, 1, 4, 2, 5, 3]), [split], layer)
    try finish(layer, image: try reshaped(turned, [1, height * block, width * block, rest], layer))
  }

  mutating func reorg(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let image = try channelsLast(blob, layer)
    let stride = try layer.extent(0, default: 1, in: 1...1024)
    let (channels, height, width) = (
      blob.dimensions[0], blob.dimensions[1] / stride, blob.dimensions[2] / stride
    )
    guard blob.dimensions[1] % stride == 0, blob.dimensions[2] % stride == 0 else {
      throw NcnnError(
        place: layer.place, found: "\(Shape(blob.dimensions)) in blocks of \(stride)", expected: "a multiple")
    }
    if try layer.flag(1) {
      return try finish(layer, image: try emit(.spaceToDepth(block: stride), [image], layer))
    }
    let split = try reshaped(image, [1, height, stride, width, stride, channels], layer)
    let turned = try emit(.transpose(permutation: [0, 1, 3, 5, 2, 4]), [split], layer)
    try finish(layer, image: try reshaped(turned, [1, height, width, channels * stride * stride], layer))
  }

  mutating func pooling(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let image = try channelsLast(blob, layer)
    let kind = try layer.extent(0, default: 0, in: 0...1)
    if try layer.flag(4) {
      let reduced = try emit(
        .reduce(kind == 0 ? .maximum : .mean, axes: [1, 2], keepsDimensions: false), [image], layer)
      return try finish(
        layer,
        NcnnBlob(
          id: try reshaped(reduced, [blob.dimensions[0]], layer), dimensions: [blob.dimensions[0]],
          layout: .plain))
    }
    if try layer.flag(7) { throw NcnnError(place: layer.place, found: "pools to a size (adaptive)") }
    func size(_ width: Int, _ height: Int, default standard: Int) throws(NcnnError) -> Size2D {
      let columns = try layer.extent(width, default: standard, in: 1...4096)
      return Size2D(height: try layer.extent(height, default: columns, in: 1...4096), width: columns)
    }
    let window = try size(1, 11, default: 0)
    let strides = try size(2, 12, default: 1)
    let input = Size2D(height: blob.dimensions[1], width: blob.dimensions[2])
    let left = try layer.extent(3, default: 0, in: 0...4096)
    let top = try layer.extent(13, default: left, in: 0...4096)
    var padding = Padding2D(
      top: top, left: left, bottom: try layer.extent(15, default: top, in: 0...4096),
      right: try layer.extent(14, default: left, in: 0...4096))
    switch try layer.integer(5, default: 0) {
    case 0:
      // Whole windows: the image is padded until the last one fits.
      func missing(_ extent: Int, _ window: Int, _ stride: Int) -> Int {
        let rest = (extent - window) % stride
        return extent < window ? window - extent : rest == 0 ? 0 : stride - rest
      }
      padding.bottom += missing(input.height + padding.top + padding.bottom, window.height, strides.height)
      padding.right += missing(input.width + padding.left + padding.right, window.width, strides.width)
    case 1: break
    case 2: padding = .same(input: input, window: window, strides: strides)
    case 3:
      let same = Padding2D.same(input: input, window: window, strides: strides)
      padding = Padding2D(top: same.bottom, left: same.right, bottom: same.top, right: same.left)
    case let other: throw NcnnError(place: layer.place, found: "padding mode \(other)", expected: "0 to 3")
    }
    let pool = Pooling(
      kind: kind == 0 ? .max : .average, window: window, strides: strides, padding: padding,
      countsPadding: try layer.flag(6))
    try finish(layer, image: try emit(.pool2d(pool), [image], layer))
  }

  mutating func interp(_ layer: NcnnLayer) throws(NcnnError) {
    let blob = try bottom(layer)
    let kind = try layer.integer(0, default: 0)
    guard kind == 1 || kind == 2 else {
      throw NcnnError(place: layer.place, found: "is interpolation of kind \(kind)")
    }
    let image: TensorID
    if blob.dimensions.count == 1 {
      image = try reshaped(blob.id, [1, 1, 1, blob.dimensions[0]], layer)
    } else {
      image = try channelsLast(blob, layer)
    }
    let input = shape(image)
    func extent(_ size: Int, _ factor: Int, _ extent: Int) throws(NcnnError) -> Int {
      let wanted = try layer.extent(size, default: 0, in: 0...Shape.largestExtent)
      if wanted > 0 { return wanted }
      let scaled = Float(extent) * (try layer.number(factor, default: 1))
      guard scaled >= 1, scaled <= Float(Shape.largestExtent) else {
        throw NcnnError(place: layer.place, found: "an image of \(scaled) pixels", expected: "1 and more")
      }
      return Int(scaled)
    }
    let reference = layer.bottoms.count > 1 ? try bottom(layer, 1).dimensions : nil
    let height: Int
    let width: Int
    if let reference, reference.count == 3 {
      (height, width) = (reference[1], reference[2])
    } else {
      (height, width) = (try extent(3, 1, input[1]), try extent(4, 2, input[2]))
    }
    let aligns = try layer.flag(6)
    let resize = Resize(
      method: kind == 1 ? .nearest : .bilinear, alignsCorners: aligns,
      halfPixelCenters: kind == 2 && !aligns)
    try finish(
      layer, image: try emit(.resize(resize), [image], layer, shape: [1, height, width, input[3]]))
  }

  mutating func memoryData(_ layer: NcnnLayer) throws(NcnnError) {
    var dimensions: [Int] = []
    for id in [2, 1, 0] {
      let extent = try layer.extent(id, default: 0, in: 0...Shape.largestExtent)
      if extent > 0 { dimensions.append(extent) }
    }
    guard !dimensions.isEmpty, try layer.integer(21, default: 1) == 1 else {
      throw NcnnError(place: layer.place, found: "holds a scalar or tagged data")
    }
    let id = try vector(layer, "data", .bias, Shape(dimensions))
    try finish(layer, NcnnBlob(id: id, dimensions: dimensions, layout: .plain))
  }
}
