public import Graph

extension Graph {
  /// The weights of every layer, and the axis that their output channels run along.
  public var channelAxes: [TensorID: Int] {
    var axes: [TensorID: Int] = [:]
    for node in nodes {
      guard let axis = node.op.weightChannelAxis, node.inputs.count > 1, let weights = node.inputs[1],
        self[weights].constant != nil
      else { continue }
      axes[weights] = axis
    }
    return axes
  }

  /// With `share` of the output channels of every layer whose channels can go, the most important.
  ///
  /// - Parameter importance: Of each channel of a layer, by the layer's weights; the L1 norm where there is none.
  /// - Throws: ``CompressionError/notApplicable(recipe:reason:)`` where no channel can go.
  public func keepingChannels(
    _ share: Double, importance: [TensorID: [Double]] = [:]
  ) throws(CompressionError) -> Graph {
    try ChannelPruning.apply(
      to: wideningWeights(), keeping: share, importance: importance, recipe: "channel pruning"
    ).withoutUnusedTensors()
  }
}
