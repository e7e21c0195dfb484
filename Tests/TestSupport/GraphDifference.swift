package import Graph

extension Graph {
  /// The first thing in which two graphs differ, tensors compared by what they hold and how nodes use them, not by
  /// their numbers; `nil` where they are the same.
  package func difference(from other: Graph) -> String? {
    if nodes.count != other.nodes.count {
      return "\(nodes.map(\.op.name)) and \(other.nodes.map(\.op.name))"
    }
    var partners: [TensorID: TensorID] = [:]
    func compare(_ ids: [TensorID?], _ others: [TensorID?], _ place: String) -> String? {
      // Optional inputs at the end may be left out or listed as missing.
      let count = max(ids.count, others.count)
      for position in 0..<count {
        let id = position < ids.count ? ids[position] : nil
        let otherID = position < others.count ? others[position] : nil
        guard let id, let otherID else {
          if id == nil, otherID == nil { continue }
          return "\(place): operand \(position) is there in one only"
        }
        if let partner = partners[id] {
          if partner != otherID { return "\(place): operand \(position) is another tensor" }
          continue
        }
        partners[id] = otherID
        if let difference = self[id].difference(from: other[otherID]) {
          return "\(place): operand \(position): \(difference)"
        }
      }
      return nil
    }
    if let difference = compare(inputs, other.inputs, "inputs") { return difference }
    for (node, otherNode) in zip(nodes, other.nodes) {
      if node.op != otherNode.op { return "\(node.name): \(node.op) and \(otherNode.op)" }
      if let difference = compare(node.inputs, otherNode.inputs, node.name)
        ?? compare(
          node.outputs, otherNode.outputs, node.name)
      {
        return difference
      }
    }
    return compare(outputs, other.outputs, "outputs")
  }
}

extension Tensor {
  fileprivate func difference(from other: Tensor) -> String? {
    if name != other.name { return "'\(name)' and '\(other.name)'" }
    if type != other.type { return "'\(name)' is \(type) and \(other.type)" }
    if quantization != other.quantization { return "'\(name)' is quantized in another way" }
    let (a, b) = (constant?.elements(as: UInt8.self), other.constant?.elements(as: UInt8.self))
    return a == b ? nil : "'\(name)' has another value"
  }
}
