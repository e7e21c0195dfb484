internal import CKernels
internal import Graph

// Operators that move elements without looking at them: each is a strided copy, or no step at all.

extension PlanBuilder {
  /// The bytes of an element; 4-bit elements cannot be moved one by one.
  func elementBytes(_ type: ElementType) throws(LoweringError) -> Int {
    guard type.bitWidth % 8 == 0 else { throw unsupported("\(type) elements cannot be moved one by one") }
    return type.bitWidth / 8
  }

  /// Adds a step that copies `shape` elements between strided places, offsets and strides in elements.
  mutating func addStridedCopy(
    _ shape: [Int], from source: Int, _ sourceStrides: [Int], startingAt sourceOffset: Int = 0,
    to destination: Int,
    _ destinationStrides: [Int], placedAt destinationOffset: Int = 0, _ type: ElementType
  ) throws(LoweringError) {
    let walk = StridedWalk(shape, [sourceStrides, destinationStrides])
    guard walk.shape.count <= Int(EB_MAX_RANK) else {
      return try addCopies(
        walk, from: source, startingAt: sourceOffset, to: destination, placedAt: destinationOffset, type)
    }
    var parameters = eb_copy_nd_params()
    parameters.element_bytes = UInt32(try elementBytes(type))
    parameters.rank = UInt32(walk.shape.count)
    copy(walk.shape, to: &parameters.shape)
    copy(walk.strides[0], to: &parameters.in_strides)
    copy(walk.strides[1], to: &parameters.out_strides)
    parameters.in_offset = UInt64(sourceOffset)
    parameters.out_offset = UInt64(destinationOffset)
    addStep(EB_OP_COPY_ND, parameters, [source, destination])
  }

  /// Adds a copy for each index along the shortest axis: the operator walks fewer axes than some models have.
  private mutating func addCopies(
    _ walk: StridedWalk, from source: Int, startingAt sourceOffset: Int, to destination: Int,
    placedAt destinationOffset: Int, _ type: ElementType
  ) throws(LoweringError) {
    let extra = walk.shape.count - Int(EB_MAX_RANK)
    let copies = walk.shape.sorted().prefix(extra).reduce(1) { min($0 * min($1, 1 << 16), 1 << 16) }
    guard copies <= 4096, let axis = walk.shape.indices.min(by: { walk.shape[$0] < walk.shape[$1] }) else {
      throw unsupported("it moves more than \(EB_MAX_RANK) long axes")
    }
    func without<Element>(_ values: [Element]) -> [Element] {
      values.enumerated().filter { $0.offset != axis }.map(\.element)
    }
    for index in 0..<walk.shape[axis] {
      try addStridedCopy(
        without(walk.shape), from: source, without(walk.strides[0]),
        startingAt: sourceOffset + index * walk.strides[0][axis], to: destination, without(walk.strides[1]),
        placedAt: destinationOffset + index * walk.strides[1][axis], type)
    }
  }

  /// Adds a step that copies `source` to `destination`, repeated along the axes that `shape` lacks.
  mutating func addBroadcastCopy(
    from source: Int, shape: Shape, to destination: Int, shape whole: Shape, _ type: ElementType
  ) throws(LoweringError) {
    try addStridedCopy(
      whole.dimensions, from: source, shape.strides(broadcastTo: whole), to: destination, whole.strides, type)
  }

