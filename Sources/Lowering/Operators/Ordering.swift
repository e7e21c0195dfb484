internal import CKernels
internal import Graph

// Operators that look at the elements along an axis one after the other.

extension PlanBuilder {
  mutating func lowerTopIndices(
    _ node: Node, _ axis: Int, _ count: Int, _ largest: Bool
  ) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    var parameters = eb_top_indices_params()
    parameters.outer = UInt64(x.shape.dimensions[..<axis].reduce(1, *))
    parameters.count = UInt64(x.shape[axis])
    parameters.inner = UInt64(x.shape.dimensions[(axis + 1)...].reduce(1, *))
    parameters.chosen = UInt64(count)
    parameters.type = UInt32(x.elementType.rawValue)
    parameters.is_largest = largest ? 1 : 0
    try addIndices(EB_OP_TOP_INDICES, parameters, node, result)
  }

  /// Adds a step whose output is i32, and a conversion where the node's is not.
  mutating func addIndices<Parameters: BitwiseCopyable>(
    _ op: eb_op, _ parameters: Parameters, _ node: Node, _ result: Tensor
  ) throws(LoweringError) {
    let value = try input(0, of: node)
    guard result.elementType == .i64 else {
      return addStep(op, parameters, [value, try define(node.outputs[0])])
    }
    let narrow = try addTemporary(TensorType(.i32, result.shape), name: "\(node.name) i32")
    addStep(op, parameters, [value, narrow])
    try addConversion(from: narrow, .i32, to: try define(node.outputs[0]), .i64, count: result.shape)
  }

  mutating func lowerCumulative(_ node: Node, _ cumulation: Cumulation) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    var parameters = eb_cumulative_params()
    parameters.outer = UInt64(x.shape.dimensions[..<cumulation.axis].reduce(1, *))
    parameters.count = UInt64(x.shape[cumulation.axis])
    parameters.inner = UInt64(x.shape.dimensions[(cumulation.axis + 1)...].reduce(1, *))
    parameters.type = UInt32(x.elementType.rawValue)
    parameters.is_product = cumulation.kind == .product ? 1 : 0
    parameters.is_exclusive = cumulation.isExclusive ? 1 : 0
    parameters.is_reversed = cumulation.isReversed ? 1 : 0
    addStep(EB_OP_CUMULATIVE, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }

  mutating func lowerDeterminant(_ node: Node) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    var parameters = eb_determinant_params()
    parameters.batch = UInt64(x.shape.dimensions.dropLast(2).reduce(1, *))
    parameters.size = UInt64(x.shape.dimensions.last ?? 0)
    addStep(EB_OP_DETERMINANT_F32, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }
}
