internal import Foundation

/// How near a variant's outputs come to the reference's on the same inputs.
public struct OutputFidelity: Sendable, Hashable {
  /// The ratio of the reference's power to that of the difference, in decibels; infinite where there is no difference,
  /// `nil` where the reference is all zeros or something is not finite.
  public let signalToNoise: Double?
  /// The cosine of the angle between all outputs of both; `nil` where one of them is all zeros or not finite.
  public let cosine: Double?
  /// The samples whose largest element is at the same place.
  public let agreeingSamples: Int
  public let sampleCount: Int
  /// The sample with the lowest ratio, and that ratio in decibels; `nil` where no sample has one.
  public let worst: Worst?

  public struct Worst: Sendable, Hashable {
    public let sample: Int
    public let signalToNoise: Double
  }

  /// The share of samples whose largest element is at the same place.
  public var topOneAgreement: Double? {
    sampleCount == 0 ? nil : Double(agreeingSamples) / Double(sampleCount)
  }

  /// - Parameters:
  ///   - reference: An output of each sample.
  ///   - variant: The same outputs of the variant.
  /// - Precondition: Both have as many samples, and each sample as many elements.
  public init(reference: [[Float]], variant: [[Float]]) {
    precondition(reference.map(\.count) == variant.map(\.count))
    var all = Moments()
    var agreeing = 0
    var worst: Worst?
    for (number, (expected, found)) in zip(reference, variant).enumerated() {
      var own = Moments()
      for (x, y) in zip(expected, found) { own.add(Double(x), Double(y)) }
      all.add(own)
      if expected.firstIndexOfLargest == found.firstIndexOfLargest { agreeing += 1 }
      if let ratio = own.signalToNoise, worst.map({ ratio < $0.signalToNoise }) ?? true {
        worst = Worst(sample: number, signalToNoise: ratio)
      }
    }
    signalToNoise = all.signalToNoise
    cosine = all.cosine
    agreeingSamples = agreeing
    sampleCount = reference.count
    self.worst = worst
  }
}

/// Sums of products of a reference, a variant and their difference.
private struct Moments {
  var reference = 0.0
  var variant = 0.0
  var product = 0.0
  var difference = 0.0

  mutating func add(_ x: Double, _ y: Double) {
    reference += x * x
    variant += y * y
    product += x * y
    difference += (x - y) * (x - y)
  }

  mutating func add(_ other: Moments) {
    reference += other.reference
    variant += other.variant
    product += other.product
    difference += other.difference
  }

  var signalToNoise: Double? {
    guard reference > 0, reference.isFinite, difference.isFinite else { return nil }
    return 10 * log10(reference / difference)
  }

  var cosine: Double? {
    let lengths = (reference * variant).squareRoot()
    return lengths > 0 && lengths.isFinite ? max(-1, min(1, product / lengths)) : nil
  }
}

extension [Float] {
  /// `nil` where there is nothing but NaN.
  fileprivate var firstIndexOfLargest: Int? {
    var best: Int?
    for (index, value) in enumerated() where value > (best.map { self[$0] } ?? -.infinity) { best = index }
    return best
  }
}
