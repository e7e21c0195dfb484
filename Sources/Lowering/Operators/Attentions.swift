internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerAttention(_ node: Node, _ attention: Attention) throws(LoweringError) {
    let (q, k, v) = (
      try inputTensor(0, of: node).shape, try inputTensor(1, of: node).shape,
      try inputTensor(2, of: node).shape
    )
    guard let extents = AttentionExtents(attention, q: q, k: k, v: v) else {
      throw unsupported("its operands do not fit together")
    }
    var parameters = eb_attention_params()
    parameters.batch = try u32(extents.batch, "batch")
    parameters.heads = try u32(attention.heads, "heads")
    parameters.kv_heads = try u32(attention.keyHeads, "heads of keys")
    parameters.queries = try u32(extents.queries, "queries")
    parameters.keys = try u32(extents.keys, "keys")
    parameters.depth = try u32(extents.depth, "depth")
    parameters.value_depth = try u32(extents.valueDepth, "depth of values")
    parameters.isa = options.instructionSet.rawValue
    parameters.q = attentionStrides(q, depth: extents.depth)
    parameters.k = attentionStrides(k, depth: extents.depth)
    parameters.v = attentionStrides(v, depth: extents.valueDepth)
    parameters.out = attentionStrides(outputTensor(node).shape, depth: extents.valueDepth)
    parameters.scale = attention.scale ?? 1 / Float(extents.depth).squareRoot()
    parameters.softcap = attention.softcap ?? 0
    parameters.is_causal = attention.isCausal ? 1 : 0
    parameters.left = attention.left.map { Int32(clamping: $0) } ?? -1
    parameters.right = attention.right.map { Int32(clamping: $0) } ?? -1
    parameters.offset = try u32(attention.offset, "offset")

    var operands = [try input(0, of: node), try input(1, of: node), try input(2, of: node)]
    if let mask = inputID(3, of: node).map({ graph[$0] }) {
      parameters.mask_type = mask.elementType == .bool ? EB_BOOL.rawValue : EB_F32.rawValue
      let whole: Shape = [extents.batch, attention.heads, extents.queries, extents.keys]
      copy(mask.shape.strides(broadcastTo: whole), to: &parameters.mask_strides, as: UInt64.self)
      operands.append(try input(3, of: node))
    }
    if inputID(4, of: node) != nil {
      parameters.has_lengths = 1
      operands.append(try input(4, of: node))
    }
    let scratch = eb_attention_scratch_bytes(&parameters)
    guard scratch > 0 else { throw unsupported("it is too large for the kernels") }
    operands += [try define(node.outputs[0]), addScratch(byteCount: scratch, name: "\(node.name) scratch")]
    addStep(EB_OP_ATTENTION_F32, parameters, operands, output: operands.count - 2)
  }

  /// `[N, heads, length, depth]`, or `[N, length, heads * depth]`.
  private func attentionStrides(_ shape: Shape, depth: Int) -> eb_attention_strides {
    let strides = shape.strides
    return shape.rank == 4
      ? eb_attention_strides(batch: UInt64(strides[0]), head: UInt64(strides[1]), row: UInt64(strides[2]))
      : eb_attention_strides(batch: UInt64(strides[0]), head: UInt64(depth), row: UInt64(strides[1]))
  }

  mutating func lowerRMSNorm(_ node: Node, _ axes: Int, epsilon: Float) throws(LoweringError) {
    let x = try inputTensor(0, of: node)
    var parameters = eb_layer_norm_params()
    parameters.rows = UInt64(x.shape.dimensions.dropLast(axes).reduce(1, *))
    parameters.count = UInt64(x.shape.dimensions.suffix(axes).reduce(1, *))
    parameters.epsilon = epsilon
    var operands = [try input(0, of: node)]
    if inputID(1, of: node) != nil {
      parameters.has_scale = 1
      operands.append(try input(1, of: node))
    }
    addStep(EB_OP_RMS_NORM_F32, parameters, operands + [try define(node.outputs[0])])
  }

  mutating func lowerGroupNorm(_ node: Node, _ groups: Int, epsilon: Float) throws(LoweringError) {
    let x = try inputTensor(0, of: node).shape.dimensions
    var parameters = eb_group_norm_params()
    parameters.batch = UInt64(x[0])
    parameters.pixels = UInt64(x[1..<x.count - 1].reduce(1, *))
    parameters.channels = UInt64(x[x.count - 1])
    parameters.groups = UInt64(groups)
    parameters.epsilon = epsilon
    let operands = try normalizationOperands(
      of: node, hasScale: &parameters.has_scale, hasBias: &parameters.has_bias)
    addStep(EB_OP_GROUP_NORM_F32, parameters, operands + [try define(node.outputs[0])])
  }

  mutating func lowerFourier(_ node: Node, _ fourier: Fourier) throws(LoweringError) {
    let x = try inputTensor(0, of: node).shape.dimensions
    var parameters = eb_fourier_params()
    parameters.outer = UInt64(x[..<fourier.axis].reduce(1, *))
    parameters.inner = UInt64(x[(fourier.axis + 1)..<(x.count - 1)].reduce(1, *))
    parameters.in_count = try u32(x[fourier.axis], "elements")
    parameters.out_count = try u32(fourier.count, "results")
    parameters.length = try u32(fourier.length, "length")
    parameters.in_parts = try u32(x[x.count - 1], "parts")
    parameters.out_parts = try u32(fourier.parts, "parts")
    parameters.is_inverse = fourier.isInverse ? 1 : 0
    parameters.is_half = fourier.isHalf ? 1 : 0
    parameters.scale = fourier.isInverse ? 1 / Float(fourier.length) : 1
    let scratch = addScratch(byteCount: eb_fourier_scratch_bytes(&parameters), name: "\(node.name) scratch")
    addStep(
      EB_OP_FOURIER_F32, parameters, [try input(0, of: node), try define(node.outputs[0]), scratch], output: 1
    )
  }
}
