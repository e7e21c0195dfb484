import Graph
import ModelFormats
import TestSupport
import Testing

/// Models with an operator that edgebench does not have, read to be sized.
@Suite struct OmittedOperatorTests {
  private static let options = ReadOptions(structureOnly: true, omitsUnsupported: true)

  /// A convolution, a Sparkle with weights of its own, a dense layer.
  private func sparkling(_ change: (inout ONNXFile) -> Void = { _ in }) -> [UInt8] {
    var file = ONNXFile()
    file.graph.input("x", ["batch", 2, 4, 4])
    file.graph.initializer(.init("w", [3, 2, 1, 1], floats: [1, 2, 3, 4, 5, 6]))
    file.graph.node("Conv", ["x", "w"], ["c"])
    file.graph.initializer(.init("k", [7], floats: [1, 2, 3, 4, 5, 6, 7]))
    file.graph.node("Sparkle", ["c", "k"], ["s"])
    file.graph.initializer(.init("dense", [8, 2], floats: (0..<16).map { Float($0) }))
    file.graph.node("MatMul", ["s", "dense"], ["y"])
    file.graph.output("y", ["batch", "classes"])
    change(&file)
    return file.bytes()
  }

  @Test func whatIsBehindAnUnknownNodeIsSizedByTheShapeThatTheFileDeclares() throws {
    let bytes = sparkling { $0.graph.value("s", ["batch", 8]) }
    let graph = try ONNXReader.read(bytes: bytes, name: "m.onnx", Self.options)
    try graph.validate()
    let omissions = try #require(graph.omissions)
    #expect(omissions.operators.map(\.name) == ["Sparkle"])
    #expect(omissions.operators[0].place.contains("node 1 's' (Sparkle, opset 17)"))
    #expect(omissions.operators[0].remedy != nil)
    #expect(omissions.unknownOutputs == [])
    #expect(graph.ownInputs.map { graph[$0].name } == ["x"])
    #expect(graph.ownOutputs.map { graph[$0].name } == ["y"])
    #expect(graph[graph.outputs[0]].shape == [1, 2])
    let cost = try graph.cost()
    // The convolution: 16 places, 2 channels into 3. The dense layer: 8 into 2.
    #expect(cost.macs == 16 * 2 * 3 + 8 * 2)
    // The weights of all three, those of the unknown node with them.
    #expect(cost.parameters == 6 + 7 + 16)
  }

  @Test func whatHasNoDeclaredShapeIsUnknownAndSoIsWhatReadsIt() throws {
    let graph = try ONNXReader.read(bytes: sparkling(), name: "m.onnx", Self.options)
    try graph.validate()
    let omissions = try #require(graph.omissions)
    #expect(omissions.operators.map(\.name) == ["Sparkle", "MatMul"])
    #expect(omissions.operators[1].reason.contains("unknown shape, 's'"))
    #expect(omissions.operators[1].remedy == nil)
    #expect(omissions.unknownOutputs == ["y"])
    #expect(graph.ownOutputs.isEmpty)
    let cost = try graph.cost()
    #expect(cost.macs == 16 * 2 * 3)
    #expect(cost.parameters == 6 + 7 + 16)
  }

  @Test func anExtentThatNoInputHasIsNotGuessed() throws {
    let bytes = sparkling { $0.graph.value("s", ["batch", "found"]) }
    let graph = try ONNXReader.read(bytes: bytes, name: "m.onnx", Self.options)
    #expect(graph.omissions?.unknownOutputs == ["y"])
  }

  @Test func aModelThatIsToBeRunIsRefused() {
    #expect { try ONNXReader.read(bytes: sparkling(), name: "m.onnx") } throws: {
      "\($0)".contains("is Sparkle, which edgebench cannot run")
    }
  }

  @Test func aModelOfKnownOperatorsHasNoOmissions() throws {
    let graph = try ONNXReader.read(
      bytes: ONNXSamples.convolutional().bytes(), name: "m.onnx", Self.options)
    #expect(graph.omissions == nil)
  }

  @Test func anOperationOfAProgramHasItsShapeInTheFile() throws {
    let graph = try CoreMLReader.read(
      bytes: CoreMLSamples.unknownOperation(), name: "m.mlmodel", Self.options)
    try graph.validate()
    #expect(graph.omissions?.operators.map(\.name) == ["sparkle"])
    #expect(graph.ownInputs.count == 1)
    #expect(graph.ownOutputs.map { graph[$0].shape } == [[2]])
  }

  @Test func aLayerOfANetworkWithoutAShapeIsUnknown() throws {
    let graph = try CoreMLReader.read(
      bytes: CoreMLSamples.customLayer(), name: "m.mlmodel", Self.options)
    try graph.validate()
    let omissions = try #require(graph.omissions)
    #expect(omissions.operators.map(\.name) == ["custom", "softmax"])
    #expect(omissions.unknownOutputs == ["y"])
  }

  @Test(arguments: [true, false]) func anNcnnLayerHasTheShapeOfItsHint(isHinted: Bool) throws {
    let text = """
      7767517
      4 4
      Input d 0 1 d 0=4 1=4 2=2
      Convolution c 1 1 d e 0=3 1=1 6=6
      Sparkle s 1 1 e f\(isHinted ? " -23330=4,1,8,1,1" : "")
      InnerProduct i 1 1 f o 0=2 2=16
      """
    // A tag and six weights of the convolution; Sparkle's and the dense layer's are not looked at.
    let weights = [UInt8](repeating: 0, count: 4 + 4 * 6)
    let graph = try NcnnReader.read(
      structure: Array(text.utf8), weights: weights, name: "net.param", Self.options)
    try graph.validate()
    let omissions = try #require(graph.omissions)
    #expect(omissions.operators.map(\.name) == (isHinted ? ["Sparkle"] : ["Sparkle", "InnerProduct"]))
    #expect(omissions.unknownOutputs == (isHinted ? [] : ["o"]))
    #expect(try graph.cost().macs == 16 * 2 * 3 + (isHinted ? 16 : 0))
  }
}
