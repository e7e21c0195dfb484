import Graph

// Control flow, traced: the branch that the inputs lead to is the one that is read.

extension ONNXConverter {
  static let control: [String: Handler] = [
    "If": ONNXConverter.ifNode
  ]

  func ifNode(_ node: ONNXNode) throws(ModelFormatError) {
    let branch = try node.graph(try condition(node, 0) ? "then_branch" : "else_branch")
    for (position, value) in try convertValues(branch, of: node).enumerated() where node.makes(position) {
      try bind(value, to: node.outputs[position], node.place)
    }
  }
}
