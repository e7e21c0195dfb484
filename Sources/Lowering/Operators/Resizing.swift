internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerResize(_ node: Node, _ resize: Resize) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let result = outputTensor(node)
    var parameters = eb_resize_params()
    parameters.batch = try u32(x.shape[0], "batch")
    parameters.in_height = try u32(x.shape[1], "height")
    parameters.in_width = try u32(x.shape[2], "width")
    parameters.channels = try u32(x.shape[3], "channels")
    parameters.out_height = try u32(result.shape[1], "output height")
    parameters.out_width = try u32(result.shape[2], "output width")
    parameters.aligns_corners = resize.alignsCorners ? 1 : 0
    parameters.half_pixel_centers = resize.halfPixelCenters ? 1 : 0
    parameters.element_bytes = UInt32(try elementBytes(x.elementType))
    let op: eb_op
    switch (resize.method, x.elementType) {
    case (.nearest, _): op = EB_OP_RESIZE_NEAREST
    case (.bilinear, .f32): op = EB_OP_RESIZE_BILINEAR_F32
    case (.bilinear, .i8): op = EB_OP_RESIZE_BILINEAR_QS8
    default: throw unsupported("there is no kernel for \(x.elementType)")
    }
    addStep(op, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }
}
