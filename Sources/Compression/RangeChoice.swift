internal import Graph

/// How the range of an activation follows from its elements on the calibration samples.
///
/// A range that leaves out a few far elements has finer steps for all others, and holds for what is spread like the samples
/// only. Whether that pays shows at the model's outputs, on other samples.
///
/// - Source: Nagel et al., "A White Paper on Neural Network Quantization", arXiv:2106.08295, section 3.1; Wu et al.,
///   arXiv:2004.09602, section 3.2, for percentiles.
public enum RangeChoice: Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// From the least to the greatest.
  case minMax
  /// Without the farthest 0.01 % at either end.
  case percentile9999
  /// Without the farthest 0.1 % at either end.
  case percentile999
  /// The share of the whole range whose steps lose the least power: to rounding inside, to saturation outside.
  case meanSquaredError

  public var description: String {
    switch self {
    case .minMax: "min-max"
    case .percentile9999: "percentile 99.99"
    case .percentile999: "percentile 99.9"
    case .meanSquaredError: "mean squared error"
    }
  }
}

/// How the elements of every activation are spread over its range.
struct ActivationHistograms {
  private static let binCount = 2048
  private let whole: CalibrationTable
  private var counts: [TensorID: [Int]] = [:]

  /// - Parameter whole: The ranges that the elements are known to lie in.
  init(
    of graph: Graph, _ samples: [[TensorData]], within whole: CalibrationTable
  ) throws(CompressionError) {
    self.whole = whole
    var counts: [TensorID: [Int]] = [:]
    try graph.observe(samples) { id, values throws(CompressionError) in
      guard let range = whole[id], range.upperBound > range.lowerBound else { return }
      let scale = Float(Self.binCount) / (range.upperBound - range.lowerBound)
      for value in values {
        let bin = min(Self.binCount - 1, max(0, Int((value - range.lowerBound) * scale)))
        counts[id, default: Array(repeating: 0, count: Self.binCount)][bin] += 1
      }
    }
    self.counts = counts
  }

  /// The ranges by one way to choose them.
  func table(_ choice: RangeChoice) -> CalibrationTable {
    var table = whole
    for (id, counts) in counts {
      guard let range = whole[id] else { continue }
      switch choice {
      case .minMax: break
      case .percentile9999: table[id] = Self.trimmed(range, counts, share: 1e-4)
      case .percentile999: table[id] = Self.trimmed(range, counts, share: 1e-3)
      case .meanSquaredError: table[id] = Self.leastSquares(range, counts)
      }
    }
    return table
  }

  /// Without `share` of the elements at either end.
  private static func trimmed(
    _ range: ClosedRange<Float>, _ counts: [Int], share: Double
  ) -> ClosedRange<Float> {
    let limit = Double(counts.reduce(0, +)) * share
    func trimmedBins(_ counts: some Sequence<Int>) -> Int {
      var sum = 0.0
      var bins = 0
      for count in counts {
        sum += Double(count)
        if sum > limit { break }
        bins += 1
      }
      return bins
    }
    let step = (range.upperBound - range.lowerBound) / Float(binCount)
    let low = trimmedBins(counts)
    let high = trimmedBins(counts.reversed())
    guard low + high < binCount else { return range }
    return range.lowerBound + Float(low) * step...range.upperBound - Float(high) * step
  }

  private static func leastSquares(_ range: ClosedRange<Float>, _ counts: [Int]) -> ClosedRange<Float> {
    let step = Double(range.upperBound - range.lowerBound) / Double(binCount)
    let centres = (0..<binCount).map { Double(range.lowerBound) + (Double($0) + 0.5) * step }
    var best = range
    var least = Double.infinity
    for share in stride(from: 1.0, through: 0.3, by: -0.05) {
      let (low, high) = (Double(min(range.lowerBound, 0)) * share, Double(max(range.upperBound, 0)) * share)
      // Rounding to steps spreads evenly over one: its power is a twelfth of the step's square.
      let rounding = (high - low) * (high - low) / (255 * 255 * 12)
      var power = 0.0
      for (bin, count) in counts.enumerated() where count > 0 {
        let beyond = max(0, low - centres[bin], centres[bin] - high)
        power += Double(count) * (rounding + beyond * beyond)
      }
      if power < least {
        least = power
        best = Float(low)...Float(high)
      }
    }
    return best
  }
}
