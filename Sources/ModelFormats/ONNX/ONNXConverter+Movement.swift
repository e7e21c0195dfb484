import Graph

// Operators that only move elements.

extension ONNXConverter {
  static let movements: [String: Handler] = [
    "Concat": ONNXConverter.concat,
    "DepthToSpace": ONNXConverter.depthToSpace,
    "Expand": ONNXConverter.expand,
    "Flatten": ONNXConverter.flatten,
    "Gather": ONNXConverter.gather,
    "Pad": ONNXConverter.pad,
    "Reshape": ONNXConverter.reshape,
    "Slice": ONNXConverter.slice,
    "SpaceToDepth": ONNXConverter.spaceToDepth,
    "Split": ONNXConverter.split,
    "Squeeze": ONNXConverter.squeeze,
    "Tile": ONNXConverter.tile,
    "Transpose": ONNXConverter.transpose,
    "Unsqueeze": ONNXConverter.unsqueeze,
  ]

  func concat(_ node: ONNXNode) throws(ModelFormatError) {
    var operands: [TensorID] = []
    for position in node.inputs.indices {
      let id = try input(node, position)
      // Models join shapes with lists of nothing.
      if shape(id).elementCount != 0 { operands.append(id) }
    }
    guard let first = operands.first else { return try bind(try input(node, 0), node) }
    let rank = shape(first).rank
    let written = try axis(try node.integer("axis", default: 1), rank: rank, node)
    let order = commonOrder(operands)
    if operands.count == 1 { return try bind(first, node) }
    var ids: [TensorID?] = []
    for id in operands { ids.append(try inOrder(order, id, node)) }
    try emit(
      .concat(axis: order.place(of: written, rank: rank), activation: .none), ids, node, order: order)
  }

  func reshape(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let extents = node.opset < 5 ? try node.integers("shape") ?? [] : try integers(node, 1)
    let keepsZeros = try node.flag("allowzero", default: false)
    let own = shape(x)
    var dimensions = extents
    for (axis, extent) in extents.enumerated() where extent == 0 && !keepsZeros {
      guard axis < own.rank else {
        throw node.malformed("\(own) to \(extents)", expected: "a 0 only for an axis of the input")
      }
      dimensions[axis] = own[axis]
    }
    if let open = dimensions.firstIndex(of: -1) {
      dimensions[open] = 1
      guard let rest = Shape(dimensions).elementCount, let count = own.elementCount, rest > 0,
        count % rest == 0
      else {
        throw node.malformed("\(own) to \(extents)", expected: "a number of elements that divides")
      }
      dimensions[open] = count / rest
    }
    try emitReshaped(x, Shape(dimensions), node)
  }

  /// `x` in another shape as the node's output.
  func emitReshaped(_ x: TensorID, _ shape: Shape, _ node: ONNXNode) throws(ModelFormatError) {
    let written = try inOrder(.written, x, node)
    if self.shape(written) == shape { return try bind(written, node) }
    if shape.elementCount == 0, self.shape(written).elementCount == 0 {
      return try bind(constant([UInt8](), elementType(x), shape: shape, node, "empty"), node)
    }
    try emit(.reshape, [written], node, shape: shape)
  }

  func flatten(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let own = shape(x)
    let axis = try node.integer("axis", default: 1)
    let place = axis < 0 ? axis + own.rank : axis
    guard (0...own.rank).contains(place) else {
      throw node.malformed("axis \(axis) of \(own)", expected: "\(-own.rank) to \(own.rank)")
    }
    let rows = own.dimensions[..<place].reduce(1, *)
    try emitReshaped(x, [rows, own.dimensions[place...].reduce(1, *)], node)
  }

