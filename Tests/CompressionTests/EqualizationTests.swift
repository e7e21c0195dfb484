import Graph
import Testing

@testable import Compression

/// Channels brought to like ranges, without a change of what the graph computes.
@Suite struct EqualizationTests {
  /// Depthwise separable blocks whose first channels are far smaller than the others.
  private func uneven(_ activation: Activation) throws -> Graph {
    var b = GraphBuilder(name: "uneven", weights: WeightRequest.seeded(8))
    let x = b.input("x", shape: [1, 8, 8, 3])
    var y = b.conv2d(x, filters: 8, kernel: .square(3), activation: activation, name: "first")
    y = b.depthwiseConv2d(y, kernel: .square(3), activation: activation, name: "depthwise")
    y = b.conv2d(y, filters: 8, kernel: .square(1), activation: activation, name: "pointwise")
    b.output(b.conv2d(y, filters: 4, kernel: .square(1), name: "last"))
    return try b.build().changing("first/kernel") { weights in
      for index in weights.indices where index < weights.count / 2 { weights[index] /= 32 }
    }
  }

  private static let activations: [Activation] = [.none, .relu, .relu6]

  @Test(arguments: activations) func theGraphComputesWhatItDid(activation: Activation) throws {
    let graph = try uneven(activation)
    let samples = graph.syntheticInputs(count: 8, seed: 2)
    let table = try CalibrationTable(observing: graph, inputs: samples)
    let equalized = try Recipe.equalized.apply(to: graph, calibration: table)
    let fidelity = try TestGraphs.fidelity(of: equalized, to: graph, samples)
    // Factors are not powers of two: a few roundings of 2^-24 in each of four layers.
    #expect(try #require(fidelity.signalToNoise) > 110)
  }

  @Test(arguments: activations) func smallChannelsAreBroughtNearTheLargest(activation: Activation) throws {
    let graph = try uneven(activation)
    let samples = graph.syntheticInputs(count: 8, seed: 2)
    func spread(_ graph: Graph) throws -> Float {
      let table = try CalibrationTable(observing: graph, inputs: samples)
      let made = try #require(graph.node("first")).outputs[0]
      let channels = try #require(table.channels(of: made)).largest.filter { $0 > 0 }
      return try #require(channels.max()) / #require(channels.min())
    }
    let table = try CalibrationTable(observing: graph, inputs: samples)
    let before = try spread(graph)
    let after = try spread(Recipe.equalized.apply(to: graph, calibration: table))
    #expect(before > 16 && after < before / 8, "\(before) to \(after)")
  }

  @Test func eightBitStepsThenComeNearer() throws {
    let graph = try uneven(.relu)
    let samples = graph.syntheticInputs(count: 32, seed: 2)
    let others = graph.syntheticInputs(count: 32, seed: 3)
    func ratio(_ source: Graph) throws -> Double {
      let table = try CalibrationTable(observing: source, inputs: samples)
      let variant = try Recipe.int8Static.apply(to: source, calibration: table)
      return try #require(TestGraphs.fidelity(of: variant, to: graph, others).signalToNoise)
    }
    let table = try CalibrationTable(observing: graph, inputs: samples)
    #expect(try ratio(Recipe.equalized.apply(to: graph, calibration: table)) > ratio(graph))
  }

  @Test func aGraphWithoutSuchLayersIsRefused() throws {
    var b = GraphBuilder(name: "dense", weights: WeightRequest.seeded(4))
    b.output(b.dense(b.input("x", shape: [1, 16]), units: 8))
    let graph = try b.build()
    let table = try CalibrationTable(observing: graph, inputs: graph.syntheticInputs(count: 2, seed: 1))
    let error = #expect(throws: CompressionError.self) {
      try Recipe.equalized.apply(to: graph, calibration: table)
    }
    #expect(error?.description.contains("equalized does not apply") == true)
  }
}
