import Compression
import Foundation
import Graph
import Testing

/// Weights of fewer bits, arithmetic as before.
@Suite struct WeightTests {
  @Test func halfWeightsAreTheNearestAndHalfTheSize() throws {
    let graph = try TestGraphs.residual()
    let variant = try Recipe.f16.apply(to: graph)
    let full = try #require(graph.tensor(named: "first/kernel")?.constant?.elements(as: Float.self))
    let half = try #require(variant.tensor(named: "first/kernel"))
    #expect(half.elementType == .f16)
    #expect(half.constant?.elements(as: UInt16.self) == full.map { Float16($0).bitPattern })
    #expect(variant.tensor(named: "first/bias")?.elementType == .f32)
  }

  @Test func halfWeightsKeepTheOutputs() throws {
    let graph = try TestGraphs.residual(softmax: false)
    let variant = try Recipe.f16.apply(to: graph)
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 8, seed: 2))
    // Each of 6 layers adds rounding errors of at most 2^-11, all alike in the worst case: 6 * 2^-11 is -51 dB.
    let ratio = try #require(fidelity.signalToNoise)
    #expect(ratio >= 51)
    #expect(ratio < .infinity, "the weights were rounded")
  }

  /// A layer whose 16-bit weights the graph itself widens, as converters write it.
  static func widening(_ weights: [Float]) throws -> Graph {
    var b = GraphBuilder(name: "half", weights: WeightRequest.seeded(3))
    let x = b.input("x", shape: [1, 64])
    let half = b.constant(
      "weights", elementType: .f16, shape: [32, 64], TensorData(weights.map { Float16($0).bitPattern }))
    let wide = b.apply(.dequantize, [half], name: "widened", declared: TensorType(.f32, [32, 64]))
    b.output(b.apply(.fullyConnected(activation: .none, keepsLeadingAxes: false), [x, wide], name: "layer"))
    return try b.build()
  }

  @Test func weightsThatAreHalfAlreadyAreTakenAsTheyAre() throws {
    let graph = try Self.widening((0..<2048).map { Float($0 % 31) / 16 - 1 })
    let inputs = graph.syntheticInputs(count: 2, seed: 2)
    let variant = try Recipe.f16.apply(to: graph)
    #expect(variant.nodes.count == 1)
    #expect(try TestGraphs.fidelity(of: variant, to: graph, inputs).signalToNoise ?? 0 > 100)
    let quantized = try Recipe.int8Dynamic.apply(to: graph)
    #expect(quantized.nodes.count == 1 && quantized.tensor(named: "widened")?.elementType == .i8)
  }

  @Test func eightBitWeightsAreQuantizedFurtherOnlyAlongWithActivations() throws {
    let graph = try TestGraphs.residual(softmax: false)
    let hybrid = try Recipe.int8Dynamic.apply(to: graph)
    let inputs = hybrid.syntheticInputs(count: 8, seed: 2)
    let table = try CalibrationTable(observing: hybrid, inputs: inputs)
    for recipe in [Recipe.f16, .int8Dynamic, .pruned50] {
      let error = #expect(throws: CompressionError.self) { try recipe.apply(to: hybrid, calibration: table) }
      #expect(error?.description.hasSuffix("the model's weights are 8-bit already.") == true)
    }
    let variant = try Recipe.int8Static.apply(to: hybrid, calibration: table)
    #expect(variant.nodes.filter { $0.op.isQuantize || $0.op == .dequantize }.count == 2)
    #expect(try #require(TestGraphs.fidelity(of: variant, to: graph, inputs).signalToNoise) >= 20)
  }

  @Test func weightsBeyondHalfsRangeStayAsTheyAre() throws {
    let graph = try TestGraphs.residual().changing("first/kernel") { $0[0] = 65536 }
    let variant = try Recipe.f16.apply(to: graph)
    #expect(variant.tensor(named: "first/kernel")?.elementType == .f32)
    #expect(variant.tensor(named: "second/kernel")?.elementType == .f16)
  }

  @Test func dynamicRangeWeightsAreSymmetricPerChannel() throws {
    let graph = try TestGraphs.residual().changing("first/kernel") { values in
      for index in 0..<288 { values[index] = 0 }  // channel 0
    }
    let variant = try Recipe.int8Dynamic.apply(to: graph)
    let full = try #require(graph.tensor(named: "first/kernel")?.constant?.elements(as: Float.self))
    let quantized = try #require(variant.tensor(named: "first/kernel"))
    let quantization = try #require(quantized.quantization)
    let steps = try #require(quantized.constant?.elements(as: Int8.self))
    #expect(quantized.elementType == .i8)
    #expect(quantization.axis == 0)
    #expect(quantization.zeroPoints.allSatisfy { $0 == 0 })
    #expect(quantization.scales[0] == 1 && steps.prefix(288).allSatisfy { $0 == 0 })
    for (index, value) in full.enumerated() {
      let scale = quantization.scales[index / 288]
      // Half a step, and one rounding of the quotient.
      #expect(abs(scale * Float(steps[index]) - value) <= scale * 0.5 * (1 + 0x1p-20))
    }
    let channels = stride(from: 0, to: steps.count, by: 288).dropFirst()
    #expect(
      channels.allSatisfy { steps[$0..<$0 + 288].contains { abs($0) == 127 } }, "the whole range is used")
  }

  @Test func smallWeightsStayReal() throws {
    let variant = try Recipe.int8Dynamic.apply(to: TestGraphs.residual())
    #expect(variant.tensor(named: "stem/kernel")?.elementType == .f32, "864 elements")
    #expect(variant.tensor(named: "depthwise/kernel")?.elementType == .f32, "288 elements")
    #expect(variant.tensor(named: "logits/kernel")?.elementType == .f32, "320 elements")
    #expect(variant.tensor(named: "pointwise/kernel")?.elementType == .i8, "1024 elements")
  }

  @Test func depthwiseScalesRunAlongTheLastAxis() throws {
    var b = GraphBuilder(name: "wide", weights: WeightRequest.seeded(3))
    let x = b.input("x", shape: [1, 8, 8, 128])
    b.output(b.depthwiseConv2d(x, kernel: .square(3), name: "depthwise"))
    let graph = try b.build()
    let variant = try Recipe.int8Dynamic.apply(to: graph)
    let quantization = try #require(variant.tensor(named: "depthwise/kernel")?.quantization)
    #expect(quantization.axis == 3 && quantization.scales.count == 128)
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 2, seed: 2))
    #expect(try #require(fidelity.signalToNoise) >= 30)
  }

  @Test func dynamicRangeKeepsTheOutputsToSevenBits() throws {
    let graph = try TestGraphs.residual(softmax: false)
    let variant = try Recipe.int8Dynamic.apply(to: graph)
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 8, seed: 2))
    // A uniform weight of 7 bits and its sign has noise of (1/127)^2 / 12 against a signal of 1/3: 48 dB; inputs, of
    // 8 bits over a range of about 4 deviations, 47 dB. Three layers of both: 44 - 10 log10(3) = 39; the network's
    // rectifiers take off the signal's mean. A wrong scale or zero point gives less than 10 dB.
    let ratio = try #require(fidelity.signalToNoise)
    #expect(ratio >= 30)
    #expect(ratio < .infinity)
  }
}
