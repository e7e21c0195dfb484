internal import Graph

extension Graph {
  /// Weights of fewer elements stay f32: their size does not count, their error does.
  ///
  /// - Source: TensorFlow Lite, "Post-training dynamic range quantization", minimum_elements_for_weights.
  private static let fewestQuantizedWeights = 1024

  /// With the constant weights of convolutions and fully connected layers as i8, one scale an output channel.
  ///
  /// Activations stay f32; kernels quantize a layer's input on the fly, with a scale of its own for each inference.
  func withDynamicRangeWeights(recipe: String) throws(CompressionError) -> Graph {
    var graph = self
    var made: [TensorID: (id: TensorID, axis: Int)] = [:]
    for (number, node) in nodes.enumerated() {
      if case .transposeConv2d = node.op { continue }  // there is no kernel that quantizes its input
      guard let axis = node.op.weightChannelAxis, case let weights?? = node.inputs.dropFirst().first,
        case let x?? = node.inputs.first, self[x].elementType == .f32
      else { continue }
      if let known = made[weights], known.axis == axis {
        graph.nodes[number].inputs[1] = known.id
        continue
      }
      guard let values = try self[weights].finiteReals(), values.count >= Self.fewestQuantizedWeights else {
        continue
      }
      let quantizer = ChannelQuantizer(shape: self[weights].shape, axis: axis, values: values)
      let scales = quantizer.scales().map { $0 == 0 ? 1 : $0.asScale }
      let steps = graph.append(quantizer.tensor(name: self[weights].name, scales: scales))
      made[weights] = (steps, axis)
      graph.nodes[number].inputs[1] = steps
    }
    guard !made.isEmpty else {
      throw .notApplicable(
        recipe: recipe,
        reason:
          "no convolution or fully connected layer has \(Self.fewestQuantizedWeights) constant f32 weights")
    }
    return graph
  }
}
