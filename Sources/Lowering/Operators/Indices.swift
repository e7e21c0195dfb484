internal import CKernels
internal import Graph

// Operators that go by indices.

extension PlanBuilder {
  mutating func lowerGatherElements(_ node: Node, _ axis: Int) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let indices = try inputTensor(1, of: node)
    let walk = ElementWalk(data: x.shape, indices: indices.shape, axis: axis)
    var parameters = eb_gather_elements_params()
    parameters.rank = try indexedRank(walk.data)
    parameters.axis = UInt32(walk.axis)
    copy(walk.data.dimensions, to: &parameters.in_shape)
    copy(walk.indices.dimensions, to: &parameters.index_shape)
    parameters.element_bytes = UInt32(try elementBytes(x.elementType))
    parameters.index_type = UInt32(indices.elementType.rawValue)
    addStep(
      EB_OP_GATHER_ELEMENTS, parameters,
      [try input(0, of: node), try input(1, of: node), try define(node.outputs[0])])
  }

  mutating func lowerGatherND(_ node: Node, _ batchAxes: Int) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let indices = try inputTensor(1, of: node)
    let depth = indices.shape[indices.shape.rank - 1]
    let indexed = Array(x.shape.dimensions[batchAxes..<batchAxes + depth])
    var parameters = eb_gather_nd_params()
    parameters.batch = UInt64(x.shape.dimensions[..<batchAxes].reduce(1, *))
    parameters.tuples = UInt64(indices.shape.dimensions[batchAxes..<indices.shape.rank - 1].reduce(1, *))
    parameters.slice_bytes = UInt64(
      x.shape.dimensions[(batchAxes + depth)...].reduce(try elementBytes(x.elementType), *))
    parameters.depth = try indexedRank(Shape(indexed))
    parameters.index_type = UInt32(indices.elementType.rawValue)
    copy(indexed, to: &parameters.in_shape)
    addStep(
      EB_OP_GATHER_ND, parameters,
      [try input(0, of: node), try input(1, of: node), try define(node.outputs[0])])
  }

  mutating func lowerScatterElements(
    _ node: Node, _ axis: Int, _ scatter: Scatter
  ) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let indices = try inputTensor(1, of: node)
    let walk = ElementWalk(data: x.shape, indices: indices.shape, axis: axis)
    var parameters = eb_scatter_elements_params()
    parameters.rank = try indexedRank(walk.data)
    parameters.axis = UInt32(walk.axis)
    copy(walk.data.dimensions, to: &parameters.in_shape)
    copy(walk.indices.dimensions, to: &parameters.index_shape)
    parameters.type = UInt32(x.elementType.rawValue)
    parameters.index_type = UInt32(indices.elementType.rawValue)
    parameters.kind = UInt32(scatter.rawValue)
    try addScatter(EB_OP_SCATTER_ELEMENTS, parameters, node)
  }

  mutating func lowerScatterND(_ node: Node, _ scatter: Scatter) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let indices = try inputTensor(1, of: node)
    let depth = indices.shape[indices.shape.rank - 1]
    let indexed = Array(x.shape.dimensions[..<depth])
    var parameters = eb_scatter_nd_params()
    parameters.tuples = UInt64(indices.shape.dimensions.dropLast().reduce(1, *))
    parameters.slice = UInt64(x.shape.dimensions[depth...].reduce(1, *))
    parameters.depth = try indexedRank(Shape(indexed))
    parameters.index_type = UInt32(indices.elementType.rawValue)
    copy(indexed, to: &parameters.in_shape)
    parameters.type = UInt32(x.elementType.rawValue)
    parameters.kind = UInt32(scatter.rawValue)
    try addScatter(EB_OP_SCATTER_ND, parameters, node)
  }

  private mutating func addScatter<Parameters: BitwiseCopyable>(
    _ op: eb_op, _ parameters: Parameters, _ node: Node
  ) throws(LoweringError) {
    addStep(
      op, parameters,
      [
        try input(0, of: node), try input(1, of: node), try input(2, of: node), try define(node.outputs[0]),
      ])
  }

  mutating func lowerReverseSequence(
    _ node: Node, _ batchAxis: Int, _ timeAxis: Int
  ) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let dimensions = x.shape.dimensions
    let (first, second) = (min(batchAxis, timeAxis), max(batchAxis, timeAxis))
    var parameters = eb_reverse_sequence_params()
    parameters.outer = UInt64(dimensions[..<first].reduce(1, *))
    parameters.first = UInt64(dimensions[first])
    parameters.middle = UInt64(dimensions[(first + 1)..<second].reduce(1, *))
    parameters.second = UInt64(dimensions[second])
    parameters.inner_bytes = UInt64(dimensions[(second + 1)...].reduce(try elementBytes(x.elementType), *))
    parameters.batch_is_first = batchAxis == first ? 1 : 0
    parameters.index_type = UInt32(try inputTensor(1, of: node).elementType.rawValue)
    addStep(
      EB_OP_REVERSE_SEQUENCE, parameters,
      [try input(0, of: node), try input(1, of: node), try define(node.outputs[0])])
  }

  /// The rank of axes that are indexed, as operators' parameters hold it.
  private func indexedRank(_ shape: Shape) throws(LoweringError) -> UInt32 {
    guard shape.rank <= Int(EB_MAX_RANK) else {
      throw unsupported("it indexes more than \(EB_MAX_RANK) axes")
    }
    return UInt32(shape.rank)
  }
}

/// The shapes of data and of indices of single elements, with axes merged where both are walked as one.
private struct ElementWalk {
  var data: Shape
  var indices: Shape
  var axis: Int

  init(data: Shape, indices: Shape, axis: Int) {
    self.data = []
    self.indices = []
    self.axis = 0
    for place in data.dimensions.indices {
      let last = self.data.rank - 1
      // The inner of two axes must be walked whole.
      let merges = last >= 0 && place != axis && place - 1 != axis && data[place] == indices[place]
      if merges {
        self.data.dimensions[last] *= data[place]
        self.indices.dimensions[last] *= indices[place]
      } else {
        if place == axis { self.axis = self.data.rank }
        self.data.dimensions.append(data[place])
        self.indices.dimensions.append(indices[place])
      }
    }
  }
}
