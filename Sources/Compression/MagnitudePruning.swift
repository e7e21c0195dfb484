public import Graph

/// Sets the smallest weights of each layer to zero, in a pattern that kernels or files can use.
///
/// - Source: Han et al., arXiv:1506.02626 (magnitude); Mishra et al., arXiv:2104.08378 (N of M).
public struct MagnitudePruning: Sendable, Hashable {
  public enum Pattern: Sendable, Hashable {
    /// Any weights.
    case unstructured
    /// All but `kept` of every `group` weights that follow one another in an output channel.
    case groups(kept: Int, of: Int)
    /// The weights of `size` neighbouring output channels at one place, those of the smallest sum of magnitudes: what the
    /// sparse kernels multiply together.
    case blocks(size: Int)
  }

  public var pattern: Pattern
  /// The share of each layer's weights that become zero; given by the pattern for ``Pattern/groups(kept:of:)``.
  public var sparsity: Double

  public init(_ pattern: Pattern, sparsity: Double) {
    self.pattern = pattern
    self.sparsity = sparsity
  }

  /// Layers of fewer weights stay whole: there is little to gain and much to lose.
  static let fewestWeights = 256

  func apply(to graph: Graph, recipe: String) throws(CompressionError) -> Graph {
    try graph.changingWeights(recipe: recipe) { layer in
      layer.values.count < Self.fewestWeights ? nil : pruned(layer)
    }
  }

  private func pruned(_ layer: LayerWeights) -> [Float] {
    var values = layer.values
    let units = units(of: layer)
    if case .groups(let kept, _) = pattern {
      for unit in units {
        let ranked = unit.sorted { (values[$0].magnitude, $1) > (values[$1].magnitude, $0) }
        for index in ranked.dropFirst(kept) { values[index] = 0 }
      }
      return values
    }
    let sizes = units.map { unit in unit.reduce(0.0) { $0 + Double(values[$1].magnitude) } }
    let ranked = units.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    for number in ranked.prefix(Int(sparsity * Double(units.count))) {
      for index in units[number] { values[index] = 0 }
    }
    return values
  }

  /// The weights that live or die together, or compete with one another.
  private func units(of layer: LayerWeights) -> [[Int]] {
    let channels = layer.channels
    switch pattern {
    case .unstructured: return layer.values.indices.map { [$0] }
    case .groups(_, let group): return channels.flatMap { $0.runs(of: group) }
    case .blocks(let size):
      return channels.runs(of: size).flatMap { block in
        (block.first ?? []).indices.map { place in block.map { $0[place] } }
      }
    }
  }
}

extension Array {
  /// The elements in runs of `size`, the last one shorter where they do not divide.
  fileprivate func runs(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}

extension Graph {
  /// Which weights of convolutions and fully connected layers are not zero, for layers where some are: what fine-tuning
  /// must leave alone.
  public var weightMasks: [TensorID: [Bool]] {
    var masks: [TensorID: [Bool]] = [:]
    for node in nodes where node.op.weightChannelAxis != nil && node.inputs.count > 1 {
      guard let weights = node.inputs[1], let values = self[weights].reals, values.contains(0) else {
        continue
      }
      masks[weights] = values.map { $0 != 0 }
    }
    return masks
  }
}
