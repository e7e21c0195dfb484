public import Graph

/// The constants of a graph that training changes, and where each lies in one flat list.
public struct Parameters: Sendable {
  public let tensors: [TensorID]
  let offsets: [TensorID: Int]
  public let count: Int

  /// All f32 constants that nodes compute with, but the running statistics of batch normalisations and the indices and
  /// tables that nodes only move.
  public init(of graph: Graph) {
    var tensors: [TensorID] = []
    var offsets: [TensorID: Int] = [:]
    var count = 0
    for node in graph.nodes {
      for id in node.inputs.prefix(node.op.trainableInputs) {
        guard let id, graph[id].elementType == .f32, graph[id].constant != nil, offsets[id] == nil else {
          continue
        }
        offsets[id] = count
        tensors.append(id)
        count += graph[id].shape.elementCount ?? 0
      }
    }
    self.tensors = tensors
    self.offsets = offsets
    self.count = count
  }

  func range(_ id: TensorID, in graph: Graph) -> Range<Int>? {
    offsets[id].map { $0..<$0 + (graph[id].shape.elementCount ?? 0) }
  }

  /// Their values in the graph, one after the other.
  public func values(in graph: Graph) -> [Float] {
    tensors.flatMap { graph[$0].constant?.elements(as: Float.self) ?? [] }
  }

  /// The graph with `values` in their places.
  public func write(_ values: [Float], to graph: Graph) -> Graph {
    var graph = graph
    for id in tensors {
      if let range = range(id, in: graph) { graph[id].constant = TensorData(Array(values[range])) }
    }
    return graph
  }
}

extension Operator {
  /// How many of the first inputs training may change.
  fileprivate var trainableInputs: Int {
    switch self {
    case .conv2d, .depthwiseConv2d, .transposeConv2d, .fullyConnected, .layerNorm, .batchNorm: 3
    case .matMul, .binary: 2
    default: 0
    }
  }
}
