internal import CKernels
internal import Graph

extension Graph {
  /// With the constant f32 weights of convolutions and fully connected layers as f16, rounded half to even.
  ///
  /// Each weight is off by at most 2^-11 of itself, or 2^-25 where that is more. Weights beyond f16's 65504, and those
  /// of transposed convolutions, for which there are no kernels, stay f32; so do biases, for their size does not count.
  func withHalfWeights(recipe: String) throws(CompressionError) -> Graph {
    var graph = self
    var made: [TensorID: TensorID] = [:]
    for (number, node) in nodes.enumerated() {
      switch node.op {
      case .conv2d, .depthwiseConv2d, .fullyConnected: break
      default: continue
      }
      guard case let weights?? = node.inputs.dropFirst().first else { continue }
      if let half = made[weights] {
        graph.nodes[number].inputs[1] = half
        continue
      }
      guard self[weights].elementType == .f32, let values = try self[weights].finiteReals(),
        values.allSatisfy({ $0.magnitude <= 65504 })
      else {
        continue
      }
      var halves = [UInt16](repeating: 0, count: values.count)
      eb_vector_kernels_active().pointee.f32_to_f16(values.count, values, &halves)
      var tensor = self[weights]
      tensor.elementType = .f16
      tensor.constant = TensorData(halves)
      let half = graph.append(tensor)
      made[weights] = half
      graph.nodes[number].inputs[1] = half
    }
    guard !made.isEmpty else {
      throw .notApplicable(
        recipe: recipe, reason: "no convolution or fully connected layer has constant f32 weights")
    }
    return graph
  }
}
