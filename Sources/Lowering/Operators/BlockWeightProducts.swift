internal import CKernels
internal import Graph

extension PlanBuilder {
  /// A fully connected layer whose weights are widened in registers.
  mutating func lowerBlockWeights(
    _ node: Node, _ activation: Activation, _ blocks: BlockWeights
  ) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    let weights = try inputTensor(1, of: node)
    let bias = inputID(2, of: node).map { graph[$0] }
    let (range, output) = try fusedClamp(node, activation)
    let depth = weights.shape.dimensions.dropFirst().reduce(1, *)
    let steps = graph[blocks.steps]
    guard let count = x.shape.elementCount, let scales = graph[blocks.steps].quantization?.scales
    else { throw unsupported("its input is too large") }

    var parameters = eb_block_weights_params()
    parameters.rows = try u32(count / depth, "rows")
    parameters.out_channels = try u32(weights.shape[0], "output channels")
    parameters.in_channels = try u32(depth, "input channels")
    parameters.block = try u32(blocks.size, "weights a scale")
    parameters.half_scales = scales.allSatisfy { Float(halfBits: $0.halfBits) == $0 } ? 1 : 0
    parameters.isa = options.instructionSet.rawValue
    parameters.min = range.lower
    parameters.max = range.upper
    let op =
      graph[blocks.steps].elementType == .i4 ? EB_OP_FULLY_CONNECTED_F32_QB4W : EB_OP_FULLY_CONNECTED_F32_QB8W
    let requirements = eb_block_weights_requirements(op.rawValue, &parameters)
    let biases = try floats(bias)
    let packed = try packed(steps, requirements) { [parameters] memory in
      var parameters = parameters
      eb_block_weights_pack(op.rawValue, &parameters, steps.signedBytes, scales, biases, memory)
    }
    try addProduct(op, parameters, requirements, packed, node, output: output)
  }
}
