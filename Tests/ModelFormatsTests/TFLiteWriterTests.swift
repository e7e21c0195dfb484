import Graph
import Lowering
import ReferenceSuite
import TestSupport
import Testing

@testable import ModelFormats

/// What is written is read back as the same graph, and computes the same.
@Suite struct TFLiteWriterTests {
  static func rewritten(_ graph: Graph) throws -> Graph {
    try TFLiteReader.read(bytes: TFLiteWriter.bytes(of: graph), name: graph.name)
  }

  /// Models that TFLite has all operators for come back node by node.
  @Test(arguments: ReferenceSuite.models.map(\.id)) func referenceModelsComeBackTheSame(id: String) throws {
    let model = try #require(ReferenceSuite[id])
    // Zeros are made quickly; that values come back is seen on the other graphs.
    let graph = try model.build(weights: { [Float](repeating: 0, count: $0.shape.elementCount ?? 0) })
      .legalizedForTFLite()
    #expect(try Self.rewritten(graph).difference(from: graph) == nil)
  }

  @Test(arguments: Array(1...60) as [UInt64]) func randomGraphsComeBackTheSame(seed: UInt64) throws {
    let graph = try RandomGraph.make(seed: seed)
    let legal = try graph.legalizedForTFLite()
    try legal.validate()
    let read = try Self.rewritten(graph)
    #expect(read.difference(from: legal) == nil, "seed \(seed)")
    #expect(try TFLiteWriter.bytes(of: read) == TFLiteWriter.bytes(of: graph), "seed \(seed)")
    try Self.expectSameOutputs(read, graph, "seed \(seed)")
  }

  @Test func statesComeBackWithTheirFirstValues() throws {
    var b = GraphBuilder(name: "streaming")
    let x = b.input("x", shape: [1, 2])
    let memory = b.state("memory", shape: [1, 2], initial: TensorData([5, 6] as [Float]))
    let sum = b.add(b.apply(.readState(memory), []), x)
    b.write(sum, to: memory)
    b.output(sum)
    let graph = try b.build()
    let read = try Self.rewritten(graph)
    #expect(read.nodes.map(\.op.name) == ["readState", "add", "writeState"])
    #expect(read.states[0].initial?.elements(as: Float.self) == [5, 6])
    let evaluator = try Evaluator(read)
    let input = [TensorData([1, 1] as [Float])]
    #expect(try evaluator.run(input)[0].elements(as: Float.self) == [6, 7])
    #expect(try evaluator.run(input)[0].elements(as: Float.self) == [7, 8])
  }

  @Test func aNodeWithoutAFormIsNamed() throws {
    var b = GraphBuilder(name: "dilated")
    let x = b.input("x", shape: [1, 5, 5, 2])
    let weights = b.constant("w", shape: [3, 2, 2, 2], [Float](repeating: 1, count: 24))
    b.output(
      b.apply(.transposeConv2d(Convolution(dilations: .square(2))), [x, weights], name: "upsample"))
    let graph = try b.build()
    #expect {
      try TFLiteWriter.bytes(of: graph)
    } throws: {
      "\($0)".contains("node 'upsample' (transposeConv2d) cannot be written as TFLite")
        && "\($0)".contains(".ebplan")
    }
  }

  @Test func weightsStartAtMultiplesOfSixteen() throws {
    var b = GraphBuilder(name: "aligned", weights: WeightRequest.seeded(3))
    let x = b.input("x", shape: [1, 3])
    b.output(b.dense(b.dense(x, units: 5), units: 7))
    let graph = try b.build()
    let bytes = try TFLiteWriter.bytes(of: graph)
    for tensor in graph.tensors {
      guard let value = tensor.constant?.elements(as: UInt8.self), value.contains(where: { $0 != 0 }) else {
        continue
      }
      let place = try #require(bytes.firstPlace(of: value))
      #expect(place % 16 == 0)
    }
  }

  @Test(arguments: [1, 3]) func prunedWeightsTakeLessRoomAndComeBackBitByBit(kernel: Int) throws {
    var b = GraphBuilder(name: "pruned", weights: WeightRequest.seeded(3))
    let image = b.input("x", shape: [1, 8, 8, 300])
    b.output(b.dense(b.globalAveragePool(b.conv2d(image, filters: 16, kernel: .square(kernel))), units: 10))
    var graph = try b.build()
    let dense = try TFLiteWriter.bytes(of: graph).count
    var stored = 0
    for index in graph.tensors.indices where graph.tensors[index].shape.rank > 1 {
      guard let data = graph.tensors[index].constant else { continue }
      // A tenth is left, among it a negative zero; indices of more than eight bits.
      let values = data.elements(as: Float.self).enumerated().map { $0 == 20 ? -0.0 : $0 % 10 == 0 ? $1 : 0 }
      graph.tensors[index].constant = TensorData(values)
      stored += data.byteCount / 10 * 6 / 4
    }
    let bytes = try TFLiteWriter.bytes(of: graph)
    #expect(dense - bytes.count > graph.tensors.reduce(0) { $0 + ($1.constant?.byteCount ?? 0) } - 2 * stored)
    let read = try TFLiteReader.read(bytes: bytes, name: "pruned")
    try Self.expectSameOutputs(read, graph, "pruned")
    func weights(_ graph: Graph) -> Set<[UInt32]> {
      Set(
        graph.nodes.compactMap { $0.inputs.count > 1 ? $0.inputs[1] : nil }
          .compactMap { graph[$0].constant?.elements(as: UInt32.self) })
    }
    #expect(weights(read) == weights(graph))
  }

  static func expectSameOutputs(
    _ found: Graph, _ expected: Graph, _ comment: String, tolerance: Float = 1e-5,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let inputs = expected.randomInputs(seed: 3).map { TensorData($0) }
    for (a, b) in zip(try evaluate(found, inputs: inputs), try evaluate(expected, inputs: inputs)) {
      let (a, b) = (a.elements(as: Float.self), b.elements(as: Float.self))
      let scale = max(1e-3, b.map(abs).max() ?? 0)
      let worst = zip(a, b).map { abs($0 - $1) }.max() ?? 0
      #expect(
        a.count == b.count && worst <= tolerance * scale, "\(comment): error \(worst) on \(scale)",
        sourceLocation: sourceLocation)
    }
  }
}

extension [UInt8] {
  fileprivate func firstPlace(of part: [UInt8]) -> Int? {
    guard count >= part.count else { return nil }
    return (0...count - part.count).first {
      self[$0] == part[0] && self[$0..<$0 + part.count].elementsEqual(part)
    }
  }
}
