package import Graph

extension Graph {
  /// For each input numbers uniform in [-1, 1).
  package func randomInputs(seed: UInt64) -> [[Float]] {
    var random = SplitMix64(seed: seed)
    return inputs.map { id in
      (0..<(self[id].shape.elementCount ?? 0)).map { _ in random.uniform(within: 1) }
    }
  }
}
