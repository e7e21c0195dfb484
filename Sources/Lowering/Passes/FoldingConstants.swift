internal import Graph

extension Graph {
  /// With what depends on constants only as constants, as the executor computes it.
  ///
  /// Folding stops where its results would take ``foldingBudget``: a few bytes of a model must not become gigabytes.
  func foldingConstants() throws(LoweringError) -> Graph {
    var isConstant = tensors.map { $0.constant != nil }
    var folded: [Node] = []
    var kept: [Node] = []
    var budget = foldingBudget
    let widening = wideningOfBlockWeights(GraphIndex(self))
    for (position, node) in nodes.enumerated() {
      if !widening.contains(position), canFold(node, isConstant), let bytes = outputBytes(of: node),
        bytes <= budget
      {
        budget -= bytes
        for id in node.outputs { isConstant[id.index] = true }
        folded.append(node)
      } else {
        kept.append(node)
      }
    }
    guard !folded.isEmpty else { return self }

    let made = Set(folded.flatMap(\.outputs))
    var results: [TensorID] = []
    var isListed = Set<TensorID>()
    for id in kept.flatMap({ $0.inputs.compactMap { $0 } }) + outputs where made.contains(id) {
      if isListed.insert(id).inserted { results.append(id) }
    }
    var constants = Graph(
      name: "\(name) (constants)", tensors: tensors, nodes: folded, inputs: [], outputs: results)
    constants = constants.removingDeadNodes()
    var options = PlanOptions()
    options.foldsConstants = false
    var graph = self
    graph.nodes = kept
    do throws(EvaluationError) {
      let evaluator = try Evaluator(constants, options: options)
      for (id, value) in zip(results, try evaluator.run([])) { graph[id].constant = value }
    } catch {
      switch error {
      case .lowering(let error): throw error
      case .plan(let error): throw .folding(error)
      case .input: return self
      }
    }
    return graph
  }

  /// How many bytes of constants folding may make: enough to widen all weights, and some for small models.
  private var foldingBudget: Int {
    tensors.reduce(256 << 20) { $0 + 8 * min($1.constant?.byteCount ?? 0, 1 << 40) }
  }

  private func outputBytes(of node: Node) -> Int? {
    node.outputs.reduce(Int?.some(0)) { sum, id in
      sum.flatMap { sum in self[id].type.byteCount.map { sum + $0 } }
    }
  }

  private func canFold(_ node: Node, _ isConstant: [Bool]) -> Bool {
    switch node.op {
    case .readState, .writeState: return false
    default: return !node.inputs.isEmpty && node.inputs.allSatisfy { $0.map { isConstant[$0.index] } ?? true }
    }
  }
}
