internal import CKernels
internal import Graph

extension PlanBuilder {
  enum ConvolutionKind { case plain, depthwise, transposed }

  mutating func lowerConvolution(
    _ node: Node, _ convolution: Convolution, _ kind: ConvolutionKind
  ) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let weights = try inputTensor(1, of: node)
    if kind == .plain, x.elementType == .f32, !weights.elementType.isFloatingPoint,
      convolution.isPointwise(weights)
    {
      // Each pixel is a row with a range of its own then, which costs nothing and loses less.
      return try lowerFullyConnected(node, convolution.activation)
    }
    if kind == .plain, convolution.isPointwise(weights), try lowerSparse(node, convolution.activation) {
      return
    }
    let bias = inputID(2, of: node).map { graph[$0] }
    let (range, output) = try fusedClamp(node, convolution.activation)
    var parameters = try convolutionParameters(x, weights, graph[output], convolution, kind)
    var op = try convolutionOperator(x, weights, kind)
    if op == EB_OP_CONV2D_F32 || op == EB_OP_CONV2D_F32_F16W, options.arithmetic == .f16,
      eb_conv2d_gains_by_f16(&parameters), multipliesInHalf(weights)
    {
      op = EB_OP_CONV2D_F32_F16W
      parameters.algorithm = EB_ALGORITHM_F16
    }

    parameters.min = range.lower
    parameters.max = range.upper
    let quantized = try QuantizedProduct(x, weights, bias, graph[output], channels: graph[output].shape[3])
    if let quantized, quantized.isStatic {
      let steps = range.steps(scale: quantized.outputScale, zeroPoint: quantized.outputZeroPoint)
      parameters.in_zero_point = quantized.inputZeroPoint
      parameters.out_zero_point = quantized.outputZeroPoint
      (parameters.out_min, parameters.out_max) = steps
    }
    let requirements = eb_conv2d_requirements(op.rawValue, &parameters)
    parameters.algorithm = requirements.algorithm

