internal import CKernels
internal import Graph

extension Graph {
  /// With the constant f32 weights of convolutions and fully connected layers as f16, rounded half to even.
  ///
  /// Each weight is off by at most 2^-11 of itself, or 2^-25 where that is more. Weights beyond f16's 65504, and those
  /// of transposed convolutions, for which there are no kernels, stay f32; so do biases, for their size does not count.
  func withHalfWeights(recipe: String) throws(CompressionError) -> Graph {
    var graph = self
    // Weights that the graph widens before use are taken as they are.
    var halves: [TensorID: TensorID] = [:]
    for node in nodes where node.widensHalf(in: self) { halves[node.outputs[0]] = node.inputs[0] }
    for (number, node) in nodes.enumerated() {
      switch node.op {
      case .conv2d, .depthwiseConv2d, .fullyConnected: break
      default: continue
      }
      guard case let weights?? = node.inputs.dropFirst().first else { continue }
      if let half = halves[weights] {
        graph.nodes[number].inputs[1] = half
        continue
      }
      guard self[weights].elementType == .f32, let values = try self[weights].finiteReals(),
        values.allSatisfy({ $0.magnitude <= 65504 })
      else { continue }
      var bits = [UInt16](repeating: 0, count: values.count)
      eb_vector_kernels_active().pointee.f32_to_f16(values.count, values, &bits)
      var tensor = self[weights]
      tensor.elementType = .f16
      tensor.constant = TensorData(bits)
      let half = graph.append(tensor)
      halves[weights] = half
      graph.nodes[number].inputs[1] = half
    }
    guard graph.nodes.contains(where: { $0.takesHalfWeights(in: graph) }) else {
      throw .notApplicable(
        recipe: recipe, reason: "no convolution or fully connected layer has constant f32 weights")
    }
    return graph.withoutUnusedWidening()
  }

  /// With the widening of what nothing reads wide left out.
  private func withoutUnusedWidening() -> Graph {
    let read = Set(nodes.flatMap(\.inputs).compactMap { $0 } + outputs)
    var graph = self
    graph.nodes = nodes.filter { !$0.widensHalf(in: self) || read.contains($0.outputs[0]) }
    return graph
  }
}

extension Node {
  fileprivate func takesHalfWeights(in graph: Graph) -> Bool {
    guard op.weightChannelAxis != nil, inputs.count > 1, let weights = inputs[1] else { return false }
    return graph[weights].elementType == .f16
  }

  /// Whether this makes f32 of an f16 constant.
  fileprivate func widensHalf(in graph: Graph) -> Bool {
    guard op == .dequantize || op == .cast, case let half?? = inputs.first, let wide = outputs.first else {
      return false
    }
    return graph[half].elementType == .f16 && graph[half].constant != nil && graph[wide].elementType == .f32
  }
}
