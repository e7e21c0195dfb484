import Compression
import Graph
import Testing

@Suite struct PruningTests {
  @Test func everyLayerLosesHalfAndTheOutputsNone() throws {
    let graph = try TestGraphs.residual()
    let variant = try Recipe.pruned50.apply(to: graph)
    #expect(variant.weightShape("stem") == [16, 3, 3, 3])
    #expect(variant.weightShape("first") == [16, 3, 3, 16])
    #expect(variant.weightShape("second") == [16, 3, 3, 16])
    #expect(variant.weightShape("depthwise") == [1, 3, 3, 16])
    #expect(variant.weightShape("pointwise") == [16, 1, 1, 16])
    #expect(variant.weightShape("logits") == [10, 16])
    #expect(try variant.cost().parameters < graph.cost().parameters / 3)
    let outputs = try TestGraphs.run(variant, graph.syntheticInputs(count: 1, seed: 1))
    #expect(outputs[0].count == 10)
  }

  /// Sets the weights of some of a layer's output channels to zero.
  static func silencing(_ graph: Graph, _ layer: String, _ channels: [Int], norm: String? = nil) -> Graph {
    let count = graph.weightShape(layer)?[0] ?? 1
    let silent = graph.changing("\(layer)/kernel") { values in
      let size = values.count / count
      for channel in channels { for index in channel * size..<(channel + 1) * size { values[index] = 0 } }
    }
    return silent.changing("\(layer)/bias") { values in
      guard !values.isEmpty else { return }
      for channel in channels { values[channel] = 0 }
    }
  }

  @Test func equalsTheOriginalWhereTheRemovedChannelsAreZero() throws {
    let odd = (0..<32).filter { $0 % 2 == 1 }
    var graph = try TestGraphs.residual(softmax: false)
    // The stem and the second layer are added up, so the same channels of both go.
    for layer in ["stem", "first", "second", "pointwise"] { graph = Self.silencing(graph, layer, odd) }
    // What is zero must stay zero on the way: no bias or mean after it.
    for name in ["depthwise/bias", "norm/bias", "norm/mean"] {
      graph = graph.changing(name) { values in for channel in odd { values[channel] = 0 } }
    }
    let variant = try Recipe.pruned50.apply(to: graph)
    #expect(variant.weightShape("second") == [16, 3, 3, 16])
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 4, seed: 3))
    // The same terms, summed in another order: at most 288 * 2^-24 of the magnitudes a layer, which is -95 dB; a
    // channel too many or too few gives less than 30 dB.
    #expect(try #require(fidelity.signalToNoise) >= 80)
  }

  @Test func removesTheChannelsOfTheSmallestWeights() throws {
    let weak = [1, 2, 3, 5, 8, 13, 21, 30, 0, 4, 6, 7, 9, 10, 11, 12]
    let graph = try TestGraphs.residual().changing("first/kernel") { values in
      for channel in weak { for index in channel * 288..<(channel + 1) * 288 { values[index] *= 0.01 } }
    }.changing("first/bias") { values in
      for channel in values.indices { values[channel] = Float(channel) }
    }
    let variant = try Recipe.pruned50.apply(to: graph)
    let kept = variant.tensor(named: "first/bias")?.constant?.elements(as: Float.self)
    #expect(kept == (0..<32).filter { !weak.contains($0) }.map { Float($0) })
  }

  @Test func followsChannelsThroughConcatenationAndFlattening() throws {
    var b = GraphBuilder(name: "fire", weights: WeightRequest.seeded(8))
    let image = b.input("image", shape: [1, 8, 8, 3])
    let squeeze = b.conv2d(image, filters: 16, kernel: .square(1), activation: .relu, name: "squeeze")
    let left = b.conv2d(squeeze, filters: 16, kernel: .square(1), activation: .relu, name: "left")
    let right = b.conv2d(squeeze, filters: 32, kernel: .square(3), activation: .relu, name: "right")
    let both = b.concat([left, right], axis: 3)
    let pooled = b.maxPool(both, window: .square(4))
    b.output(b.dense(b.flatten(pooled), units: 5, name: "head"))
    var graph = try b.build()
    let silentLeft = (0..<16).filter { $0 % 2 == 0 }
    let silentRight = (0..<32).filter { $0 % 4 < 2 }
    graph = Self.silencing(graph, "left", silentLeft)
    graph = Self.silencing(graph, "right", silentRight)
    graph = Self.silencing(graph, "squeeze", Array(8..<16))
    let variant = try Recipe.pruned50.apply(to: graph)
    #expect(variant.weightShape("left") == [8, 1, 1, 8])
    #expect(variant.weightShape("right") == [16, 3, 3, 8])
    #expect(variant.weightShape("head") == [5, 4 * 24])
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, graph.syntheticInputs(count: 4, seed: 3))
    #expect(try #require(fidelity.signalToNoise) >= 80)
  }

  @Test func squeezeAndExcitationGatesFollowTheirChannels() throws {
    var b = GraphBuilder(name: "gate", weights: WeightRequest.seeded(8))
    let image = b.input("image", shape: [1, 8, 8, 3])
    let x = b.conv2d(image, filters: 32, kernel: .square(3), activation: .relu, name: "stem")
    let mean = b.globalAveragePool(x, keepsDimensions: true)
    let gate = b.sigmoid(b.conv2d(mean, filters: 32, kernel: .square(1), name: "gate"))
    b.output(b.conv2d(b.multiply(x, gate), filters: 4, kernel: .square(1), name: "head"))
    let graph = try b.build()
    let variant = try Recipe.pruned50.apply(to: graph)
    #expect(variant.weightShape("gate") == [16, 1, 1, 16])
    #expect(variant.weightShape("head") == [4, 1, 1, 16], "the outputs stay")
  }

  @Test func channelsThatSomethingRunsOverStay() throws {
    var b = GraphBuilder(name: "fixed", weights: WeightRequest.seeded(8))
    let image = b.input("image", shape: [1, 4, 4, 3])
    let x = b.conv2d(image, filters: 32, kernel: .square(1), name: "normalised")
    let y = b.conv2d(b.layerNorm(x), filters: 32, kernel: .square(1), name: "free")
    let z = b.conv2d(y, filters: 32, kernel: .square(3), groups: 4, name: "grouped")
    b.output(b.conv2d(z, filters: 4, kernel: .square(1), name: "head"))
    let graph = try b.build()
    let error = #expect(throws: CompressionError.self) { try Recipe.pruned50.apply(to: graph) }
    #expect(error?.description.contains("no layer has channels that can be removed") == true)
  }

  @Test(arguments: [(2, 1), (3, 2), (8, 4), (15, 8), (16, 8), (20, 16), (24, 16), (64, 32)])
  func halvesToMultiplesOfEight(count: Int, kept: Int) throws {
    var b = GraphBuilder(name: "count", weights: WeightRequest.seeded(8))
    let x = b.conv2d(b.input("x", shape: [1, 4, 4, 3]), filters: count, kernel: .square(1), name: "layer")
    b.output(b.conv2d(x, filters: 4, kernel: .square(1)))
    let variant = try Recipe.pruned50.apply(to: b.build())
    #expect(variant.weightShape("layer")?[0] == kept)
  }
}