  func squeeze(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let own = shape(x)
    let given = node.opset < 13 ? try node.integers("axes") : try optionalIntegers(node, 1)
    let dropped =
      try given.map { (axes) throws(ModelFormatError) in try self.axes(axes, rank: own.rank, node) }
      ?? own.dimensions.indices.filter { own[$0] == 1 }
    guard dropped.allSatisfy({ own[$0] == 1 }) else {
      throw node.malformed("axes \(dropped) of \(own)", expected: "axes of one element")
    }
    let kept = own.dimensions.indices.filter { !dropped.contains($0) }.map { own[$0] }
    try emitReshaped(x, Shape(kept), node)
  }

  func unsqueeze(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let own = shape(x)
    let given = node.opset < 13 ? try node.integers("axes") ?? [] : try integers(node, 1)
    let added = Set(try axes(given, rank: own.rank + given.count, node))
    var rest = own.dimensions[...]
    let dimensions = (0..<own.rank + given.count).map { added.contains($0) ? 1 : rest.removeFirst() }
    try emitReshaped(x, Shape(dimensions), node)
  }

  func expand(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let wanted = Shape(try integers(node, 1))
    guard let target = shape(x).broadcast(with: wanted) else {
      throw node.malformed("\(shape(x)) to \(wanted)", expected: "shapes that broadcast")
    }
    if target == shape(x) { return try bind(x, node) }
    try emit(.broadcast, [x], node, shape: target)
  }

  func tile(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    try emit(.tile(multiples: try integers(node, 1)), [x], node)
  }

  func transpose(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let rank = shape(x).rank
    let permutation = try node.integers("perm") ?? Array((0..<rank).reversed())
    guard permutation.sorted() == Array(0..<rank) else {
      throw node.malformed("perm \(permutation) of \(shape(x))", expected: "each axis once")
    }
    // Where the written axes lie in memory, in the order of the result.
    let order = assembler.order(of: x)
    let places = permutation.map { order.place(of: $0, rank: rank) }
    let name = label(node)
    // Often a model only changes between channels first and last, and the elements need not move.
    let asImage = AxisOrder.channelsLast.arranged(places)
    let stays = rank >= 3 && asImage == Array(0..<rank) && places != Array(0..<rank)
    let id = try inFile(node.place) { () throws(GraphError) in
      try assembler.transposed(
        x, stays ? asImage : places, name: name, order: stays ? .channelsLast : .written)
    }
    try bind(id, node)
  }

  func gather(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let axis = try axis(try node.integer("axis", default: 0), rank: shape(x).rank, node)
    let indices = try written(node, 1)
    try emit(.gather(axis: axis), [x, try nonNegative(indices, extent: shape(x)[axis], node)], node)
  }

  /// Indices that count from the end where they are negative, as indices from 0.
  func nonNegative(_ indices: TensorID, extent: Int, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    if let known = SmallIntegers(assembler[indices]) {
      if known.values.allSatisfy({ $0 >= 0 }) { return indices }
      let moved = SmallIntegers(
        shape: known.shape, values: known.values.map { $0 < 0 ? $0 &+ extent : $0 })
      if let data = moved.data(elementType(indices)) {
        return assembler.constant("\(label(node))/indices", assembler[indices].type, data)
      }
    }
    let negative = try apply(
      .binary(.less, activation: .none), [indices, try scalar(0, like: indices, node)], node)
    let moved = try apply(
      .binary(.add, activation: .none), [indices, try scalar(Double(extent), like: indices, node)], node)
    return try apply(.select, [negative, moved, indices], node)
  }

