internal import CKernels
internal import Graph

extension PlanBuilder {
  /// One step for the whole layer; all its outputs are parts of one buffer.
  mutating func lowerRecurrence(_ node: Node, _ recurrence: Recurrence) throws(LoweringError) {
    var parameters = try recurrentParameters(node, recurrence)
    let sizes = eb_recurrent_sizes(&parameters)
    guard sizes.scratch_bytes > 0 else { throw unsupported("it is too large for the kernels") }

    var operands = [try input(0, of: node)]
    operands.append(try packedInputWeights(node, recurrence, parameters, byteCount: sizes.input_bytes))
    operands.append(
      try packedRecurrentWeights(node, recurrence, parameters, byteCount: sizes.recurrent_bytes))
    for position in 4...7 where inputID(position, of: node) != nil {
      operands.append(try input(position, of: node))
    }
    var count = 0
    for id in node.outputs { count += graph[id].shape.elementCount ?? 0 }
    let results = try addTemporary(TensorType(.f32, [count]), name: "\(node.name) states")
    operands.append(results)
    operands.append(addScratch(byteCount: sizes.scratch_bytes, name: "\(node.name) scratch"))
    addStep(EB_OP_RECURRENT_F32, parameters, operands, output: operands.count - 2)

    var offset = 0
    for id in node.outputs {
      try alias(id, to: results, offset: offset)
      offset += try byteCount(of: graph[id])
    }
  }

  private func recurrentParameters(
    _ node: Node, _ recurrence: Recurrence
  ) throws(LoweringError) -> eb_recurrent_params {
    let x = try inputTensor(0, of: node).shape
    var parameters = eb_recurrent_params()
    parameters.kind = UInt32(recurrence.kind.rawValue)
    parameters.isa = options.instructionSet.rawValue
    parameters.steps = try u32(x[recurrence.isBatchMajor ? 1 : 0], "steps")
    parameters.batch = try u32(x[recurrence.isBatchMajor ? 0 : 1], "batch")
    parameters.inputs = try u32(x[2], "inputs")
    parameters.hidden = try u32(try inputTensor(2, of: node).shape[2], "hidden size")
    parameters.directions = UInt32(recurrence.directionCount)
    parameters.is_reverse = recurrence.direction == .reverse ? 1 : 0
    parameters.is_batch_major = recurrence.isBatchMajor ? 1 : 0
    parameters.resets_after = recurrence.resetsAfterProduct ? 1 : 0
    parameters.couples_forget = recurrence.couplesForgetGate ? 1 : 0
    parameters.has_lengths = inputID(4, of: node) == nil ? 0 : 1
    parameters.has_initial_hidden = inputID(5, of: node) == nil ? 0 : 1
    parameters.has_initial_cell = inputID(6, of: node) == nil ? 0 : 1
    parameters.has_peepholes = inputID(7, of: node) == nil ? 0 : 1
    parameters.clip = recurrence.clip ?? .infinity
    withUnsafeMutableBytes(of: &parameters.functions) { bytes in
      let functions = bytes.bindMemory(to: eb_recurrent_activation.self)
      for (index, function) in recurrence.functions.joined().enumerated() {
        functions[index] = eb_recurrent_activation(
          kind: UInt32(function.kind.rawValue), alpha: function.alpha, beta: function.beta)
      }
    }
    return parameters
  }

  private mutating func packedInputWeights(
    _ node: Node, _ recurrence: Recurrence, _ layer: eb_recurrent_params, byteCount: Int
  ) throws(LoweringError) -> Int {
    let columns = UInt32(recurrence.kind.gateCount) * layer.hidden
    var pack = packing(layer, columns: columns, depth: layer.inputs)
    pack.weights_stride = UInt64(columns) * UInt64(layer.inputs)
    pack.bias_stride = 2 * UInt64(columns)
    pack.packed_stride = UInt64(byteCount) / UInt64(layer.directions)
    return try packed(
      [pack], weights: 1, bias: 3, of: node, byteCount: byteCount, name: "\(node.name) input weights")
  }

  /// A GRU's candidate is packed apart: it may be multiplied after the gates are known.
  private mutating func packedRecurrentWeights(
    _ node: Node, _ recurrence: Recurrence, _ layer: eb_recurrent_params, byteCount: Int
  ) throws(LoweringError) -> Int {
    let gates = UInt32(recurrence.kind.gateCount)
    let pieces: [UInt32] = recurrence.kind == .gru ? [2, 1] : [gates]
    var packs: [eb_pack_gemm_params] = []
    var first: UInt64 = 0
    var packedOffset: UInt64 = 0
    for piece in pieces {
      var pack = packing(layer, columns: piece * layer.hidden, depth: layer.hidden)
      pack.weights_offset = first * UInt64(layer.hidden)
      pack.weights_stride = UInt64(gates) * UInt64(layer.hidden) * UInt64(layer.hidden)
      pack.bias_offset = UInt64(gates) * UInt64(layer.hidden) + first
      pack.bias_stride = 2 * UInt64(gates) * UInt64(layer.hidden)
      pack.packed_offset = packedOffset
      pack.packed_stride = UInt64(byteCount) / UInt64(layer.directions)
      packs.append(pack)
      first += UInt64(piece) * UInt64(layer.hidden)
      packedOffset += UInt64(eb_pack_gemm_bytes(layer.isa, pack.columns, pack.depth))
    }
    return try packed(
      packs, weights: 2, bias: 3, of: node, byteCount: byteCount, name: "\(node.name) recurrent weights")
  }

  private func packing(_ layer: eb_recurrent_params, columns: UInt32, depth: UInt32) -> eb_pack_gemm_params {
    var pack = eb_pack_gemm_params()
    pack.matrices = layer.directions
    pack.columns = columns
    pack.depth = depth
    pack.isa = layer.isa
    return pack
  }

  /// The node's weights at `position` as `packs` say: a constant where they are, else memory that steps fill.
  mutating func packed(
    _ packs: [eb_pack_gemm_params], weights position: Int, bias biasPosition: Int?, of node: Node,
    byteCount: Int,
    name: String
  ) throws(LoweringError) -> Int {
    let weights = try inputTensor(position, of: node)
    let bias = biasPosition.flatMap { inputID($0, of: node) }.map { graph[$0] }
    if weights.isConstantOfFloats, bias?.isConstantOfFloats ?? true {
      let data = TensorData(byteCount: byteCount, isKept: false) { memory in
        let (elements, biases) = (weights.floats, bias?.floats)
        for var pack in packs { eb_pack_gemm_f32(&pack, elements, biases, memory.baseAddress) }
      }
      return addConstant(data, name: name)
    }
    let memory = try addTemporary(TensorType(.u8, [byteCount]), name: name)
    for var pack in packs {
      pack.has_bias = bias == nil ? 0 : 1
      var operands = [try input(position, of: node)]
      if let biasPosition, bias != nil { operands.append(try input(biasPosition, of: node)) }
      addStep(EB_OP_PACK_GEMM_F32, pack, operands + [memory])
    }
    return memory
  }
}
