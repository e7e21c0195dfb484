import Graph

/// The step of a node.
///
/// - Throws: ``TrainingError/unsupported(node:op:reason:)``.
func makeStep(_ node: Node, _ graph: Graph) throws(TrainingError) -> any Step {
  func unsupported(_ reason: String) -> TrainingError {
    .unsupported(node: node.name, op: node.op.name, reason: reason)
  }
  guard node.outputs.count == 1, let output = node.outputs.first, case let x?? = node.inputs.first else {
    throw unsupported("it does not have one input and one output")
  }
  func shape(_ id: TensorID) -> [Int] { graph[id].shape.dimensions }
  func operand(_ index: Int) -> TensorID? { node.inputs.count > index ? node.inputs[index] : nil }
  switch node.op {
  case .conv2d(let window):
    guard let weights = operand(1) else { throw unsupported("it has no weights") }
    return ConvolutionStep(
      x: x, weights: weights, bias: operand(2), output: output,
      window: Window(window, input: shape(x), output: shape(output), taps: shape(weights)))
  case .depthwiseConv2d(let window):
    guard let weights = operand(1) else { throw unsupported("it has no weights") }
    return DepthwiseStep(
      x: x, weights: weights, bias: operand(2), output: output,
      window: Window(window, input: shape(x), output: shape(output), taps: shape(weights)))
  case .transposeConv2d(let window):
    guard let weights = operand(1) else { throw unsupported("it has no weights") }
    guard window.groups == 1 else { throw unsupported("it has groups") }
    return TransposeConvolutionStep(
      x: x, weights: weights, bias: operand(2), output: output, op: window, input: shape(x),
      result: shape(output), taps: shape(weights))
  case .fullyConnected(let activation, _):
    guard let weights = operand(1) else { throw unsupported("it has no weights") }
    let (units, depth) = (shape(weights)[0], shape(weights)[1])
    return FullyConnectedStep(
      x: x, weights: weights, bias: operand(2), output: output,
      rows: (graph[x].shape.elementCount ?? 0) / max(1, depth), depth: depth, units: units,
      activation: activation)
  case .matMul(let transposeA, let transposeB):
    guard let b = operand(1) else { throw unsupported("it has one operand") }
    return MatMulStep(
      a: x, b: b, output: output, transposeA: transposeA, transposeB: transposeB, aShape: shape(x),
      bShape: shape(b), outShape: shape(output))
  case .pool2d(let pooling):
    return PoolStep(x: x, output: output, pooling: pooling, input: shape(x), result: shape(output))
  case .unary(let unary):
    guard let function = Function(unary) else { throw unsupported("it is not differentiable") }
    return UnaryStep(x: x, output: output, count: graph[x].shape.elementCount ?? 0, function: function)
  case .binary(let binary, let activation):
    guard let b = operand(1), let rule = BinaryRule(binary) else {
      throw unsupported("it is not differentiable")
    }
    return BinaryStep(
      a: x, b: b, output: output, rule: rule, activation: activation,
      walk: BroadcastWalk(a: shape(x), b: shape(b), output: shape(output)))
  case .softmax(let axis, let beta):
    return SoftmaxStep(x: x, output: output, rows: Rows(shape(x), along: axis), beta: beta)
  case .logSoftmax(let axis):
    return LogSoftmaxStep(x: x, output: output, rows: Rows(shape(x), along: axis))
  case .reduce(let reduction, let axes, _):
    guard let rule = ReduceStep.Rule(reduction) else { throw unsupported("it is not differentiable") }
    return ReduceStep(
      x: x, output: output, rule: rule, map: ReduceStep.map(shape(x), axes: axes),
      outputCount: graph[output].shape.elementCount ?? 0)
  case .layerNorm(let axes, let epsilon):
    let width = shape(x).suffix(axes).reduce(1, *)
    return LayerNormStep(
      x: x, scale: operand(1), bias: operand(2), output: output,
      rows: (graph[x].shape.elementCount ?? 0) / max(1, width), width: width, epsilon: epsilon)
  case .batchNorm(let epsilon):
    guard let scale = operand(1), let bias = operand(2), let mean = operand(3), let variance = operand(4)
    else { throw unsupported("it lacks statistics") }
    let channels = shape(x).last ?? 1
    return BatchNormStep(
      x: x, scale: scale, bias: bias, mean: mean, variance: variance, output: output,
      rows: (graph[x].shape.elementCount ?? 0) / max(1, channels), channels: channels, epsilon: epsilon)
  case .quantize:
    guard let quantization = graph[output].quantization, quantization.axis == nil else {
      throw unsupported("only one scale a tensor is followed straight through")
    }
    return FakeQuantizeStep(
      x: x, output: output, count: graph[x].shape.elementCount ?? 0, quantization: quantization,
      type: graph[output].elementType)
  case .dequantize where graph[x].elementType != .f16 && graph[x].constant == nil:
    return CopyStep(x: x, output: output, count: graph[x].shape.elementCount ?? 0)
  case .reshape, .transpose, .pad, .slice, .gather, .broadcast, .tile, .concat, .depthToSpace, .spaceToDepth:
    return try MovementStep(node, graph)
  case .resize(let resize) where resize.method == .nearest:
    return try MovementStep(node, graph)
  case .resize(let resize): return try ResizeStep(node, resize, graph)
  default: throw unsupported("training does not know it")
  }
}
