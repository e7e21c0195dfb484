public import Graph

extension Graph {
  /// With 8-bit steps as inputs and outputs, where they are converted to or from steps as the first or last thing.
  ///
  /// Names stay; types and scales are those of the steps.
  ///
  /// - Throws: ``CompressionError/notApplicable(recipe:reason:)`` for an input or output that has no steps.
  public func exposingSteps(
    ofInputs inputs: Bool = true, ofOutputs outputs: Bool = true
  ) throws(CompressionError) -> Graph {
    guard inputs || outputs else { return self }
    var graph = self
    if inputs {
      for position in self.inputs.indices { try graph.exposeInput(position) }
    }
    if outputs {
      for position in self.outputs.indices { try graph.exposeOutput(position) }
    }
    let result = graph.withoutUnusedTensors()
    do throws(GraphError) { try result.validate() } catch { throw .invalid(recipe: "8-bit ports", error) }
    return result
  }

  private mutating func exposeInput(_ position: Int) throws(CompressionError) {
    let id = inputs[position]
    guard self[id].elementType == .f32 else { return }
    let readers = nodes.indices.filter { nodes[$0].inputs.contains(id) }
    guard let first = readers.first, readers.count == 1, case .quantize = nodes[first].op,
      !outputs.contains(id), let steps = nodes[first].outputs.first, self[steps].elementType == .i8
    else {
      throw .notApplicable(
        recipe: "an int8 input", reason: "'\(self[id].name)' is not converted to 8-bit steps and nothing else"
      )
    }
    self[steps].name = self[id].name
    inputs[position] = steps
    nodes.remove(at: first)
  }

  private mutating func exposeOutput(_ position: Int) throws(CompressionError) {
    let id = outputs[position]
    guard self[id].elementType == .f32 else { return }
    guard let maker = nodes.firstIndex(where: { $0.outputs.contains(id) }), nodes[maker].op == .dequantize,
      let steps = nodes[maker].inputs[0], self[steps].elementType == .i8
    else {
      throw .notApplicable(
        recipe: "an int8 output", reason: "'\(self[id].name)' is not made of 8-bit steps")
    }
    let isRead = nodes.contains { $0.inputs.contains(id) }
    self[steps].name = self[id].name
    outputs[position] = steps
    if isRead { self[id].name += " as f32" } else { nodes.remove(at: maker) }
  }
}
