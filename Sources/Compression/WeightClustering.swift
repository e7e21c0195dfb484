internal import Graph

/// Replaces the weights of each layer by the nearest of a few values, so that a file holds an index for each.
///
/// - Source: Han et al., "Deep Compression", arXiv:1510.00149, section 3: k-means, the first centroids evenly over the
///   range. Zeros stay zeros, so that a pruned layer stays pruned.
public struct WeightClustering: Sendable, Hashable {
  /// Bits of an index: 2 to 8.
  public var bits: Int

  public init(bits: Int) { self.bits = bits }

  private static let iterations = 30

  func apply(to graph: Graph, recipe: String) throws(CompressionError) -> Graph {
    try graph.changingWeights(recipe: recipe) { layer in
      layer.values.count <= 4 << bits ? nil : clustered(layer.values)
    }
  }

  private func clustered(_ values: [Float]) -> [Float] {
    let sorted = values.filter { $0 != 0 }.sorted()
    guard let least = sorted.first, let greatest = sorted.last, least < greatest else { return values }
    let hasZeros = sorted.count < values.count
    let count = (1 << bits) - (hasZeros ? 1 : 0)
    var centroids = (0..<count).map { least + (greatest - least) * Float($0) / Float(max(1, count - 1)) }
    for _ in 0..<Self.iterations {
      let moved = means(of: sorted, around: centroids)
      if moved == centroids { break }
      centroids = moved
    }
    return values.map { $0 == 0 ? 0 : nearest($0, centroids) }
  }

  /// The mean of the numbers nearest to each centroid; one that has none stays.
  private func means(of sorted: [Float], around centroids: [Float]) -> [Float] {
    var sums = [Double](repeating: 0, count: centroids.count)
    var counts = [Int](repeating: 0, count: centroids.count)
    var index = 0
    for value in sorted {
      while index + 1 < centroids.count, value > (centroids[index] + centroids[index + 1]) / 2 { index += 1 }
      sums[index] += Double(value)
      counts[index] += 1
    }
    return centroids.indices.map { counts[$0] == 0 ? centroids[$0] : Float(sums[$0] / Double(counts[$0])) }
      .sorted()
  }

  private func nearest(_ value: Float, _ centroids: [Float]) -> Float {
    var (low, high) = (0, centroids.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if centroids[middle] <= value { low = middle } else { high = middle }
    }
    return value - centroids[low] <= centroids[high] - value ? centroids[low] : centroids[high]
  }
}
