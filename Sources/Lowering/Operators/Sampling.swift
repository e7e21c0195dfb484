internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerResample(_ node: Node, _ axis: Int) throws(LoweringError) {
    let x = try inputTensor(0, of: node).shape
    let indices = try inputTensor(1, of: node).shape
    var parameters = eb_resample_params()
    parameters.outer = UInt64(x.dimensions[..<axis].reduce(1, *))
    parameters.in_count = UInt64(x[axis])
    parameters.out_count = UInt64(indices[0])
    parameters.inner = UInt64(x.dimensions[(axis + 1)...].reduce(1, *))
    parameters.taps = UInt64(indices[1])
    var operands = [try input(0, of: node), try input(1, of: node), try input(2, of: node)]
    if inputID(3, of: node) != nil {
      parameters.has_offsets = 1
      operands.append(try input(3, of: node))
    }
    addStep(EB_OP_RESAMPLE_F32, parameters, operands + [try define(node.outputs[0])])
  }

  mutating func lowerGridSampling(_ node: Node, _ sampling: GridSampling) throws(LoweringError) {
    let x = try inputTensor(0, of: node).shape.dimensions
    let grid = try inputTensor(1, of: node).shape.dimensions
    var parameters = eb_grid_sample_params()
    let image = Size3D(Array(x[1..<x.count - 1])).extents
    parameters.batch = try u32(x[0], "batch")
    parameters.channels = try u32(x[x.count - 1], "channels")
    parameters.dimensions = UInt32(x.count - 2)
    parameters.in = (try u32(image[0], "depth"), try u32(image[1], "height"), try u32(image[2], "width"))
    parameters.points = UInt64(grid[1..<grid.count - 1].reduce(1, *))
    parameters.method = UInt32(sampling.method.rawValue)
    parameters.padding = UInt32(sampling.padding.rawValue)
    parameters.aligns_corners = sampling.alignsCorners ? 1 : 0
    addStep(
      EB_OP_GRID_SAMPLE_F32, parameters,
      [try input(0, of: node), try input(1, of: node), try define(node.outputs[0])])
  }

  mutating func lowerRegionAlignment(_ node: Node, _ alignment: RegionAlignment) throws(LoweringError) {
    let x = try inputTensor(0, of: node).shape
    var parameters = eb_roi_align_params()
    parameters.batch = try u32(x[0], "batch")
    parameters.height = try u32(x[1], "height")
    parameters.width = try u32(x[2], "width")
    parameters.channels = try u32(x[3], "channels")
    parameters.count = try u32(outputTensor(node).shape[0], "boxes")
    parameters.out_height = try u32(alignment.size.height, "output height")
    parameters.out_width = try u32(alignment.size.width, "output width")
    parameters.samples = try u32(alignment.samples, "samples")
    parameters.is_maximum = alignment.isMaximum ? 1 : 0
    parameters.has_half_pixel = alignment.hasHalfPixel ? 1 : 0
    parameters.scale = alignment.scale
    addStep(
      EB_OP_ROI_ALIGN_F32, parameters,
      [try input(0, of: node), try input(1, of: node), try input(2, of: node), try define(node.outputs[0])])
  }

  /// Both results are parts of one buffer.
  mutating func lowerNonMaxSuppression(
    _ node: Node, _ suppression: NonMaxSuppression
  ) throws(LoweringError) {
    let scores = try inputTensor(1, of: node).shape
    let capacity = outputTensor(node).shape[0]
    var parameters = eb_non_max_suppression_params()
    parameters.batch = try u32(scores[0], "batch")
    parameters.classes = try u32(scores[1], "classes")
    parameters.boxes = try u32(scores[2], "boxes")
    parameters.capacity = try u32(capacity, "results")
    parameters.most_a_class = try u32(suppression.mostPerClass, "the most boxes of a class")
    parameters.is_centered = suppression.isCentered ? 1 : 0
    parameters.overlap_threshold = suppression.overlapThreshold
    parameters.has_score_threshold = suppression.scoreThreshold == nil ? 0 : 1
    parameters.score_threshold = suppression.scoreThreshold ?? 0
    let results = try addTemporary(TensorType(.i64, [3 * capacity + 1]), name: "\(node.name) results")
    let scratch = addScratch(byteCount: 4 * scores[2], name: "\(node.name) scratch")
    addStep(
      EB_OP_NON_MAX_SUPPRESSION, parameters,
      [try input(0, of: node), try input(1, of: node), results, scratch], output: 2)
    try alias(node.outputs[0], to: results)
    try alias(node.outputs[1], to: results, offset: 24 * capacity)
  }
}
