import Graph
import Lowering
import Testing

@testable import Compression

/// The mean error that rounded weights make, against running the layer with both weights on an input of the means.
@Suite struct BiasCorrectionTests {
  enum Layer: CaseIterable { case convolution, grouped, depthwise, dense }

  @Test(arguments: Layer.allCases) func theMeanErrorIsThatOfTheLayerOnTheMeans(layer: Layer) throws {
    var b = GraphBuilder(name: "layer", weights: WeightRequest.seeded(3))
    let x = b.input("x", shape: layer == .dense ? [1, 8] : [1, 3, 3, 8])
    switch layer {
    case .convolution: b.output(b.conv2d(x, filters: 4, kernel: .square(3), padding: .valid, useBias: false))
    case .grouped:
      b.output(b.conv2d(x, filters: 4, kernel: .square(3), padding: .valid, groups: 2, useBias: false))
    case .depthwise:
      b.output(b.depthwiseConv2d(x, kernel: .square(3), padding: .valid, multiplier: 2, useBias: false))
    case .dense: b.output(b.dense(x, units: 4, useBias: false))
    }
    let graph = try b.build()
    let node = try #require(graph.nodes.first { $0.op.weightChannelAxis != nil })
    let weights = try #require(node.inputs[1])
    let values = try #require(graph[weights].constant).elements(as: Float.self)
    let axis = try #require(node.op.weightChannelAxis)
    let quantizer = ChannelQuantizer(shape: graph[weights].shape, axis: axis, values: values)
    let scales = quantizer.scales()
    var random = SplitMix64(seed: 9)
    let means = (0..<8).map { _ in random.uniform(within: 2) + 1 }
    let errors: [Float] = quantizer.meanErrors(scales: scales, of: node.op, means: means) ?? []

    let pixels = layer == .dense ? 1 : 9
    let input = [TensorData((0..<pixels).flatMap { _ in means })]
    var rounded = graph
    let inner = graph[weights].shape.dimensions[(axis + 1)...].reduce(1, *)
    rounded[weights].constant = TensorData(
      quantizer.steps(scales: scales).enumerated().map { index, step in
        Float(step) * scales[index / inner % scales.count]
      })
    let exact = TestGraphs.elements(try evaluate(graph, inputs: input))
    let moved = TestGraphs.elements(try evaluate(rounded, inputs: input))
    #expect(errors.count == exact.count)
    // Two f32 sums of up to 72 products below 3 * 1: 2 * 72 * 3 * 2^-24.
    for (error, (a, b)) in zip(errors, zip(exact, moved)) { #expect(abs(error - (b - a)) < 3e-5) }
  }

  @Test func aCorrectedModelHasTheMeanOfTheSource() throws {
    var b = GraphBuilder(name: "layer", weights: WeightRequest.seeded(3))
    let x = b.input("x", shape: [1, 6, 6, 32])
    b.output(b.conv2d(x, filters: 8, kernel: .square(3), padding: .valid, useBias: false, name: "layer"))
    let graph = try b.build()
    // Far from zero: rounding errors of the weights add up.
    let samples = graph.syntheticInputs(count: 16, seed: 4).map {
      [TensorData($0[0].elements(as: Float.self).map { $0 + 3 })]
    }
    let table = try CalibrationTable(observing: graph, inputs: samples)
    let variant = try Recipe.int8Static.apply(to: graph, calibration: table)
    func means(_ graph: Graph) throws -> [Double] {
      let outputs = try TestGraphs.run(graph, samples).flatMap { $0 }
      return (0..<8).map { channel in
        let own = stride(from: channel, to: outputs.count, by: 8).map { Double(outputs[$0]) }
        return own.reduce(0, +) / Double(own.count)
      }
    }
    let made = try #require(
      variant.tensors.first { $0.quantization != nil && $0.name.hasPrefix("layer") && $0.constant == nil })
    let step = Double(try #require(made.quantization).scales[0])
    // Rounding 256 results of a channel: a step / sqrt(12 * 256) each, and five times that for the rounding of inputs.
    for (expected, found) in zip(try means(graph), try means(variant)) {
      #expect(abs(expected - found) < 6 * step / (12.0 * 256).squareRoot())
    }
  }
}
