public import Graph

extension Graph {
  /// The layers whose weights are pruned, in execution order, for kernels of `instructionSet`.
  ///
  /// Zeros that are no more than 5 % of a layer's weights are taken for chance.
  public func prunedLayers(for instructionSet: InstructionSet) -> [PrunedLayer] {
    nodes.compactMap { node in
      SparseProduct(node, in: self, instructionSet).map {
        PrunedLayer(node: node.name, density: $0.density, breakEven: $0.breakEven)
      }
    }
  }
}