  mutating func lowerTranspose(_ node: Node, _ permutation: [Int]) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    let moved = permutation.filter { x.shape[$0] != 1 }
    if moved == moved.sorted() { return try alias(node.outputs[0], to: try input(0, of: node)) }
    let strides = x.shape.strides
    try addStridedCopy(
      result.shape.dimensions, from: try input(0, of: node), permutation.map { strides[$0] },
      to: try define(node.outputs[0]), result.shape.strides, x.elementType)
  }

  mutating func lowerSlice(_ node: Node, _ begin: [Int], _ strides: [Int]) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    let whole = x.shape.strides
    let offset = zip(begin, whole).reduce(0) { $0 + $1.0 * $1.1 }
    let value = try input(0, of: node)
    let sourceStrides = zip(strides, whole).map { $0 * $1 }
    if isDense(result.shape, sourceStrides), buffers[tensors[value].buffer].isArena {
      return try alias(node.outputs[0], to: value, offset: offset * (try elementBytes(x.elementType)))
    }
    try addStridedCopy(
      result.shape.dimensions, from: value, sourceStrides, startingAt: offset,
      to: try define(node.outputs[0]),
      result.shape.strides, x.elementType)
  }

  /// Whether walking `shape` with `strides` takes elements one after the other.
  private func isDense(_ shape: Shape, _ strides: [Int]) -> Bool {
    let walk = StridedWalk(shape.dimensions, [strides])
    return walk.shape.count == 1 && (walk.strides[0][0] == 1 || walk.shape[0] == 1)
  }

  mutating func lowerBroadcast(_ node: Node) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    if x.shape.elementCount == result.shape.elementCount {
      return try alias(node.outputs[0], to: try input(0, of: node))
    }
    try addBroadcastCopy(
      from: try input(0, of: node), shape: x.shape, to: try define(node.outputs[0]), shape: result.shape,
      x.elementType)
  }

  mutating func lowerTile(_ node: Node, _ multiples: [Int]) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    // Each axis is two: how often it is repeated, and its own extent.
    let strides = x.shape.strides
    var shape: [Int] = []
    var sourceStrides: [Int] = []
    for axis in x.shape.dimensions.indices {
      shape += [multiples[axis], x.shape[axis]]
      sourceStrides += [0, strides[axis]]
    }
    try addStridedCopy(
      shape, from: try input(0, of: node), sourceStrides, to: try define(node.outputs[0]),
      Shape(shape).strides,
      x.elementType)
  }

  mutating func lowerDepthToSpace(_ node: Node, _ block: Int) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let channels = outputTensor(node).shape[3]
    // in [n, h, w, i, j, c] -> out [n, h, i, w, j, c]
    let inner = Shape([x.shape[0], x.shape[1], x.shape[2], block, block, channels]).strides
    try addStridedCopy(
      [x.shape[0], x.shape[1], block, x.shape[2], block, channels], from: try input(0, of: node),
      [inner[0], inner[1], inner[3], inner[2], inner[4], inner[5]], to: try define(node.outputs[0]),
      Shape([x.shape[0], x.shape[1], block, x.shape[2], block, channels]).strides, x.elementType)
  }

  mutating func lowerSpaceToDepth(_ node: Node, _ block: Int) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    let (height, width, channels) = (result.shape[1], result.shape[2], x.shape[3])
    // in [n, h, i, w, j, c] -> out [n, h, w, i, j, c]
    let inner = Shape([x.shape[0], height, block, width, block, channels]).strides
    try addStridedCopy(
      [x.shape[0], height, width, block, block, channels], from: try input(0, of: node),
      [inner[0], inner[1], inner[3], inner[2], inner[4], inner[5]], to: try define(node.outputs[0]),
      Shape([x.shape[0], height, width, block, block, channels]).strides, x.elementType)
  }

  mutating func lowerGather(_ node: Node, _ axis: Int) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let indices = try inputTensor(1, of: node)
    var parameters = eb_gather_params()
    parameters.outer = UInt64(x.shape.dimensions[..<axis].reduce(1, *))
    parameters.axis_size = UInt64(x.shape[axis])
    parameters.inner_bytes = UInt64(
      x.shape.dimensions[(axis + 1)...].reduce(try elementBytes(x.elementType), *))
    parameters.index_count = UInt64(indices.shape.elementCount ?? 0)
    parameters.index_type = UInt32(indices.elementType.rawValue)
    addStep(
      EB_OP_GATHER, parameters, [try input(0, of: node), try input(1, of: node), try define(node.outputs[0])])
  }
}
