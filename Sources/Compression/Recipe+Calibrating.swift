public import Graph

/// How a recipe that needs ranges came by them.
public struct CalibrationChoice: Sendable, Hashable {
  /// Whether channels were brought to like ranges first.
  public var equalizes = false
  public var ranges = RangeChoice.minMax
}

extension Recipe {
  /// What a choice must gain at the outputs, in decibels, on samples that it did not see.
  private static let leastGain = 0.5
  /// What it may lose on noise: nothing that can be told from chance.
  private static let largestLoss = 0.1
  /// With fewer samples nothing is held back to choose by.
  private static let fewestToChooseBy = 8
  private static let noise = (samples: 16, seed: UInt64(11))

  /// The variant of `graph` that static quantization makes, with the choice that comes nearest to the graph's own outputs.
  ///
  /// Every second sample is held back to choose by (in a streaming model, whose samples are a sequence, the second half). A
  /// choice is made where it gains there by a margin, and loses nothing on noise over the whole range of the inputs: narrower
  /// ranges hold for what is spread like the samples only, and a file is also run on what nobody sampled. What is chosen
  /// learns its ranges from all samples.
  ///
  /// - Throws: As ``apply(to:calibration:)`` and ``CalibrationTable/init(observing:inputs:)``.
  public func applyingBest(
    to graph: Graph, samples: [[TensorData]]
  ) throws(CompressionError) -> (variant: Graph, choice: CalibrationChoice) {
    let choice =
      self == .int8Static && samples.count >= Self.fewestToChooseBy
      ? try bestChoice(for: graph, samples) : CalibrationChoice()
    return (try apply(to: graph, choice, samples), choice)
  }

  private func bestChoice(
    for graph: Graph, _ samples: [[TensorData]]
  ) throws(CompressionError) -> CalibrationChoice {
    let isSequence = !graph.states.isEmpty
    let split = Dictionary(grouping: samples.indices) {
      isSequence ? $0 >= samples.count / 2 : !$0.isMultiple(of: 2)
    }
    let (known, held) = ((split[false] ?? []).map { samples[$0] }, (split[true] ?? []).map { samples[$0] })
    let noise = graph.noise(like: samples, count: Self.noise.samples, seed: Self.noise.seed)
    func ratios(_ choice: CalibrationChoice) throws(CompressionError) -> (held: Double, noise: Double) {
      let variant = try apply(to: graph, choice, known)
      return (
        try Self.leastRatio(of: variant, to: graph, on: held),
        try Self.leastRatio(of: variant, to: graph, on: noise)
      )
    }
    var best = CalibrationChoice()
    var reached = try ratios(best)
    func consider(_ choice: CalibrationChoice) throws(CompressionError) {
      let own: (held: Double, noise: Double)
      do throws(CompressionError) { own = try ratios(choice) } catch .notApplicable { return }
      if own.held > reached.held + Self.leastGain, own.noise >= reached.noise - Self.largestLoss {
        (best, reached) = (choice, own)
      }
    }
    try consider(CalibrationChoice(equalizes: true))
    for ranges in RangeChoice.allCases where ranges != .minMax {
      try consider(CalibrationChoice(equalizes: best.equalizes, ranges: ranges))
    }
    return best
  }

  /// What a choice makes of `graph` with the ranges of `samples`.
  private func apply(
    to graph: Graph, _ choice: CalibrationChoice, _ samples: [[TensorData]]
  ) throws(CompressionError) -> Graph {
    var source = graph
    var whole = try CalibrationTable(observing: source, inputs: samples)
    if choice.equalizes {
      source = try Recipe.equalized.apply(to: source, calibration: whole)
      whole = try CalibrationTable(observing: source, inputs: samples)
    }
    if choice.ranges != .minMax {
      whole = try ActivationHistograms(of: source, samples, within: whole).table(choice.ranges)
    }
    return try apply(to: source, calibration: whole)
  }

  /// The signal-to-noise ratio of the output that comes off worst, in decibels.
  private static func leastRatio(
    of variant: Graph, to graph: Graph, on samples: [[TensorData]]
  ) throws(CompressionError) -> Double {
    let outputs = try OutputFidelity.comparingOutputs(of: variant, to: graph, on: samples)
    return outputs.compactMap { $0?.signalToNoise }.min() ?? -.infinity
  }
}

extension Graph {
  /// Inputs of real numbers uniform over the range that each has in `samples`; others as the samples have them.
  fileprivate func noise(like samples: [[TensorData]], count: Int, seed: UInt64) -> [[TensorData]] {
    var random = SplitMix64(seed: seed)
    let ranges = inputs.indices.map { position in
      samples.reduce(into: ClosedRange<Float>?.none) { range, sample in
        let values = sample[position].elements(as: Float.self)
        guard self[inputs[position]].elementType == .f32, let least = values.min(), let most = values.max()
        else { return }
        range = range.map { $0.union(least...most) } ?? least...most
      }
    }
    return (0..<count).map { number in
      inputs.indices.map { position in
        guard let range = ranges[position] else { return samples[number % samples.count][position] }
        let half = (range.upperBound - range.lowerBound) / 2
        return TensorData(
          (0..<(self[inputs[position]].shape.elementCount ?? 0)).map { _ in
            range.lowerBound + half + random.uniform(within: half)
          })
      }
    }
  }
}
