internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerWindowReduction(_ node: Node, _ reduction: WindowReduction) throws(LoweringError) {
    let x = try inputTensor(0, of: node).shape
    var parameters = eb_window_reduce_params()
    parameters.window = try window(
      reduction.window, image: Array(x.dimensions[1...3]),
      windows: Array(outputTensor(node).shape.dimensions[1...3]),
      batch: x[0], channels: x[4])
    switch reduction.kind {
    case .maximum: parameters.kind = EB_WINDOW_MAX.rawValue
    case .placeOfMaximum(let isColumnMajor):
      parameters.kind = EB_WINDOW_MAX.rawValue
      parameters.has_indices = 1
      parameters.is_column_major = isColumnMajor ? 1 : 0
    case .average(let countsPadding):
      parameters.kind = EB_WINDOW_AVERAGE.rawValue
      parameters.counts_padding = countsPadding ? 1 : 0
    case .norm(let p):
      parameters.kind = EB_WINDOW_NORM.rawValue
      parameters.norm = p
    }
    addStep(EB_OP_WINDOW_REDUCE_F32, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }

  mutating func lowerConvolution3D(_ node: Node, _ convolution: Convolution3D) throws(LoweringError) {
    let x = try inputTensor(0, of: node).shape
    let (range, output) = try fusedClamp(node, .none)
    let result = graph[output].shape
    let (image, windows) = convolution.isTransposed ? (result, x) : (x, result)
    var parameters = eb_conv_nd_params()
    parameters.window = try window(
      convolution.window, image: Array(image.dimensions[1...3]), windows: Array(windows.dimensions[1...3]),
      batch: x[0], channels: 0)
    parameters.in_channels = try u32(x[4], "input channels")
    parameters.out_channels = try u32(result[4], "output channels")
    parameters.groups = try u32(convolution.groups, "groups")
    parameters.is_transposed = convolution.isTransposed ? 1 : 0
    parameters.isa = options.instructionSet.rawValue
    parameters.min = range.lower
    parameters.max = range.upper
    let weights = try packedGroups(node, parameters, bias: convolution.isTransposed ? nil : 2)
    let bias: Int
    if inputID(2, of: node) != nil {
      bias = try input(2, of: node)
    } else {
      bias = addConstant(TensorData(Array(repeating: Float(0), count: result[4])), name: "\(node.name) bias")
    }
    let operands = [
      try input(0, of: node), weights, bias, try define(output),
      addScratch(byteCount: eb_conv_nd_scratch_bytes(&parameters), name: "\(node.name) scratch"),
    ]
    addStep(EB_OP_CONV_ND_F32, parameters, operands, output: 3)
  }

  mutating func lowerDeformableConvolution(
    _ node: Node, _ convolution: Convolution, offsetGroups: Int
  ) throws(LoweringError) {
    let x = try inputTensor(0, of: node).shape
    let weights = try inputTensor(1, of: node).shape
    let (range, output) = try fusedClamp(node, convolution.activation)
    let result = graph[output].shape
    var parameters = eb_deform_conv_params()
    parameters.conv.window = try window(
      Window3D(convolution, taps: Size2D(height: weights[1], width: weights[2])), image: [1, x[1], x[2]],
      windows: [1, result[1], result[2]], batch: x[0], channels: 0)
    parameters.conv.in_channels = try u32(x[3], "input channels")
    parameters.conv.out_channels = try u32(result[3], "output channels")
    parameters.conv.groups = try u32(convolution.groups, "groups")
    parameters.conv.isa = options.instructionSet.rawValue
    parameters.conv.min = range.lower
    parameters.conv.max = range.upper
    parameters.offset_groups = try u32(offsetGroups, "groups of offsets")
    let packed = try packedGroups(node, parameters.conv, bias: 3)
    var operands = [try input(0, of: node), packed, try input(2, of: node)]
    if inputID(4, of: node) != nil {
      parameters.has_mask = 1
      operands.append(try input(4, of: node))
    }
    operands += [
      try define(output),
      addScratch(byteCount: eb_conv_nd_scratch_bytes(&parameters.conv), name: "\(node.name) scratch"),
    ]
    addStep(EB_OP_DEFORM_CONV_F32, parameters, operands, output: operands.count - 2)
  }

  /// The node's weights, operand 1, packed group by group with the bias at operand `bias`.
  private mutating func packedGroups(
    _ node: Node, _ layer: eb_conv_nd_params, bias: Int?
  ) throws(LoweringError) -> Int {
    var layer = layer
    let groupBytes = eb_conv_nd_group_bytes(&layer)
    let (byteCount, overflow) = groupBytes.multipliedReportingOverflow(by: Int(layer.groups))
    guard groupBytes > 0, !overflow, byteCount <= 1 << 34 else {
      throw unsupported("its weights are too large for the kernels")
    }
    let taps = layer.window.window.0 * layer.window.window.1 * layer.window.window.2
    let (inputs, outputs) = (layer.in_channels / layer.groups, layer.out_channels / layer.groups)
    var pack = eb_pack_gemm_params()
    pack.matrices = layer.groups
    pack.columns = layer.is_transposed == 1 ? taps * outputs : outputs
    pack.depth = layer.is_transposed == 1 ? inputs : taps * inputs
    pack.isa = layer.isa
    pack.weights_stride = UInt64(pack.columns) * UInt64(pack.depth)
    pack.bias_stride = UInt64(outputs)
    pack.packed_stride = UInt64(groupBytes)
    return try packed(
      [pack], weights: 1, bias: bias, of: node, byteCount: byteCount, name: "\(node.name) weights")
  }

  mutating func lowerBlocksToImage(_ node: Node, _ window: Window3D, image: Size3D) throws(LoweringError) {
    let result = outputTensor(node).shape
    var parameters = eb_col2im_params()
    let windows = zip(image.extents, window.reaches).enumerated().map { axis, extents in
      (extents.0 + window.before.extents[axis] + window.after.extents[axis] - extents.1)
        / window.strides.extents[axis] + 1
    }
    parameters.window = try self.window(
      window, image: image.extents, windows: windows, batch: result[0], channels: result[1])
    addStep(EB_OP_COL2IM_F32, parameters, [try input(0, of: node), try define(node.outputs[0])])
  }

  private func window(
    _ window: Window3D, image: [Int], windows: [Int], batch: Int, channels: Int
  ) throws(LoweringError) -> eb_window {
    func triple(_ values: [Int], _ role: String) throws(LoweringError) -> (UInt32, UInt32, UInt32) {
      (try u32(values[0], role), try u32(values[1], role), try u32(values[2], role))
    }
    var result = eb_window()
    result.batch = try u32(batch, "batch")
    result.channels = try u32(channels, "channels")
    result.in = try triple(image, "extent")
    result.out = try triple(windows, "output extent")
    result.window = try triple(window.size.extents, "window")
    result.stride = try triple(window.strides.extents, "stride")
    result.dilation = try triple(window.dilations.extents, "dilation")
    result.pad_before = try triple(window.before.extents, "padding")
    result.pad_after = try triple(window.after.extents, "padding")
    return result
  }
}

extension Window3D {
  /// What the window spans along each axis.
  fileprivate var reaches: [Int] { zip(size.extents, dilations.extents).map { ($0 - 1) * $1 + 1 } }
}
