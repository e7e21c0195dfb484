internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerReduction(_ node: Node, _ reduction: Reduction, _ axes: [Int]) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    var parameters = try reduceParameters(x.shape, Set(axes))
    parameters.kind = UInt32(reduction.rawValue)
    let op: eb_op
    switch (x.elementType, reduction) {
    case (.f32, _): op = EB_OP_REDUCE_F32
    case (.i32, _): op = EB_OP_REDUCE_I32
    case (.f64, _), (.i64, _), (.u32, _), (.u64, _):
      return addStep(
        EB_OP_REDUCE_ANY, eb_reduce_any_params(parameters, x.elementType),
        [try input(0, of: node), try define(node.outputs[0])])
    case (.i8, .mean):
      guard let from = x.quantization?.single, let to = result.quantization?.single else {
        throw unsupported("its operands have no single scale")
      }
      op = EB_OP_REDUCE_MEAN_QS8
      parameters.in_zero_point = from.zeroPoint
      parameters.out_zero_point = to.zeroPoint
      parameters.scale = from.scale / to.scale
    default: throw unsupported("there is no kernel for \(x.elementType)")
    }
    addStep(op, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }

  mutating func lowerArgReduction(_ node: Node, _ axis: Int, largest: Bool) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    var parameters = try reduceParameters(x.shape, [axis])
    parameters.kind = largest ? EB_REDUCE_ARG_MAX.rawValue : EB_REDUCE_ARG_MIN.rawValue
    let op: eb_op
    switch x.elementType {
    case .f32: op = EB_OP_ARG_REDUCE_F32
    case .i8: op = EB_OP_ARG_REDUCE_QS8
    default: return try lowerTopIndices(node, axis, 1, largest)
    }
    try addIndices(op, parameters, node, result)
  }

  /// The shape with axes merged where neighbours are both reduced or both kept.
  private func reduceParameters(_ shape: Shape, _ axes: Set<Int>) throws(LoweringError) -> eb_reduce_params {
    var merged: [(extent: Int, isReduced: Bool)] = []
    for (axis, extent) in shape.dimensions.enumerated() where extent != 1 {
      let isReduced = axes.contains(axis)
      if let last = merged.last, last.isReduced == isReduced {
        merged[merged.count - 1].extent *= extent
      } else {
        merged.append((extent, isReduced))
      }
    }
    // Something must be reduced, even if it is one element.
    if !merged.contains(where: \.isReduced) { merged.append((1, true)) }
    guard merged.count <= Int(EB_MAX_RANK) else { throw unsupported("it reduces too many separate axes") }
    var parameters = eb_reduce_params()
    parameters.rank = UInt32(merged.count)
    copy(merged.map(\.extent), to: &parameters.shape)
    for (axis, part) in merged.enumerated() where part.isReduced { parameters.axes |= 1 << UInt32(axis) }
    return parameters
  }

  mutating func lowerSoftmax(_ node: Node, _ axis: Int, beta: Float) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    var parameters = softmaxParameters(x.shape, axis)
    parameters.beta = beta
    let op: eb_op
    switch x.elementType {
    case .f32: op = EB_OP_SOFTMAX_F32
    case .i8:
      guard let from = x.quantization?.single else { throw unsupported("its input has no single scale") }
      op = EB_OP_SOFTMAX_QS8
      parameters.in_scale = from.scale
      parameters.in_zero_point = from.zeroPoint
    default: throw unsupported("there is no kernel for \(x.elementType)")
    }
    addStep(op, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }

  mutating func lowerLogSoftmax(_ node: Node, _ axis: Int) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    guard x.elementType == .f32 else { throw unsupported("there is no kernel for \(x.elementType)") }
    var parameters = softmaxParameters(x.shape, axis)
    parameters.beta = 1
    addStep(EB_OP_LOG_SOFTMAX_F32, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }

  private func softmaxParameters(_ shape: Shape, _ axis: Int) -> eb_softmax_params {
    var parameters = eb_softmax_params()
    parameters.outer = UInt64(shape.dimensions[..<axis].reduce(1, *))
    parameters.count = UInt64(shape[axis])
    parameters.stride = UInt64(shape.dimensions[(axis + 1)...].reduce(1, *))
    return parameters
  }

  mutating func lowerLayerNorm(_ node: Node, _ axes: Int, epsilon: Float) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    guard x.elementType == .f32 else { throw unsupported("there is no kernel for \(x.elementType)") }
    var parameters = eb_layer_norm_params()
    parameters.rows = UInt64(x.shape.dimensions.dropLast(axes).reduce(1, *))
    parameters.count = UInt64(x.shape.dimensions.suffix(axes).reduce(1, *))
    parameters.epsilon = epsilon
    let operands = try normalizationOperands(
      of: node, hasScale: &parameters.has_scale, hasBias: &parameters.has_bias)
    addStep(EB_OP_LAYER_NORM_F32, parameters, operands + [try define(node.outputs[0])])
  }

  /// What a normalisation reads: x, and scale and bias where they are there.
  mutating func normalizationOperands(
    of node: Node, hasScale: inout UInt32, hasBias: inout UInt32
  ) throws(LoweringError) -> [Int] {
    hasScale = inputID(1, of: node) == nil ? 0 : 1
    hasBias = inputID(2, of: node) == nil ? 0 : 1
    var operands = [try input(0, of: node)]
    if hasScale != 0 { operands.append(try input(1, of: node)) }
    if hasBias != 0 { operands.append(try input(2, of: node)) }
    return operands
  }
}

extension eb_reduce_any_params {
  init(_ parameters: eb_reduce_params, _ type: ElementType) {
    self.init()
    kind = parameters.kind
    rank = parameters.rank
    shape = parameters.shape
    axes = parameters.axes
    self.type = UInt32(type.rawValue)
  }
}
