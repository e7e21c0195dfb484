import Foundation
import Graph
import Testing

@testable import Compression

@Suite struct StaticQuantizationTests {
  static func quantized(_ graph: Graph, samples: Int = 16) throws -> Graph {
    let table = try CalibrationTable(
      observing: graph, inputs: graph.syntheticInputs(count: samples, seed: 1))
    return try Recipe.int8Static.apply(to: graph, calibration: table)
  }

  @Test func everyLayerComputesOnSteps() throws {
    let variant = try Self.quantized(TestGraphs.residual())
    let types = variant.nodes.map { node in node.outputs.first.map { variant[$0].elementType } }
    #expect(types.dropLast().allSatisfy { $0 == .i8 })
    #expect(variant.nodes.first?.op.isQuantize == true && variant.nodes.last?.op == .dequantize)
    #expect(variant.nodes.filter { $0.op.isQuantize || $0.op == .dequantize }.count == 2)
    #expect(
      !variant.nodes.contains { if case .batchNorm = $0.op { true } else { false } }, "worked into weights")
    #expect(!variant.nodes.contains { if case .unary = $0.op { true } else { false } }, "worked into sums")
  }

  @Test func keepsTheOutputsOfASmallNetwork() throws {
    let graph = try TestGraphs.residual(softmax: false)
    let variant = try Self.quantized(graph)
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 16, seed: 9))
    // As for dynamic range, 44 dB a layer, over 7 layers and their 4 roundings of sums: 44 - 10 log10(11) = 33 dB.
    // Logits lie at a fraction of their channels' ranges, hence 10 dB off.
    #expect(try #require(fidelity.signalToNoise) >= 23)
    #expect(try #require(fidelity.cosine) >= 0.99)
  }

  @Test func scalesFollowTheSpecification() throws {
    var b = GraphBuilder(name: "fixed", weights: WeightRequest.seeded(4))
    let x = b.input("x", shape: [1, 16])
    let y = b.dense(x, units: 16, name: "layer")
    let both = b.concat([b.sigmoid(y, name: "gate"), b.tanh(y, name: "state"), y], axis: 1, name: "both")
    let flat = b.reshape(both, to: [1, 3, 16], name: "flat")
    b.output(b.softmax(b.dense(b.flatten(flat), units: 8, name: "head"), name: "scores"))
    let graph = try b.build()
    let variant = try Self.quantized(graph)
    func quantization(_ name: String) -> Quantization? { variant.tensor(named: name)?.quantization }
    #expect(quantization("gate as i8") ?? quantization("gate") == .perTensor(scale: 1 / 256, zeroPoint: -128))
    #expect(quantization("state") == .perTensor(scale: 1 / 128, zeroPoint: 0))
    #expect(quantization("scores as i8") == .perTensor(scale: 1 / 256, zeroPoint: -128))
    #expect(quantization("both") == quantization("layer"), "a concatenation and its inputs have one scale")
    #expect(
      quantization("gate for both") == quantization("both"), "gates have another, and are brought to it")
    #expect(quantization("flat") == quantization("both"), "moving elements keeps it")
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 16, seed: 9))
    #expect(try #require(fidelity.signalToNoise) >= 30)
  }

  @Test func stepsReachBothEndsOfTheObservedRangeAndZero() throws {
    var b = GraphBuilder(name: "ends", weights: WeightRequest.seeded(4))
    let x = b.input("x", shape: [1, 4])
    b.output(b.dense(x, units: 4, name: "layer"))
    let graph = try b.build()
    for (least, greatest) in [(-1, 3), (2, 5), (-7, -1), (0, 0.001)] as [(Float, Float)] {
      let input = TensorData([least, greatest, least, greatest])
      let table = try CalibrationTable(observing: graph, inputs: [[input]])
      let variant = try Recipe.int8Static.apply(to: graph, calibration: table)
      let quantization = try #require(variant.tensor(named: "x as i8")?.quantization)
      let (scale, zero) = (quantization.scales[0], quantization.zeroPoints[0])
      // The zero point is rounded to a step, which moves both ends by at most half of one.
      #expect(abs(scale * Float(-128 - zero) - min(least, 0)) <= 0.501 * scale)
      #expect(abs(scale * Float(127 - zero) - max(greatest, 0)) <= 0.501 * scale)
      #expect((-128...127).contains(zero))
    }
  }

  @Test func biasesAreStepsOfBothScales() throws {
    let graph = try TestGraphs.residual()
    let variant = try Self.quantized(graph)
    let node = try #require(variant.node("first"))
    let ids = node.inputs.compactMap { $0 }
    let (x, weights, bias) = (variant[ids[0]], variant[ids[1]], variant[ids[2]])
    let inputScale = try #require(x.quantization?.scales.first)
    let weightScales = try #require(weights.quantization?.scales)
    #expect(bias.elementType == .i32)
    #expect(bias.quantization?.scales == weightScales.map { $0 * inputScale })
    let real = try #require(graph.tensor(named: "first/bias")?.constant?.elements(as: Float.self))
    let steps = try #require(bias.constant?.elements(as: Int32.self))
    let source = try #require(graph.node("first"))
    let (input, kernel) = (try #require(source.inputs[0]), try #require(source.inputs[1]))
    let table = try CalibrationTable(observing: graph, inputs: graph.syntheticInputs(count: 16, seed: 1))
    let values = try #require(graph[kernel].constant).elements(as: Float.self)
    let quantizer = ChannelQuantizer(shape: graph[kernel].shape, axis: 0, values: values)
    let corrections: [Float] =
      quantizer.meanErrors(scales: weightScales, of: source.op, means: table.channels(of: input)?.means) ?? []
    #expect(corrections.count == steps.count)
    for (channel, (step, correction)) in zip(steps, corrections).enumerated() {
      let scale = Double(weightScales[channel] * inputScale)
      let expected = Double(real[channel] - correction)
      #expect(abs(Double(step) * scale - expected) <= scale * 0.5 * (1 + 1e-6))
    }
  }

  @Test func deadChannelsKeepTheirBias() throws {
    // Weights so small that the bias, in steps of their scale, would not fit 32 bits; and none at all.
    let graph = try TestGraphs.residual(softmax: false).changing("first/kernel") { values in
      for index in 0..<288 { values[index] = 1e-20 }
      for index in 288..<576 { values[index] = 0 }
    }.changing("first/bias") { bias in
      bias[0] = 3
      bias[1] = 2
    }
    let variant = try Self.quantized(graph)
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 8, seed: 9))
    #expect(try #require(fidelity.signalToNoise) >= 23)
  }

  @Test func whatHasNoKernelsStaysReal() throws {
    var b = GraphBuilder(name: "mixed", weights: WeightRequest.seeded(6))
    let x = b.input("x", shape: [1, 8, 32])
    let y = b.layerNorm(b.dense(x, units: 32, name: "first"), name: "norm")
    let product = b.matMul(y, y, transposeB: true, name: "product")
    b.output(b.dense(b.softmax(product, name: "scores"), units: 8, name: "second"))
    let graph = try b.build()
    let variant = try Self.quantized(graph)
    func type(_ name: String) -> ElementType? {
      variant.node(name)?.outputs.first.map { variant[$0].elementType }
    }
    #expect(type("first") == .i8 && type("second") == .i8)
    #expect(type("norm") == .f32 && type("product") == .f32)
    #expect(type("scores") == .f32, "between real operators, quantizing would only lose")
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 8, seed: 9))
    #expect(try #require(fidelity.signalToNoise) >= 25)
  }

  @Test func statesStayReal() throws {
    var b = GraphBuilder(name: "stream", weights: WeightRequest.seeded(6))
    let x = b.input("x", shape: [1, 16])
    let memory = b.state("memory", shape: [1, 16])
    let y = b.dense(b.add(x, b.read(memory)), units: 16, name: "layer")
    b.write(y, to: memory)
    b.output(y)
    let graph = try b.build()
    let variant = try Self.quantized(graph)
    #expect(variant.states.map(\.elementType) == [.f32])
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 8, seed: 1))
    #expect(try #require(fidelity.signalToNoise) >= 20)
  }

  @Test func calibrationNotesTheExtremes() throws {
    var b = GraphBuilder(name: "range")
    let x = b.input("x", shape: [3])
    b.output(b.unary(.negate, x))
    let graph = try b.build()
    let table = try CalibrationTable(
      observing: graph, inputs: [[TensorData([1, 2, 3] as [Float])], [TensorData([-4, 0, 1] as [Float])]])
    #expect(table[graph.inputs[0]] == -4...3)
    #expect(table[graph.outputs[0]] == -3...4)
    #expect(throws: CompressionError.self) { try CalibrationTable(observing: graph, inputs: []) }
    #expect(throws: CompressionError.self) {
      try CalibrationTable(observing: graph, inputs: [[TensorData([.infinity, 0, 0] as [Float])]])
    }
    #expect(throws: CompressionError.self) {
      try CalibrationTable(observing: graph, inputs: [[TensorData([1] as [Float])]])
    }
  }
}
