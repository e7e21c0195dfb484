internal import CKernels
internal import Graph

extension PlanBuilder {
  /// Weights are `[O, I]`, or `[O, 1, 1, I]` of a convolution that is the same.
  mutating func lowerFullyConnected(_ node: Node, _ activation: Activation) throws(LoweringError) {
    if let blocks = BlockWeights(of: node, in: graph, index), absorbed.isSuperset(of: blocks.widening) {
      return try lowerBlockWeights(node, activation, blocks)
    }
    if try lowerSparse(node, activation) { return }
    let x = try inputTensor(0, of: node)
    let weights = try inputTensor(1, of: node)
    let bias = inputID(2, of: node).map { graph[$0] }
    let (range, output) = try fusedClamp(node, activation)
    let depth = weights.shape[weights.shape.rank - 1]
    guard let count = x.shape.elementCount, depth > 0 else { throw unsupported("its input is too large") }

    var parameters = eb_fully_connected_params()
    parameters.rows = try u32(count / depth, "rows")
    parameters.out_channels = try u32(weights.shape[0], "output channels")
    parameters.in_channels = try u32(depth, "input channels")
    parameters.isa = options.instructionSet.rawValue
    parameters.min = range.lower
    parameters.max = range.upper
    let quantized = try QuantizedProduct(x, weights, bias, graph[output], channels: weights.shape[0])
    if let quantized, quantized.isStatic {
      let steps = range.steps(scale: quantized.outputScale, zeroPoint: quantized.outputZeroPoint)
      parameters.in_zero_point = quantized.inputZeroPoint
      parameters.out_zero_point = quantized.outputZeroPoint
      (parameters.out_min, parameters.out_max) = steps
    }
    var op = try fullyConnectedOperator(x, weights)
    if op == EB_OP_FULLY_CONNECTED_F32 || op == EB_OP_FULLY_CONNECTED_F32_F16W,
      options.instructionSet.hasHalfArithmetic,
      inputID(2, of: node).map({ graph[$0].constant != nil }) ?? true, multipliesInHalf(weights)
    {
      op = EB_OP_FULLY_CONNECTED_F32_F16W
      parameters.algorithm = EB_ALGORITHM_F16
    }
    let requirements = eb_fully_connected_requirements(op.rawValue, &parameters)
    parameters.algorithm = requirements.algorithm

    if op == EB_OP_FULLY_CONNECTED_F32, weights.constant == nil || (bias != nil && bias?.constant == nil) {
      let packed = try packedWhenRun(node, parameters, byteCount: requirements.packed_bytes)
      return addStep(
        op, parameters, [try input(0, of: node), packed, try define(output)], output: 2)
    }
    let biases = quantized?.isStatic == true ? nil : try floats(bias)
    let packed = try packed(weights, requirements) { [op, parameters] memory in
      var parameters = parameters
      if let quantized, quantized.isStatic {
        eb_fully_connected_pack_qs8(
          &parameters, weights.signedBytes, quantized.integerBias, quantized.scales, memory)
      } else if let quantized {
        eb_fully_connected_pack_qd8(&parameters, weights.signedBytes, biases, quantized.scales, memory)
      } else {
        eb_fully_connected_pack_f32(op.rawValue, &parameters, weights.floats, biases, memory)
      }
    }
    try addProduct(op, parameters, requirements, packed, node, output: output)
  }

  /// Weights that are computed, packed by a step of their own.
  private mutating func packedWhenRun(
    _ node: Node, _ layer: eb_fully_connected_params, byteCount: Int
  ) throws(LoweringError) -> Int {
    var pack = eb_pack_gemm_params()
    pack.matrices = 1
    pack.columns = layer.out_channels
    pack.depth = layer.in_channels
    pack.isa = layer.isa
    return try packed(
      [pack], weights: 1, bias: 2, of: node, byteCount: byteCount, name: "\(node.name) weights")
  }

  private func fullyConnectedOperator(_ x: Tensor, _ weights: Tensor) throws(LoweringError) -> eb_op {
    switch (x.elementType, weights.elementType) {
    case (.f32, .f32): EB_OP_FULLY_CONNECTED_F32
    case (.f32, .f16): EB_OP_FULLY_CONNECTED_F32_F16W
    case (.f32, .i8), (.f32, .i4): EB_OP_FULLY_CONNECTED_QD8_F32_QC8W
    case (.i8, .i8), (.i8, .i4): EB_OP_FULLY_CONNECTED_QS8_QC8W
    default:
      throw unsupported("there is no kernel for \(x.elementType) with weights of \(weights.elementType)")
    }
  }

  mutating func lowerMatMul(_ node: Node, _ transposeA: Bool, _ transposeB: Bool) throws(LoweringError) {
    let a = try inputTensor(0, of: node)
    let b = try inputTensor(1, of: node)
    let (range, output) = try fusedClamp(node, .none)
    let result = graph[output].shape
    let batch = Shape(Array(result.dimensions.dropLast(2)))
    let m = result[result.rank - 2]
    let n = result[result.rank - 1]
    let k = a.shape[transposeA ? a.shape.rank - 2 : a.shape.rank - 1]

    var parameters = eb_matmul_params()
    parameters.batch = try u32(batch.elementCount ?? -1, "batch")
    parameters.m = try u32(m, "rows")
    parameters.n = try u32(n, "columns")
    parameters.k = try u32(k, "depth")
    parameters.transpose_a = transposeA ? 1 : 0
    parameters.transpose_b = transposeB ? 1 : 0
    parameters.scale = 1
    parameters.min = range.lower
    parameters.max = range.upper
    parameters.isa = options.instructionSet.rawValue
    let left = try batchedOperand(0, of: node, a, batch: batch)
    let right = try batchedOperand(1, of: node, b, batch: batch)
    parameters.a_batch_stride = left.stride
    parameters.b_batch_stride = right.stride
    let requirements = eb_matmul_requirements(&parameters)
    guard (0...1 << 40).contains(requirements.scratch_bytes) else {
      throw unsupported("its working memory would be too large for the kernels")
    }

    var operands = [left.value, right.value, try define(output)]
    if requirements.scratch_bytes > 0 {
      operands.append(addScratch(byteCount: requirements.scratch_bytes, name: "\(node.name) scratch"))
    }
    addStep(EB_OP_MATMUL_F32, parameters, operands, output: 2)
  }

  /// An operand of a batched product and its stride from one matrix to the next, in elements: 0 where one matrix
  /// serves the whole batch. An operand that repeats along some batch axes only is copied out.
  private mutating func batchedOperand(
    _ position: Int, of node: Node, _ tensor: Tensor, batch: Shape
  ) throws(LoweringError) -> (value: Int, stride: UInt64) {
    let own = Array(tensor.shape.dimensions.dropLast(2))
    let matrix = Array(tensor.shape.dimensions.suffix(2))
    let value = try input(position, of: node)
    if own.allSatisfy({ $0 == 1 }) { return (value, 0) }
    let stride = UInt64(matrix[0] * matrix[1])
    if own.drop(while: { $0 == 1 }) == batch.dimensions.drop(while: { $0 == 1 }) { return (value, stride) }
    let whole = Shape(batch.dimensions + matrix)
    let copy = try addTemporary(TensorType(tensor.elementType, whole), name: "\(node.name) operand")
    try addBroadcastCopy(from: value, shape: tensor.shape, to: copy, shape: whole, tensor.elementType)
    return (copy, stride)
  }
}
