internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerConversion(_ node: Node) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    guard let count = x.shape.elementCount else { throw unsupported("its input is too large") }
    let isCast = node.op == .cast || node.op == .castOverflowing
    let rounding: Rounding = if case .quantize(let own) = node.op { own } else { .halfAwayFromZero }
    if !isCast, let table = LookupTable.requantize(from: x, to: result, rounding) {
      return try addLookup(table, node)
    }
    var parameters = eb_convert_params()
    parameters.outer = 1
    parameters.channels = 1
    parameters.inner = UInt64(count)
    parameters.from = UInt32(x.elementType.rawValue)
    parameters.to = UInt32(result.elementType.rawValue)
    parameters.overflows = node.op == .castOverflowing ? 1 : 0
    parameters.half_to_even = rounding == .halfToEven ? 1 : 0
    if !isCast {
      if x.quantization?.axis != nil, result.elementType == .f32, let reals = x.reals {
        return try alias(node.outputs[0], to: addConstant(TensorData(reals), name: result.name))
      }
      guard x.quantization?.axis == nil, result.quantization?.axis == nil else {
        throw unsupported("it has a scale a channel and is not constant")
      }
      if let from = x.quantization?.single { (parameters.from_scale, parameters.from_zero_point) = from }
      if let to = result.quantization?.single { (parameters.to_scale, parameters.to_zero_point) = to }
    }
    if parameters.from == parameters.to, parameters.from_scale == parameters.to_scale,
      parameters.from_zero_point == parameters.to_zero_point
    {
      return try alias(node.outputs[0], to: try input(0, of: node))
    }
    addStep(EB_OP_CONVERT, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }

  /// Adds a step that converts numbers, without quantization.
  mutating func addConversion(
    from source: Int, _ from: ElementType, to destination: Int, _ to: ElementType, count shape: Shape
  ) throws(LoweringError) {
    guard let count = shape.elementCount else { throw unsupported("its output is too large") }
    var parameters = eb_convert_params()
    parameters.outer = 1
    parameters.channels = 1
    parameters.inner = UInt64(count)
    parameters.from = UInt32(from.rawValue)
    parameters.to = UInt32(to.rawValue)
    addStep(EB_OP_CONVERT, parameters, [source, destination])
  }
}