  func split(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let rank = shape(x).rank
    let axis = try axis(try node.integer("axis", default: 0), rank: rank, node)
    let extent = shape(x)[axis]
    let lengths: [Int]
    if let given = node.opset < 13 ? try node.integers("split") : try optionalIntegers(node, 1) {
      lengths = given
    } else {
      let count = try node.integer("num_outputs", default: node.outputs.count)
      guard (1...extent).contains(count) else {
        throw node.malformed("\(count) parts of \(extent)", expected: "1 to \(extent)")
      }
      let length = (extent + count - 1) / count
      lengths = (0..<count).map { min(length, extent - $0 * length) }
    }
    guard lengths.count >= node.outputs.count, lengths.allSatisfy({ (0...extent).contains($0) }),
      lengths.reduce(0, +) == extent
    else {
      throw node.malformed("parts \(lengths) of \(extent)", expected: "a length for each of the outputs")
    }
    let order = assembler.order(of: x)
    let place = order.place(of: axis, rank: rank)
    var start = 0
    for (position, length) in lengths.enumerated() {
      var begin = Array(repeating: 0, count: rank)
      begin[place] = start
      start += length
      guard node.makes(position) else { continue }
      var dimensions = assembler[x].shape.dimensions
      dimensions[place] = length
      try emit(
        .slice(begin: begin, strides: Array(repeating: 1, count: rank)), [x], node, output: position,
        shape: Shape(dimensions), quantization: assembler[x].quantization, order: order)
    }
  }

  func slice(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let own = shape(x)
    let isOld = node.opset < 10
    let starts = isOld ? try node.integers("starts") ?? [] : try integers(node, 1)
    let ends = isOld ? try node.integers("ends") ?? [] : try integers(node, 2)
    let given = isOld ? try node.integers("axes") : try optionalIntegers(node, 3)
    let sliced = try axes(given ?? Array(starts.indices), rank: own.rank, node)
    let steps = isOld ? nil : try optionalIntegers(node, 4)
    guard starts.count == sliced.count, ends.count == sliced.count, (steps ?? starts).count == sliced.count
    else {
      throw node.malformed(
        "\(starts.count) starts, \(ends.count) ends, \(sliced.count) axes", expected: "as many of each")
    }
    var begin = Array(repeating: 0, count: own.rank)
    var strides = Array(repeating: 1, count: own.rank)
    var dimensions = own.dimensions
    for (position, axis) in sliced.enumerated() {
      let step = steps?[position] ?? 1
      guard step != 0, step != .min else { throw node.malformed("a step of \(step)", expected: "not 0") }
      let extent = own[axis]
      func bound(_ value: Int, _ range: ClosedRange<Int>) -> Int {
        min(max(value < 0 ? value &+ extent : value, range.lowerBound), range.upperBound)
      }
      let start: Int
      let length: Int
      if step > 0 {
        start = bound(starts[position], 0...extent)
        length = max(0, bound(ends[position], 0...extent) - start)
      } else {
        start = bound(starts[position], 0...max(0, extent - 1))
        // An end before the first element stays there: it does not count from the end again.
        let end = ends[position] < -extent ? -1 : bound(ends[position], -1...max(0, extent - 1))
        length = max(0, start - end)
      }
      let stride = min(abs(step), Shape.largestExtent)
      dimensions[axis] = (length + stride - 1) / stride
      begin[axis] = min(start, max(0, extent - 1))
      strides[axis] = dimensions[axis] <= 1 ? 1 : step < 0 ? -stride : stride
    }
    if dimensions.contains(0) {
      return try bind(constant([UInt8](), elementType(x), shape: Shape(dimensions), node, "empty"), node)
    }
    if dimensions == own.dimensions, strides.allSatisfy({ $0 == 1 }) { return try bind(x, node) }
    let order = assembler.order(of: x)
    try emit(
      .slice(begin: order.arranged(begin), strides: order.arranged(strides)), [x], node,
      shape: Shape(order.arranged(dimensions)), quantization: assembler[x].quantization, order: order)
  }

