internal import Graph

extension Graph {
  /// With what depends on constants only as constants, as the executor computes it.
  ///
  /// A result larger than ``largestFolded`` stays a node: a few bytes of a model must not become gigabytes.
  func foldingConstants() throws(LoweringError) -> Graph {
    var isConstant = tensors.map { $0.constant != nil }
    var folded: [Node] = []
    var kept: [Node] = []
    for node in nodes {
      if canFold(node, isConstant) {
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

  /// In bytes.
  static var largestFolded: Int { 256 << 20 }

  private func canFold(_ node: Node, _ isConstant: [Bool]) -> Bool {
    switch node.op {
    case .readState, .writeState: return false
    default: break
    }
    guard !node.inputs.isEmpty, node.inputs.allSatisfy({ $0.map { isConstant[$0.index] } ?? true }) else {
      return false
    }
    return node.outputs.allSatisfy { (self[$0].type.byteCount ?? .max) <= Self.largestFolded }
  }
}
