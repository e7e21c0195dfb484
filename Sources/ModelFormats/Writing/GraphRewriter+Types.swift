import Graph

// Nodes on narrow elements, done on f32.

extension GraphRewriter {
  /// Narrow operands as f32.
  mutating func widenOperands(where isAsked: (Int) -> Bool) throws(ModelWriteError) {
    var inputs = node.inputs
    for (position, id) in node.inputs.enumerated() where isAsked(position) {
      if let id { inputs[position] = try widened(id) }
    }
    keep(inputs: inputs)
  }

  mutating func computeReal() throws(ModelWriteError) {
    var inputs = node.inputs
    for (position, id) in node.inputs.enumerated() {
      if let id { inputs[position] = try widened(id) }
    }
    var conversions: [Node] = []
    var outputs = node.outputs
    for (position, id) in node.outputs.enumerated() {
      let tensor = graph[id]
      guard tensor.quantization != nil || tensor.elementType == .f16 else { continue }
      outputs[position] = constant(
        Tensor(name: "\(node.name)/real", elementType: .f32, shape: tensor.shape))
      conversions.append(
        Node(
          name: node.name, op: tensor.quantization == nil ? .cast : .quantize(.halfAwayFromZero),
          inputs: [outputs[position]],
          outputs: [id]))
    }
    graph.nodes.append(Node(name: node.name, op: node.op, inputs: inputs, outputs: outputs))
    graph.nodes += conversions
  }

  mutating func widened(_ id: TensorID) throws(ModelWriteError) -> TensorID {
    guard graph[id].elementType == .f16 || graph[id].quantization != nil else { return id }
    if let known = widenedVersions[id] { return known }
    let wide = try step(.dequantize, [id], type: .f32, name: "\(graph[id].name)/f32")
    widenedVersions[id] = wide
    return wide
  }
}
