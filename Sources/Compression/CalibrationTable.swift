public import Graph

/// The ranges that a graph's activations take on a set of inputs.
public struct CalibrationTable: Sendable, Hashable {
  /// One for each tensor of the graph, by number; `nil` where nothing was observed.
  private var ranges: [ClosedRange<Float>?]
  private var channels: [TensorID: ChannelStatistics] = [:]

  /// A table without observations.
  public init(tensorCount: Int) { ranges = Array(repeating: nil, count: tensorCount) }

  public var tensorCount: Int { ranges.count }

  /// The least and the greatest element of a tensor over all inputs.
  public subscript(id: TensorID) -> ClosedRange<Float>? {
    get { ranges.indices.contains(id.index) ? ranges[id.index] : nil }
    set { if ranges.indices.contains(id.index) { ranges[id.index] = newValue } }
  }

  /// What the channels of a tensor were; `nil` where nothing was observed.
  public func channels(of id: TensorID) -> ChannelStatistics? { channels[id] }

  /// The ranges alone: biases are not corrected by them.
  func withoutChannels() -> CalibrationTable {
    var table = self
    table.channels = [:]
    return table
  }

  /// Widens a tensor's range to hold `values`.
  ///
  /// - Parameter tensor: Whose elements they are.
  /// - Throws: ``CompressionError/notFinite(tensor:)`` for the first NaN or infinity.
  public mutating func observe(
    _ id: TensorID, _ values: [Float], of tensor: Tensor
  ) throws(CompressionError) {
    guard var least = values.first else { return }
    var greatest = least
    var hasNotFinite = false
    for value in values {
      hasNotFinite = hasNotFinite || !value.isFinite
      least = min(least, value)
      greatest = max(greatest, value)
    }
    guard !hasNotFinite else { throw .notFinite(tensor: tensor.name) }
    let range = least...greatest
    self[id] = self[id].map { $0.union(range) } ?? range
    channels[id, default: ChannelStatistics(channels: tensor.shape.dimensions.last ?? 1)].observe(values)
  }
}

extension ClosedRange<Float> {
  func union(_ other: ClosedRange<Float>) -> ClosedRange<Float> {
    Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
  }
}