    let biases = quantized?.isStatic == true ? nil : try floats(bias)
    let packed = try packed(weights, requirements) { [op, parameters] memory in
      var parameters = parameters
      if let quantized, quantized.isStatic {
        eb_conv2d_pack_qs8(
          op.rawValue, &parameters, weights.signedBytes, quantized.integerBias, quantized.scales, memory)
      } else if let quantized {
        eb_conv2d_pack_qd8(op.rawValue, &parameters, weights.signedBytes, biases, quantized.scales, memory)
      } else {
        eb_conv2d_pack_f32(op.rawValue, &parameters, weights.floats, biases, memory)
      }
    }
    try addProduct(op, parameters, requirements, packed, node, output: output)
  }

  private func convolutionParameters(
    _ x: Tensor, _ weights: Tensor, _ output: Tensor, _ convolution: Convolution, _ kind: ConvolutionKind
  ) throws(LoweringError) -> eb_conv2d_params {
    var parameters = eb_conv2d_params()
    parameters.batch = try u32(x.shape[0], "batch")
    parameters.in_height = try u32(x.shape[1], "height")
    parameters.in_width = try u32(x.shape[2], "width")
    parameters.in_channels = try u32(x.shape[3], "input channels")
    parameters.out_height = try u32(output.shape[1], "output height")
    parameters.out_width = try u32(output.shape[2], "output width")
    parameters.out_channels = try u32(output.shape[3], "output channels")
    parameters.kernel_height = try u32(weights.shape[1], "kernel height")
    parameters.kernel_width = try u32(weights.shape[2], "kernel width")
    parameters.stride_height = try u32(convolution.strides.height, "stride")
    parameters.stride_width = try u32(convolution.strides.width, "stride")
    parameters.dilation_height = try u32(convolution.dilations.height, "dilation")
    parameters.dilation_width = try u32(convolution.dilations.width, "dilation")
    parameters.pad_top = try u32(convolution.padding.top, "padding")
    parameters.pad_left = try u32(convolution.padding.left, "padding")
    parameters.groups = try u32(kind == .depthwise ? x.shape[3] : convolution.groups, "groups")
    parameters.isa = options.instructionSet.rawValue
    return parameters
  }

  private func convolutionOperator(
    _ x: Tensor, _ weights: Tensor, _ kind: ConvolutionKind
  ) throws(LoweringError) -> eb_op {
    switch (x.elementType, weights.elementType, kind) {
    case (.f32, .f32, .plain): EB_OP_CONV2D_F32
    case (.f32, .f16, .plain): EB_OP_CONV2D_F32_F16W
    case (.f32, .i8, .plain), (.f32, .i4, .plain): EB_OP_CONV2D_QD8_F32_QC8W
    case (.i8, .i8, .plain), (.i8, .i4, .plain): EB_OP_CONV2D_QS8_QC8W
    case (.f32, .f32, .depthwise): EB_OP_DWCONV2D_F32
    case (.f32, .f16, .depthwise): EB_OP_DWCONV2D_F32_F16W
    case (.f32, .i8, .depthwise), (.f32, .i4, .depthwise): EB_OP_DWCONV2D_QD8_F32_QC8W
    case (.i8, .i8, .depthwise), (.i8, .i4, .depthwise): EB_OP_DWCONV2D_QS8_QC8W
    case (.f32, .f32, .transposed): EB_OP_DECONV2D_F32
    case (.i8, .i8, .transposed), (.i8, .i4, .transposed): EB_OP_DECONV2D_QS8_QC8W
    default:
      throw unsupported("there is no kernel for \(x.elementType) with weights of \(weights.elementType)")
    }
  }

  /// Adds the step of a convolution or fully connected layer with its packed weights and working memory.
  mutating func addProduct<Parameters: BitwiseCopyable>(
    _ op: eb_op, _ parameters: Parameters, _ requirements: eb_requirements, _ packed: TensorData,
    _ node: Node,
    output: TensorID
  ) throws(LoweringError) {
    var operands = [
      try input(0, of: node), addConstant(packed, name: "\(node.name) weights"), try define(output),
    ]
    if requirements.scratch_bytes > 0 || requirements.workspace_bytes > 0 {
      operands.append(addScratch(byteCount: requirements.scratch_bytes, name: "\(node.name) scratch"))
    }
    if requirements.workspace_bytes > 0 {
      operands.append(addWorkspace(byteCount: requirements.workspace_bytes, name: "\(node.name) workspace"))
    }
    addStep(op, parameters, operands, output: 2)
  }

  /// Whether a product of these weights is to be in f16 arithmetic: all have to be finite in f16.
  func multipliesInHalf(_ weights: Tensor) -> Bool {
    options.arithmetic == .f16 && weights.floats?.allSatisfy { abs($0) <= 65504 } ?? false
  }

  /// Constant weights as the kernels want them, packed when the plan is written: the sizes of a plan need no packing.
  ///
  /// - Throws: Where the kernels cannot be run with the parameters at all, or the weights are not constant numbers.
  func packed(
    _ weights: Tensor, _ requirements: eb_requirements,
    pack: @escaping @Sendable (UnsafeMutableRawPointer?) -> Void
  ) throws(LoweringError) -> TensorData {
    let limit = 1 << 34
    guard (1...limit).contains(requirements.packed_bytes), (0...limit).contains(requirements.scratch_bytes),
      (0...limit).contains(requirements.workspace_bytes)
    else { throw unsupported("its weights or working memory would be too large for the kernels") }
    guard weights.isConstantOfWeights else { throw unsupported("its weights are not constant") }
    return TensorData(byteCount: requirements.packed_bytes, isKept: false) { pack($0.baseAddress) }
  }

  /// The bias as f32; `nil` where there is none.
  func floats(_ bias: Tensor?) throws(LoweringError) -> [Float]? {
    guard let bias else { return nil }
    guard let elements = bias.reals else { throw unsupported("its bias is not constant") }
    return elements
  }
}

extension Convolution {
  /// Whether every output pixel is a product of the input pixel at the same place and nothing else.
  func isPointwise(_ weights: Tensor) -> Bool {
    weights.shape[1] == 1 && weights.shape[2] == 1 && strides == .one && padding == .zero && groups == 1
  }
}
