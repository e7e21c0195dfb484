/// What the elements of each channel of a tensor, along its last axis, were over a set of inputs.
public struct ChannelStatistics: Sendable, Hashable {
  /// The largest magnitude of each channel.
  public private(set) var largest: [Float]
  private var sums: [Double]
  /// Elements of each channel.
  private var count = 0

  public init(channels: Int) {
    largest = Array(repeating: 0, count: channels)
    sums = Array(repeating: 0, count: channels)
  }

  /// The mean of each channel; zeros before anything was observed.
  public var means: [Float] { sums.map { count == 0 ? 0 : Float($0 / Double(count)) } }

  /// - Parameter values: `[..., channels]`, flat.
  mutating func observe(_ values: [Float]) {
    let channels = sums.count
    guard channels > 0 else { return }
    for row in stride(from: 0, through: values.count - channels, by: channels) {
      for channel in 0..<channels {
        let value = values[row + channel]
        largest[channel] = max(largest[channel], value.magnitude)
        sums[channel] += Double(value)
      }
      count += 1
    }
  }
}
