internal import Graph

/// Which products of a graph hand their result to nothing but other products: those stay in 8 bits where an engine computes
/// products alone in int8.
struct ProductChains {
  private let graph: Graph
  private let producers: [TensorID: Int]
  private let passes: [Bool]
  /// By node: whether each of its consumers is a product.
  private var feedsProducts: [Bool]

  /// - Parameters:
  ///   - producers: The node that makes each tensor.
  ///   - passes: By node: whether it is no layer of its own, and hands on what it gets.
  init(_ graph: Graph, producers: [TensorID: Int], passes: [Bool]) {
    self.graph = graph
    self.producers = producers
    self.passes = passes
    feedsProducts = Array(repeating: false, count: graph.nodes.count)
    var consumers: [TensorID: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for case let id? in node.inputs { consumers[id, default: []].append(index) }
    }
    // Consumers come after what they consume.
    for index in graph.nodes.indices.reversed() {
      let next = graph.nodes[index].outputs.flatMap { consumers[$0] ?? [] }
      feedsProducts[index] =
        !next.isEmpty && next.allSatisfy { passes[$0] ? feedsProducts[$0] : isProduct($0) }
    }
  }

  private func isProduct(_ index: Int) -> Bool {
    switch graph.nodes[index].op {
    case .conv2d, .depthwiseConv2d, .fullyConnected: true
    default: false
    }
  }

  /// Whether what the node writes is read by products only.
  func staysNarrow(after index: Int) -> Bool { feedsProducts[index] }

  /// Whether the node's input comes from a product that only feeds products.
  func isNarrow(before index: Int) -> Bool {
    var node = index
    while true {
      guard let id = graph.nodes[node].inputs.first ?? nil, let producer = producers[id] else { return false }
      if !passes[producer] { return isProduct(producer) && feedsProducts[producer] }
      node = producer
    }
  }
}
