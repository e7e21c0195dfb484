internal import Graph

extension PlanBuilder {
  /// Adds the steps of `node`.
  mutating func lower(_ node: Node) throws(LoweringError) {
    switch node.op {
    case .conv2d(let convolution): try lowerConvolution(node, convolution, .plain)
    case .depthwiseConv2d(let convolution): try lowerConvolution(node, convolution, .depthwise)
    case .transposeConv2d(let convolution): try lowerConvolution(node, convolution, .transposed)
    case .fullyConnected(let activation, _): try lowerFullyConnected(node, activation)
    case .matMul(let transposeA, let transposeB): try lowerMatMul(node, transposeA, transposeB)
    case .pool2d(let pooling): try lowerPooling(node, pooling)
    case .unary(let unary): try lowerUnary(node, unary)
    case .binary(let binary, let activation): try lowerBinary(node, binary, activation)
    case .select: try lowerSelect(node)
    case .reduce(let reduction, let axes, _): try lowerReduction(node, reduction, axes)
    case .argMax(let axis, _): try lowerArgReduction(node, axis, largest: true)
    case .argMin(let axis, _): try lowerArgReduction(node, axis, largest: false)
    case .softmax(let axis, let beta): try lowerSoftmax(node, axis, beta: beta)
    case .logSoftmax(let axis): try lowerLogSoftmax(node, axis)
    case .layerNorm(let axes, let epsilon): try lowerLayerNorm(node, axes, epsilon: epsilon)
    case .batchNorm: throw unsupported("its scale, bias, mean and variance must be f32 constants")
    case .concat(let axis, _): try lowerConcat(node, axis)
    case .reshape: try alias(node.outputs[0], to: try input(0, of: node))
    case .transpose(let permutation): try lowerTranspose(node, permutation)
    case .pad(let before, let after, let mode): try lowerPad(node, before, after, mode)
    case .slice(let begin, let strides): try lowerSlice(node, begin, strides)
    case .gather(let axis): try lowerGather(node, axis)
    case .gatherElements(let axis): try lowerGatherElements(node, axis)
    case .gatherND(let batchAxes): try lowerGatherND(node, batchAxes)
    case .scatterElements(let axis, let scatter): try lowerScatterElements(node, axis, scatter)
    case .scatterND(let scatter): try lowerScatterND(node, scatter)
    case .reverseSequence(let batchAxis, let timeAxis): try lowerReverseSequence(node, batchAxis, timeAxis)
    case .topIndices(let axis, let count, let largest): try lowerTopIndices(node, axis, count, largest)
    case .cumulative(let cumulation): try lowerCumulative(node, cumulation)
    case .determinant: try lowerDeterminant(node)
    case .broadcast: try lowerBroadcast(node)
    case .tile(let multiples): try lowerTile(node, multiples)
    case .resize(let resize): try lowerResize(node, resize)
    case .quantize, .dequantize, .cast, .castOverflowing: try lowerConversion(node)
    case .bitcast: try alias(node.outputs[0], to: try input(0, of: node))
    case .readState(let state): try lowerReadState(node, state)
    case .writeState(let state): try lowerWriteState(node, state)
    case .depthToSpace(let block): try lowerDepthToSpace(node, block)
    case .spaceToDepth(let block): try lowerSpaceToDepth(node, block)
    case .detection(let detection): try lowerDetection(node, detection)
    case .recurrence(let recurrence): try lowerRecurrence(node, recurrence)
    case .attention(let attention): try lowerAttention(node, attention)
    case .rmsNorm(let axes, let epsilon): try lowerRMSNorm(node, axes, epsilon: epsilon)
    case .groupNorm(let groups, let epsilon): try lowerGroupNorm(node, groups, epsilon: epsilon)
    case .fourier(let fourier): try lowerFourier(node, fourier)
    case .windowReduction(let reduction): try lowerWindowReduction(node, reduction)
    case .convolution3D(let convolution): try lowerConvolution3D(node, convolution)
    case .deformableConvolution(let convolution, let offsetGroups):
      try lowerDeformableConvolution(node, convolution, offsetGroups: offsetGroups)
    case .resample(let axis): try lowerResample(node, axis)
    case .gridSampling(let sampling): try lowerGridSampling(node, sampling)
    case .regionAlignment(let alignment): try lowerRegionAlignment(node, alignment)
    case .nonMaxSuppression(let suppression): try lowerNonMaxSuppression(node, suppression)
    case .blocksToImage(let window, let image): try lowerBlocksToImage(node, window, image: image)
    }
  }

  /// The lowered tensor of the node's input at `position`.
  mutating func input(_ position: Int, of node: Node) throws(LoweringError) -> Int {
    guard let id = inputID(position, of: node) else { throw unsupported("input \(position) is missing") }
    return try value(id)
  }

  func inputID(_ position: Int, of node: Node) -> TensorID? {
    position < node.inputs.count ? node.inputs[position] : nil
  }

  /// The graph's tensor at the node's input `position`, which must be there.
  func inputTensor(_ position: Int, of node: Node) throws(LoweringError) -> Tensor {
    guard let id = inputID(position, of: node) else { throw unsupported("input \(position) is missing") }
    return graph[id]
  }

  func outputTensor(_ node: Node) -> Tensor { graph[node.outputs[0]] }

  /// `value` as operators' parameters hold it.
  func u32(_ value: Int, _ role: String) throws(LoweringError) -> UInt32 {
    guard let value = UInt32(exactly: value) else {
      throw unsupported("\(role) is \(value); expected 0 to \(UInt32.max)")
    }
    return value
  }
}