  func pad(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let own = shape(x)
    let isOld = node.opset < 11
    let pads = isOld ? try node.integers("pads") ?? [] : try integers(node, 1)
    let padded: [Int]
    if let given = try optionalIntegers(node, 3) {
      padded = try axes(given, rank: own.rank, node)
    } else {
      padded = Array(0..<own.rank)
    }
    guard pads.count == 2 * padded.count else {
      throw node.malformed("\(pads.count) pads", expected: "\(2 * padded.count)")
    }
    var before = Array(repeating: 0, count: own.rank)
    var after = before
    for (position, axis) in padded.enumerated() {
      before[axis] = pads[position]
      after[axis] = pads[position + padded.count]
    }
    let mode: PadMode
    switch try node.string("mode", default: "constant") {
    case "constant":
      let value = isOld ? try node.float("value") : try optionalFloats(node, 2)?.first
      mode = .constant(value ?? 0)
    case "reflect": mode = .reflect
    case "edge": mode = .edge
    case "wrap": mode = .wrap
    case let name: throw node.unsupported("pads in mode '\(name)'")
    }
    let order = assembler.order(of: x)
    // Less than no padding takes elements off.
    let range = -Shape.largestExtent...Shape.largestExtent
    guard before.allSatisfy({ range.contains($0) }), after.allSatisfy({ range.contains($0) }) else {
      throw node.malformed("pads \(pads)", expected: "at most \(Shape.largestExtent)")
    }
    var image = x
    if (before + after).contains(where: { $0 < 0 }) {
      let begin = before.map { max(0, -$0) }
      let dimensions = own.dimensions.indices.map { own[$0] - begin[$0] - max(0, -after[$0]) }
      guard dimensions.allSatisfy({ $0 >= 1 }) else {
        throw node.malformed("pads \(pads) of \(own)", expected: "at least one element to be left")
      }
      image = try apply(
        .slice(begin: order.arranged(begin), strides: Array(repeating: 1, count: own.rank)), [x], node,
        shape: Shape(order.arranged(dimensions)), order: order)
    }
    before = before.map { max(0, $0) }
    after = after.map { max(0, $0) }
    if (before + after).allSatisfy({ $0 == 0 }) { return try bind(image, node) }
    try emit(
      .pad(before: order.arranged(before), after: order.arranged(after), mode: mode), [image], node,
      order: order)
  }

  func depthToSpace(_ node: ONNXNode) throws(ModelFormatError) {
    let block = try node.integer("blocksize", default: 0)
    if try node.string("mode", default: "DCR") == "DCR" {
      try emit(.depthToSpace(block: block), [try channelsLast(node, 0)], node, order: .channelsLast)
      return
    }
    // Columns before rows: the channels of each block lie together.
    let x = try channelsLast(node, 0)
    try requireRank(4...4, x, node)
    let dimensions = assembler[x].shape.dimensions
    let channels = dimensions[3]
    guard (1...Shape.largestExtent).contains(block), block <= channels, channels % (block * block) == 0 else {
      throw node.malformed(
        "\(channels) channels in blocks of \(block)", expected: "multiples of the block's area")
    }
    let inner = channels / (block * block)
    let (n, h, w) = (dimensions[0], dimensions[1], dimensions[2])
    let blocks = try apply(.reshape, [x], node, shape: [n, h, w, inner, block, block])
    let moved = try apply(.transpose(permutation: [0, 1, 4, 2, 5, 3]), [blocks], node)
    try emit(.reshape, [moved], node, shape: [n, h * block, w * block, inner], order: .channelsLast)
  }

  func spaceToDepth(_ node: ONNXNode) throws(ModelFormatError) {
    let block = try node.integer("blocksize", default: 0)
    let x = try channelsLast(node, 0)
    guard try node.string("mode", default: "DCR") == "CRD" else {
      try emit(.spaceToDepth(block: block), [x], node, order: .channelsLast)
      return
    }
    // The elements of a block lie together, channel by channel.
    let blocks = try apply(.spaceToDepth(block: block), [x], node)
    let (own, channels) = (assembler[blocks].shape, assembler[x].shape[3])
    let split = try apply(
      .reshape, [blocks], node, shape: [own[0], own[1], own[2], own[3] / channels, channels])
    let moved = try apply(.transpose(permutation: [0, 1, 2, 4, 3]), [split], node)
    try emit(.reshape, [moved], node, shape: own, order: .channelsLast)
  }
}
