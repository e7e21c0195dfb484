internal import Graph

/// A layer's constant weights as numbers.
struct LayerWeights {
  let shape: Shape
  /// The axis that output channels run along.
  let axis: Int
  var values: [Float]

  /// For each output channel the places of its weights, in order.
  var channels: [[Int]] {
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    var result = [[Int]](repeating: [], count: shape[axis])
    for index in values.indices { result[index / inner % shape[axis]].append(index) }
    return result
  }
}

extension Graph {
  /// With the weights of convolutions and fully connected layers changed; those that `change` gives `nil` for stay.
  ///
  /// Weights that several layers share are changed once.
  /// - Throws: ``CompressionError/notApplicable(recipe:reason:)`` where none was changed.
  func changingWeights(
    recipe: String, _ change: (LayerWeights) -> [Float]?
  ) throws(CompressionError) -> Graph {
    var graph = self
    var made: [TensorID: TensorID] = [:]
    for (number, node) in nodes.enumerated() {
      guard let axis = node.op.weightChannelAxis, node.inputs.count > 1, let weights = node.inputs[1],
        self[weights].elementType == .f32
      else { continue }
      if made[weights] == nil, let values = try self[weights].finiteReals(),
        let changed = change(LayerWeights(shape: self[weights].shape, axis: axis, values: values))
      {
        var tensor = self[weights]
        tensor.constant = TensorData(changed)
        made[weights] = graph.append(tensor)
      }
      if let id = made[weights] { graph.nodes[number].inputs[1] = id }
    }
    guard !made.isEmpty else {
      throw .notApplicable(
        recipe: recipe,
        reason: "no convolution or fully connected layer has constant f32 weights that it takes")
    }
    return graph
  }
}
