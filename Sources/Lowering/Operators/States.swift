internal import Graph

extension PlanBuilder {
  /// The value is the state's own memory where nothing sets the state while the value is still needed; else a copy.
  mutating func lowerReadState(_ node: Node, _ state: StateID) throws(LoweringError) {
    let output = node.outputs[0]
    if let nextWrite = index.nextWrite(of: state, after: position), lastUse(of: output) > nextWrite {
      addCopy(from: stateValue(state), to: try define(output))
    } else {
      try alias(output, to: stateValue(state))
    }
  }

  mutating func lowerWriteState(_ node: Node, _ state: StateID) throws(LoweringError) {
    let source = try input(0, of: node)
    if source != stateValue(state) { addCopy(from: source, to: stateValue(state)) }
  }

  /// The last node that may read the memory of `id`: its readers, and those of the tensors that may share its memory.
  private func lastUse(of id: TensorID) -> Int {
    var last = position
    var sharing = [id]
    while let next = sharing.popLast() {
      if index.isOutput[next.index] { return .max }
      for consumer in index.consumers[next.index] {
        last = max(last, consumer)
        switch graph.nodes[consumer].op {
        case .reshape, .transpose, .broadcast, .quantize, .dequantize, .cast:
          sharing += graph.nodes[consumer].outputs
        default: break
        }
      }
    }
    return last
  }
}
