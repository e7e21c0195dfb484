internal import Graph

extension Graph {
  /// Without nodes that neither an output of the graph nor a state depends on.
  func removingDeadNodes() -> Graph {
    var isNeeded = Array(repeating: false, count: tensors.count)
    for id in outputs { isNeeded[id.index] = true }
    var kept: [Node] = []
    for node in nodes.reversed() {
      if case .writeState = node.op {
      } else if !node.outputs.contains(where: { isNeeded[$0.index] }) {
        continue
      }
      for case let id? in node.inputs { isNeeded[id.index] = true }
      kept.append(node)
    }
    var graph = self
    graph.nodes = kept.reversed()
    return graph
  }
}
