internal import Graph

extension Graph {
  /// With quantized unsigned bytes as signed ones, 128 lower, as the kernels have them.
  ///
  /// The graph's own inputs and outputs stay; they are converted on the way. `cast` and `bitcast` look at the steps
  /// themselves, so their operands are converted back.
  func withSignedElements() throws(LoweringError) -> Graph {
    guard tensors.contains(where: \.isUnsignedQuantized) || states.contains(where: \.isUnsignedQuantized)
    else {
      return self
    }
    var graph = self
    for index in graph.tensors.indices { graph.tensors[index].makeSigned() }
    for index in graph.states.indices { graph.states[index].makeSigned() }
    graph.nodes = []

    for (position, id) in inputs.enumerated() where self[id].isUnsignedQuantized {
      let outer = graph.append(self[id])
      graph.inputs[position] = outer
      graph.nodes.append(
        Node(name: "\(self[id].name) to i8", op: .quantize(.halfAwayFromZero), inputs: [outer], outputs: [id])
      )
    }
    for node in nodes {
      guard node.op == .cast || node.op == .castOverflowing || node.op == .bitcast else {
        graph.nodes.append(node)
        continue
      }
      var cast = node
      if case let id?? = node.inputs.first, self[id].isUnsignedQuantized {
        let unsigned = graph.append(self[id])
        graph.tensors[unsigned.index].constant = nil
        graph.nodes.append(
          Node(
            name: "\(node.name) to u8", op: .quantize(.halfAwayFromZero), inputs: [id], outputs: [unsigned]))
        cast.inputs = [unsigned]
      }
      if let id = node.outputs.first, self[id].isUnsignedQuantized {
        let unsigned = graph.append(self[id])
        cast.outputs = [unsigned]
        graph.nodes.append(cast)
        graph.nodes.append(
          Node(
            name: "\(node.name) to i8", op: .quantize(.halfAwayFromZero), inputs: [unsigned], outputs: [id]))
      } else {
        graph.nodes.append(cast)
      }
    }
    for (position, id) in outputs.enumerated() where self[id].isUnsignedQuantized {
      var outer = self[id]
      outer.constant = nil
      graph.outputs[position] = graph.append(outer)
      graph.nodes.append(
        Node(
          name: "\(self[id].name) to u8", op: .quantize(.halfAwayFromZero), inputs: [id],
          outputs: [graph.outputs[position]]))
    }
    return graph
  }
}

extension Tensor {
  fileprivate var isUnsignedQuantized: Bool { elementType == .u8 && quantization != nil }

  fileprivate mutating func makeSigned() {
    guard isUnsignedQuantized, let old = quantization else { return }
    elementType = .i8
    quantization = old.lowered(by: 128)
    constant = constant?.withBytesLowered()
  }
}

extension State {
  fileprivate var isUnsignedQuantized: Bool { elementType == .u8 && quantization != nil }

  fileprivate mutating func makeSigned() {
    guard isUnsignedQuantized, let old = quantization else { return }
    elementType = .i8
    quantization = old.lowered(by: 128)
    // Without an initial value the unsigned bytes are 0.
    let zeros = TensorData(Array(repeating: UInt8(0), count: shape.elementCount ?? 0))
    initial = (initial ?? zeros).withBytesLowered()
  }
}

extension Quantization {
  fileprivate func lowered(by steps: Int32) -> Quantization {
    Quantization(scales: scales, zeroPoints: zeroPoints.map { $0 - steps }, axis: axis)
  }
}

extension TensorData {
  /// Each byte 128 lower.
  fileprivate func withBytesLowered() -> TensorData { TensorData(elements(as: UInt8.self).map { $0 ^ 0x80 }) }
}
