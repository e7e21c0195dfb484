internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerPooling(_ node: Node, _ pooling: Pooling) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let (range, output) = try fusedClamp(node, pooling.activation)
    let result = graph[output]
    var parameters = eb_pool2d_params()
    parameters.batch = try u32(x.shape[0], "batch")
    parameters.in_height = try u32(x.shape[1], "height")
    parameters.in_width = try u32(x.shape[2], "width")
    parameters.channels = try u32(x.shape[3], "channels")
    parameters.out_height = try u32(result.shape[1], "output height")
    parameters.out_width = try u32(result.shape[2], "output width")
    parameters.window_height = try u32(pooling.window.height, "window")
    parameters.window_width = try u32(pooling.window.width, "window")
    parameters.stride_height = try u32(pooling.strides.height, "stride")
    parameters.stride_width = try u32(pooling.strides.width, "stride")
    parameters.pad_top = try u32(pooling.padding.top, "padding")
    parameters.pad_left = try u32(pooling.padding.left, "padding")
    parameters.counts_padding = pooling.countsPadding ? 1 : 0
    parameters.min = range.lower
    parameters.max = range.upper
    parameters.isa = options.instructionSet.rawValue
    let isMaximum = pooling.kind == .max
    let op: eb_op
    switch x.elementType {
    case .f32: op = isMaximum ? EB_OP_MAX_POOL2D_F32 : EB_OP_AVERAGE_POOL2D_F32
    case .i8:
      op = isMaximum ? EB_OP_MAX_POOL2D_QS8 : EB_OP_AVERAGE_POOL2D_QS8
      // Without quantization the steps themselves are pooled.
      let from = x.quantization?.single ?? (1, 0)
      let to = result.quantization?.single ?? (1, 0)
      parameters.in_zero_point = from.zeroPoint
      parameters.out_zero_point = to.zeroPoint
      parameters.scale = from.scale / to.scale
      (parameters.out_min, parameters.out_max) = range.steps(scale: to.scale, zeroPoint: to.zeroPoint)
    default: throw unsupported("there is no kernel for \(x.elementType)")
    }
    addStep(op, parameters, [try input(0, of: node), try define(output)])
  }
}
