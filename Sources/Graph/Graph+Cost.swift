extension Graph {
  /// The work and the bytes of every node and of the whole graph.
  ///
  /// - Precondition: The graph is valid (``validate()``).
  /// - Throws: ``GraphError`` where a count of multiply-accumulates exceeds `Int.max`.
  public func cost() throws(GraphError) -> GraphCost {
    let sources = constantSources()
    var costs: [NodeCost] = []
    var macs = 0
    for node in nodes {
      let cost = try cost(of: node, sources)
      let (sum, overflow) = macs.addingReportingOverflow(cost.macs)
      guard !overflow else { throw tooManyMacs(node) }
      macs = sum
      costs.append(cost)
    }
    var parameters = 0
    var weightBytes: [ElementType: Int] = [:]
    for index in weightTensors(sources) {
      parameters += tensors[index].shape.elementCount ?? 0
      weightBytes[tensors[index].elementType, default: 0] += bytes(TensorID(index))
    }
    let activations = tensors.indices.filter { sources[$0] == nil }
    return GraphCost(
      nodes: costs, macs: macs, parameters: parameters, weightBytes: weightBytes,
      activationBytes: activations.reduce(0) { $0 + bytes(TensorID($1)) },
      peakActivationBytes: peakActivationBytes(sources),
      stateBytes: states.reduce(0) { $0 + ($1.type.byteCount ?? 0) })
  }

  /// For each tensor, the constant that its value comes from: itself, or what a dequantize node widens.
  private func constantSources() -> [Int?] {
    var sources: [Int?] = tensors.indices.map { tensors[$0].constant == nil ? nil : $0 }
    for node in nodes where node.op == .dequantize {
      guard let input = node.inputs.first, let input, let output = node.outputs.first else { continue }
      sources[output.index] = sources[input.index]
    }
    return sources
  }

  private func cost(of node: Node, _ sources: [Int?]) throws(GraphError) -> NodeCost {
    var cost = NodeCost(
      kernelClass: kernelClass(of: node), macs: try macs(of: node), bytesRead: 0, bytesWritten: 0,
      weightBytes: 0)
    let isFolded = node.outputs.contains { sources[$0.index] != nil }
    if node.op == .reshape || isFolded { return cost }
    for case let id? in node.inputs {
      if let source = sources[id.index] {
        cost.weightBytes += bytes(TensorID(source))
      } else {
        cost.bytesRead += bytes(id)
      }
    }
    cost.bytesWritten = node.outputs.reduce(0) { $0 + bytes($1) }
    if case .gather = node.op { readsSlicesOnly(&cost) }
    return cost
  }

  /// A gather reads what it writes, not the whole table.
  private func readsSlicesOnly(_ cost: inout NodeCost) {
    cost.weightBytes = min(cost.weightBytes, cost.bytesWritten)
    cost.bytesRead = min(cost.bytesRead, 2 * cost.bytesWritten)
  }

  /// Multiply-accumulates; padding counts like any other element, as is usual.
  private func macs(of node: Node) throws(GraphError) -> Int {
    func elements(_ id: TensorID?) -> Int { id.flatMap { self[$0].shape.elementCount } ?? 0 }
    let factors: (Int, Int)
    switch node.op {
    case .conv2d, .fullyConnected:
      // Each output element takes one product for each weight of its channel.
      guard let weights = node.inputs[1] else { return 0 }
      factors = (elements(node.outputs.first), elements(weights) / self[weights].shape[0])
    case .depthwiseConv2d:
      guard let weights = node.inputs[1] else { return 0 }
      factors = (elements(node.outputs.first), elements(weights) / self[weights].shape[3])
    case .transposeConv2d:
      guard let weights = node.inputs[1] else { return 0 }
      factors = (elements(node.inputs[0]), elements(weights) / self[weights].shape[3])
    case .matMul(let transposeA, _):
      guard let a = node.inputs[0] else { return 0 }
      let rank = self[a].shape.rank
      factors = (elements(node.outputs.first), self[a].shape[transposeA ? rank - 2 : rank - 1])
    case .convolution3D(let convolution):
      guard let weights = node.inputs[1], let x = node.inputs[0] else { return 0 }
      factors =
        convolution.isTransposed
        ? (elements(x), elements(weights) / self[x].shape[4])
        : (elements(node.outputs.first), elements(weights) / self[weights].shape[0])
    case .deformableConvolution:
      guard let weights = node.inputs[1] else { return 0 }
      factors = (elements(node.outputs.first), elements(weights) / self[weights].shape[0])
    case .attention(let attention):
      guard let q = node.inputs[0], let k = node.inputs[1], let v = node.inputs[2],
        let extents = AttentionExtents(attention, q: self[q].shape, k: self[k].shape, v: self[v].shape)
      else { return 0 }
      factors = (
        elements(q) / extents.depth, extents.keys * (extents.depth + extents.valueDepth)
      )
    case .recurrence:
      // Every state takes the weights of its direction once.
      guard let weights = node.inputs[1], let recurrent = node.inputs[2], let x = node.inputs[0] else {
        return 0
      }
      let rows = elements(x) / self[x].shape[2]
      factors = (rows, elements(weights) + elements(recurrent))
    default: return 0
    }
    let (product, overflow) = factors.0.multipliedReportingOverflow(by: factors.1)
    guard !overflow else { throw tooManyMacs(node) }
    return product
  }

  private func tooManyMacs(_ node: Node) -> GraphError {
    GraphError(
      place: "node '\(node.name)' (\(node.op.name))", found: "more multiply-accumulates than \(Int.max)",
      expected: "a model that can be run")
  }

  private func bytes(_ id: TensorID) -> Int { self[id].type.byteCount ?? 0 }

  /// The constants that nodes, and operators that the graph lacks, compute with.
  private func weightTensors(_ sources: [Int?]) -> Set<Int> {
    var used: Set<Int> = []
    for node in nodes {
      var operands = node.inputs
      if case .gather = node.op { operands = Array(operands.prefix(1)) }
      for case let id? in operands {
        if let source = sources[id.index] { used.insert(source) }
      }
    }
    // Integers without a scale are axes and extents.
    for id in omittedOperands where self[id].elementType.isFloatingPoint || self[id].quantization != nil {
      if let source = sources[id.index] { used.insert(source) }
    }
    return used
  }

  private func peakActivationBytes(_ sources: [Int?]) -> Int {
    var lastUse = [Int](repeating: -1, count: tensors.count)
    for (position, node) in nodes.enumerated() {
      for case let id? in node.inputs { lastUse[id.index] = position }
      for id in node.outputs { lastUse[id.index] = max(lastUse[id.index], position) }
    }
    for id in outputs { lastUse[id.index] = nodes.count }
    var ending: [Int: Int] = [:]
    for index in tensors.indices where sources[index] == nil && lastUse[index] >= 0 {
      ending[lastUse[index], default: 0] += bytes(TensorID(index))
    }
    var alive = inputs.reduce(0) { $0 + (lastUse[$1.index] >= 0 ? bytes($1) : 0) }
    var peak = alive
    for (position, node) in nodes.enumerated() {
      alive += node.outputs.reduce(0) { $0 + (sources[$1.index] == nil ? bytes($1) : 0) }
      peak = max(peak, alive)
      alive -= ending[position] ?? 0
    }
    return peak
  }
}
