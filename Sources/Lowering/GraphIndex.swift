internal import Graph

/// Who makes and who reads each tensor of a graph.
struct GraphIndex {
  /// The node that makes the tensor; `nil` for inputs and constants.
  private(set) var producers: [Int?]
  /// The nodes that read the tensor, one entry a use.
  private(set) var consumers: [[Int]]
  private(set) var isOutput: [Bool]
  /// For each state, the nodes that set it.
  private(set) var writes: [[Int]]

  init(_ graph: Graph) {
    producers = Array(repeating: nil, count: graph.tensors.count)
    consumers = Array(repeating: [], count: graph.tensors.count)
    isOutput = Array(repeating: false, count: graph.tensors.count)
    writes = Array(repeating: [], count: graph.states.count)
    for (position, node) in graph.nodes.enumerated() {
      for id in node.outputs { producers[id.index] = position }
      if case .writeState(let state) = node.op { writes[state.index].append(position) }
      for case let id? in node.inputs { consumers[id.index].append(position) }
    }
    for id in graph.outputs { isOutput[id.index] = true }
  }

  /// The first node after `position` that sets `state`.
  func nextWrite(of state: StateID, after position: Int) -> Int? {
    let writes = writes[state.index]
    var (low, high) = (0, writes.count)
    while low < high {
      let middle = (low + high) / 2
      if writes[middle] > position { high = middle } else { low = middle + 1 }
    }
    return low < writes.count ? writes[low] : nil
  }

  /// The only reader of a tensor that is not an output of the graph.
  func soleConsumer(of id: TensorID) -> Int? {
    consumers[id.index].count == 1 && !isOutput[id.index] ? consumers[id.index][0] : nil
  }
}

extension Graph {
  mutating func append(_ tensor: Tensor) -> TensorID {
    tensors.append(tensor)
    return TensorID(tensors.count - 1)
  }
}

extension Quantization {
  /// The scale and zero point of the whole tensor; `nil` where there is one a channel.
  var single: (scale: Float, zeroPoint: Int32)? {
    guard axis == nil, scales.count == 1, zeroPoints.count == 1 else { return nil }
    return (scales[0], zeroPoints[0])
  }

  var isSymmetric: Bool { zeroPoints.allSatisfy { $0 == 0 } }
}
