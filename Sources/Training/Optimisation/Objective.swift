import Foundation
public import Graph

/// What a training lowers: a sum of losses, each the mean over a batch.
public struct Objective: Sendable {
  /// What a teacher makes of every sample.
  ///
  /// - Source: Hinton, Vinyals and Dean, arXiv:1503.02531: cross-entropy with the teacher's softened probabilities, times
  ///   the square of the temperature, so that its weight does not depend on it.
  public struct SoftTargets: Sendable {
    /// One row a sample.
    public var logits: [Float]
    public var temperature: Float
    public var weight: Float

    public init(logits: [Float], temperature: Float, weight: Float) {
      self.logits = logits
      self.temperature = temperature
      self.weight = weight
    }
  }

  /// A tensor that is to come near given values: the mean square of the difference.
  ///
  /// - Source: Romero et al., "FitNets", arXiv:1412.6550.
  public struct Target: Sendable {
    public var tensor: TensorID
    /// One row a sample.
    public var values: [Float]
    public var weight: Float

    public init(tensor: TensorID, values: [Float], weight: Float) {
      self.tensor = tensor
      self.values = values
      self.weight = weight
    }
  }

  /// Cross-entropy with these classes, times ``labelWeight``.
  public var labels: [Int]?
  public var labelWeight: Float
  /// The share of the label's probability that is spread over all classes.
  public var smoothing: Float
  public var soft: SoftTargets?
  public var targets: [Target]

  public init(
    labels: [Int]?, labelWeight: Float = 1, smoothing: Float = 0, soft: SoftTargets? = nil,
    targets: [Target] = []
  ) {
    self.labels = labels
    self.labelWeight = labelWeight
    self.smoothing = smoothing
    self.soft = soft
    self.targets = targets
  }

  /// Adds the losses' gradients to `tape`, and returns their sum over `samples`, divided by `batchSize`.
  func seed(_ tape: Tape, logits: TensorID, classes: Int, samples: ArraySlice<Int>, batchSize: Int) -> Double
  {
    var loss = 0.0
    let values = tape.values(of: logits)
    var gradient = [Float](repeating: 0, count: values.count)
    for (row, sample) in samples.enumerated() {
      let range = row * classes..<(row + 1) * classes
      if let labels {
        let found = probabilities(values[range], temperature: 1)
        for c in 0..<classes {
          let share = Double(smoothing) / Double(classes)
          let wanted = (c == labels[sample] ? 1 - Double(smoothing) : 0) + share
          gradient[row * classes + c] += labelWeight * Float(found[c] - wanted) / Float(batchSize)
          if wanted > 0 { loss -= Double(labelWeight) * wanted * log(max(found[c], 1e-30)) }
        }
      }
      if let soft {
        let teacher = probabilities(
          soft.logits[sample * classes..<(sample + 1) * classes], temperature: soft.temperature)
        let found = probabilities(values[range], temperature: soft.temperature)
        for c in 0..<classes {
          let scale = soft.weight * soft.temperature / Float(batchSize)
          gradient[row * classes + c] += scale * Float(found[c] - teacher[c])
          let squared = Double(soft.weight * soft.temperature * soft.temperature)
          if teacher[c] > 0 { loss += squared * teacher[c] * log(teacher[c] / max(found[c], 1e-30)) }
        }
      }
    }
    tape.seed(logits, gradient)
    for target in targets { loss += seed(tape, target, samples, batchSize) }
    return loss / Double(batchSize)
  }

  private func seed(_ tape: Tape, _ target: Target, _ samples: ArraySlice<Int>, _ batchSize: Int) -> Double {
    let values = tape.values(of: target.tensor)
    let size = values.count / max(1, samples.count)
    var gradient = [Float](repeating: 0, count: values.count)
    var loss = 0.0
    for (row, sample) in samples.enumerated() {
      for i in 0..<size {
        let difference = values[row * size + i] - target.values[sample * size + i]
        loss += Double(target.weight * difference * difference) / Double(size)
        gradient[row * size + i] = 2 * target.weight * difference / Float(size * batchSize)
      }
    }
    tape.seed(target.tensor, gradient)
    return loss
  }

  private func probabilities(_ logits: ArraySlice<Float>, temperature: Float) -> [Double] {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp(Double(($0 - largest) / temperature)) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
