import Graph
import Lowering
import ModelFormats
import TestSupport
import Testing

/// Models that are more than one list of operators: loops, branches, states, and constants in encodings of their own.
@Suite struct TFLiteSubgraphTests {
  private static func read(_ file: TFLiteFile, _ options: ReadOptions = ReadOptions()) throws -> Graph {
    try TFLiteReader.read(bytes: file.bytes(), name: "test.tflite", options)
  }

  private static func run(_ graph: Graph, _ inputs: [[Float]]) throws -> [[Float]] {
    try evaluate(graph, inputs: inputs.map { TensorData($0) }).map { $0.elements(as: Float.self) }
  }

  @Test func aLoopIsUnrolledAsOftenAsItsCounterLeads() throws {
    let graph = try Self.read(TFLiteSamples.loop())
    #expect(graph.nodes.count == 3)
    #expect(graph.tracedInputs.isEmpty)
    #expect(try Self.run(graph, [[1, -2]]) == [[8, -16]])
  }

  @Test(arguments: [true, false]) func aBranchFollowsTheInputThatDecidesAndSaysSo(isTaken: Bool) throws {
    var file = TFLiteFile()
    let condition = file.tensor("condition", type: 6, shape: [])
    let x = file.tensor("x", shape: [2])
    let y = file.tensor("y", shape: [2])
    file.add(
      code: 118, [condition, x], [y], options: (92, FlatObject([0: .int(Int32(1)), 1: .int(Int32(2))])))
    file.subgraphs[0].inputs = [condition, x]
    file.subgraphs[0].outputs = [y]
    for index in [1, 2] {
      file.subgraphs.append(TFLiteFile.Subgraph())
      file.current = index
      let a = file.tensor("a", shape: [2])
      let b = file.tensor("b", shape: [2])
      // NEG, or ABS
      file.add(code: index == 1 ? 59 : 101, [a], [b])
      file.subgraphs[index].inputs = [a]
      file.subgraphs[index].outputs = [b]
    }
    let value = TensorData([UInt8(isTaken ? 1 : 0)])
    let graph = try Self.read(file, ReadOptions(inputValues: ["condition": value]))
    #expect(graph.tracedInputs == [graph.inputs[0]])
    let result = try evaluate(graph, inputs: [value, TensorData([Float(3), -4])])[0].elements(as: Float.self)
    #expect(result == (isTaken ? [-3, 4] : [3, 4]))
  }

  @Test func sparseConstantsAreDense() throws {
    let graph = try Self.read(TFLiteSamples.sparse())
    // [[0, 0, 5], [7, 0, 0]] times (1, 2, 3)
    #expect(try Self.run(graph, [[1, 2, 3]]) == [[15, 7]])
  }

  @Test func variableTensorsKeepTheirValueBetweenInferences() throws {
    let graph = try Self.read(TFLiteSamples.memory())
    let evaluator = try Evaluator(graph)
    func next(_ x: [Float]) throws -> [Float] {
      try evaluator.run([TensorData(x)])[0].elements(as: Float.self)
    }
    // Features 1, 2 make 5 and then 8; times weigh the one before by 10.
    #expect(try next([1, 2]) == [5])
    #expect(try next([2, 3]) == [10 * 5 + 8])
  }

  @Test func detectionsAreTheBestBoxesThatDoNotOverlap() throws {
    let graph = try Self.read(TFLiteSamples.detector())
    // Encodings of zeros leave the anchors. The background is the first column; the second box has the best class.
    let scores: [Float] = [
      0.9, 0.1, 0.2, 0, 0.3, 0.95, 0, 0.6, 0.4, 0, 0.4, 0.1,
    ]
    let results = try Self.run(graph, [[Float](repeating: 0, count: 16), scores])
    #expect(results[3] == [2])
    #expect(results[1].prefix(2) == [1, 0])
    #expect(results[2] == [0.95, 0.6, 0])
    // The second anchor: centre (4/16, 5/16), size (6/16, 7/16).
    #expect(Array(results[0].prefix(4)) == [0.0625, 0.09375, 0.4375, 0.53125])
  }

  @Test func signaturesNameASubgraph() {
    #expect {
      try Self.read(TFLiteSamples.loop(), ReadOptions(signature: "serve"))
    } throws: {
      "\($0)"
        == "test.tflite: signature 'serve': the model has no such signature; expected none: the model has no signatures"
    }
  }

  @Test func tensorFlowsOwnOperatorsSayHowToBeWithoutThem() {
    var file = TFLiteFile()
    file.add(.custom, [], [file.tensor("y", shape: [1])], customName: "FlexErf")
    #expect {
      try Self.read(file)
    } throws: {
      "\($0)".contains(
        "'FlexErf' (TensorFlow's own: convert the model with TFLite's built-in operators only)")
    }
  }
}
