import Graph
import Testing

@testable import Compression

/// Ranges are chosen by what they do at the outputs, on samples that did not make them.
@Suite struct RangeChoiceTests {
  /// On a distribution without far elements every narrower range loses on noise, so none is chosen.
  @Test(arguments: [1, 2, 3] as [UInt64]) func uniformSamplesKeepTheirWholeRange(seed: UInt64) throws {
    let graph = try TestGraphs.residual(seed: seed, softmax: false)
    let samples = graph.syntheticInputs(count: 16, seed: seed)
    let best = try Recipe.int8Static.applyingBest(to: graph, samples: samples)
    let others = graph.syntheticInputs(count: 32, seed: seed + 100)
    let plain = try Recipe.int8Static.apply(
      to: graph, calibration: try CalibrationTable(observing: graph, inputs: samples))
    let plainRatio = try #require(TestGraphs.fidelity(of: plain, to: graph, others).signalToNoise)
    let bestRatio = try #require(TestGraphs.fidelity(of: best.variant, to: graph, others).signalToNoise)
    // Chosen with a gain of 0.5 dB on half as many samples; on these it may be less, but no loss.
    #expect(bestRatio >= plainRatio - 0.1, "seed \(seed): \(best.choice)")
  }

  @Test func withFewSamplesNothingIsChosen() throws {
    let graph = try TestGraphs.residual()
    let best = try Recipe.int8Static.applyingBest(
      to: graph, samples: graph.syntheticInputs(count: 7, seed: 1))
    #expect(best.choice == CalibrationChoice())
  }

  /// One element of 20 000 is fewer than either share that percentiles leave out.
  @Test func percentilesLeaveAFarElementOut() throws {
    var b = GraphBuilder(name: "outlier", weights: WeightRequest.seeded(4))
    let x = b.input("x", shape: [1, 100])
    b.output(b.dense(x, units: 8, name: "layer"))
    let graph = try b.build()
    var random = SplitMix64(seed: 2)
    var samples = (0..<200).map { _ in [TensorData((0..<100).map { _ in random.uniform(within: 1) })] }
    samples[7] = [TensorData([Float(40)] + (0..<99).map { _ in random.uniform(within: 1) })]
    let whole = try CalibrationTable(observing: graph, inputs: samples)
    let histograms = try ActivationHistograms(of: graph, samples, within: whole)
    #expect(histograms.table(.minMax)[x]?.upperBound == 40)
    // A bin is 41 / 2048 = 0.02 wide.
    for choice in [RangeChoice.percentile9999, .percentile999] {
      let range = try #require(histograms.table(choice)[x])
      #expect(range.upperBound > 0.9 && range.upperBound < 1.05, "\(choice)")
      #expect(range.lowerBound < -0.9 && range.lowerBound > -1.05, "\(choice)")
    }
  }

  @Test func noSamplesAreRefused() throws {
    let graph = try TestGraphs.residual()
    let error = #expect(throws: CompressionError.self) {
      try Recipe.int8Static.applyingBest(to: graph, samples: [])
    }
    #expect(error?.description == "calibration: no inputs; expected at least one.")
  }
}
