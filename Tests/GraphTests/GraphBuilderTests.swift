import Graph
import Testing

@Suite struct GraphBuilderTests {
  /// A small network with one of most kinds of layer.
  static func tiny(seed: UInt64 = 7) throws -> Graph {
    var b = GraphBuilder(name: "tiny", weights: WeightRequest.seeded(seed))
    let image = b.input("image", shape: [1, 9, 9, 3])
    var x = b.conv2d(image, filters: 8, kernel: .square(3), strides: .square(2), activation: .relu6)
    let skip = x
    x = b.depthwiseConv2d(x, kernel: .square(3), activation: .relu)
    x = b.batchNorm(b.conv2d(x, filters: 8, kernel: .one, useBias: false))
    x = b.add(x, skip)
    x = b.maxPool(x, window: .square(2), padding: .same)
    x = b.dense(b.globalAveragePool(x), units: 10)
    b.output(b.softmax(x, name: "probabilities"))
    return try b.build()
  }

  @Test func shapesFollowFromLayers() throws {
    let graph = try Self.tiny()
    let shapes = graph.nodes.map { graph[$0.outputs[0]].shape }
    #expect(
      shapes == [
        [1, 5, 5, 8], [1, 5, 5, 8], [1, 5, 5, 8], [1, 5, 5, 8], [1, 5, 5, 8], [1, 3, 3, 8], [1, 8], [1, 10],
        [1, 10],
      ])
    #expect(graph[graph.outputs[0]].name == "probabilities")
  }

  @Test func namesAreUnique() throws {
    var b = GraphBuilder(name: "names")
    let x = b.input("x", shape: [1, 4])
    _ = b.relu(x, name: "relu_1")
    b.output(b.relu(b.relu(x)))
    let graph = try b.build()
    #expect(graph.nodes.map(\.name) == ["relu_1", "relu", "relu_2"])
  }

  @Test func sameSeedGivesSameWeightsAndOthersDiffer() throws {
    let first = try Self.tiny(seed: 7)
    let again = try Self.tiny(seed: 7)
    let other = try Self.tiny(seed: 8)
    let values = [first, again, other].map {
      $0.tensors.compactMap(\.constant).map { $0.elements(as: Float.self) }
    }
    #expect(values[0] == values[1])
    #expect(zip(values[0], values[2]).allSatisfy { $0 != $1 })
  }

  @Test func anAddedLayerChangesNoOtherWeights() throws {
    func kernel(withExtraLayer: Bool) throws -> [Float] {
      var b = GraphBuilder(name: "prefix")
      var x = b.input("x", shape: [1, 4, 4, 2])
      if withExtraLayer { x = b.conv2d(x, filters: 2, kernel: .one, name: "extra") }
      b.output(b.conv2d(x, filters: 3, kernel: .square(3), name: "last"))
      let graph = try b.build()
      let tensor = try #require(graph.tensors.first { $0.name == "last/kernel" })
      return try #require(tensor.constant).elements(as: Float.self)
    }
    #expect(try kernel(withExtraLayer: false) == kernel(withExtraLayer: true))
  }

  @Test func seededKernelsHaveHesVariance() {
    let count = 100_000
    let request = WeightRequest(
      name: "k", role: .kernel, shape: [count], fanIn: 50, fanOut: 70, activation: .relu)
    let values = WeightRequest.seeded(3)(request)
    let variance = values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
    // The mean square of n uniforms has a relative deviation of sqrt(4/5 / n); 5 of them.
    #expect(abs(variance / (2.0 / 50) - 1) < 5 * (0.8 / Double(count)).squareRoot())
  }

  @Test func splitMixFollowsItsReferenceSequence() {
    // First outputs for seed 1234567 of the authors' C code (splitmix64.c).
    var random = SplitMix64(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    #expect(random.next() == 9_817_491_932_198_370_423)
  }

  @Test func theFirstLayerThatDoesNotFitIsNamed() {
    var b = GraphBuilder(name: "bad")
    let a = b.input("a", shape: [1, 4])
    let c = b.input("c", shape: [1, 5])
    let sum = b.add(a, c, name: "sum")
    b.output(b.conv2d(sum, filters: 1, kernel: .one))
    #expect {
      try b.build()
    } throws: { error in
      "\(error)" == "node 'sum' (add): a is f32 1x4, b is f32 1x5; expected shapes that broadcast"
    }
  }

  @Test func aWrongCountOfGeneratedValuesIsRefused() {
    var b = GraphBuilder(name: "short", weights: { _ in [1] })
    b.output(b.dense(b.input("x", shape: [1, 3]), units: 2))
    #expect(throws: GraphError.self) { try b.build() }
  }

  @Test func statesAreReadAndWritten() throws {
    var b = GraphBuilder(name: "stream")
    let x = b.input("x", shape: [1, 4])
    let memory = b.state("memory", shape: [1, 4])
    let sum = b.add(x, b.read(memory))
    b.write(sum, to: memory)
    b.output(sum)
    let graph = try b.build()
    #expect(graph.nodes.map(\.op.name) == ["readState", "add", "writeState"])
    #expect(try graph.cost().stateBytes == 16)
  }
}
