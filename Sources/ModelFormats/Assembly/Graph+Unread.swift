import Graph

extension Graph {
  /// Without nodes that no output or state depends on, and without tensors that are then unused; inputs stay.
  func removingUnread() -> Graph {
    var isRead = Array(repeating: false, count: tensors.count)
    for id in outputs + inputs + tracedInputs { isRead[id.index] = true }
    var kept: [Node] = []
    for node in nodes.reversed() {
      if case .writeState = node.op {
      } else if !node.outputs.contains(where: { isRead[$0.index] }) {
        continue
      }
      for case let id? in node.inputs { isRead[id.index] = true }
      for id in node.outputs { isRead[id.index] = true }
      kept.append(node)
    }
    var places: [TensorID] = []
    var compact = self
    compact.tensors = []
    for (index, tensor) in tensors.enumerated() {
      places.append(TensorID(compact.tensors.count))
      if isRead[index] { compact.tensors.append(tensor) }
    }
    func moved(_ id: TensorID) -> TensorID { places[id.index] }
    compact.nodes = kept.reversed().map { node in
      var node = node
      node.inputs = node.inputs.map { $0.map(moved) }
      node.outputs = node.outputs.map(moved)
      return node
    }
    compact.inputs = inputs.map(moved)
    compact.outputs = outputs.map(moved)
    compact.tracedInputs = tracedInputs.map(moved)
    return compact
  }
}
