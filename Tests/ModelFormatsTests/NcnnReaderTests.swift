import Graph
import Lowering
import ModelFormats
import Testing

/// The text form of a network of `layers`.
private func structure(_ layers: [String]) -> [UInt8] {
  Array((["7767517", "\(layers.count) \(layers.count)"] + layers).joined(separator: "\n").utf8)
}

private func bytes(_ values: [Float]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }
private func bytes(_ words: UInt32...) -> [UInt8] { words.withUnsafeBytes { Array($0) } }

private func read(_ layers: [String], _ weights: [UInt8] = [], random: Bool = false) throws -> Graph {
  try NcnnReader.read(
    structure: structure(layers), weights: random ? nil : weights, name: "net.param",
    ReadOptions(randomWeights: random ? 1 : nil))
}

/// Output 0 of the graph, as f32.
private func run(_ graph: Graph, _ inputs: [[Float]]) throws -> [Float] {
  let values = try Evaluator(graph).run(inputs.map { TensorData($0) })
  return values[0].elements(as: Float.self)
}

@Suite struct NcnnReaderTests {
  let input = "Input data 0 1 data 0=2 1=2 2=1"

  @Test func aConvolutionMultipliesByTheFilesWeightsInTheirOrder() throws {
    let graph = try read(
      [input, "Convolution conv 1 1 data out 0=2 1=2 5=1 6=8"],
      bytes(0) + bytes([1, 2, 3, 4, 10, 20, 30, 40]) + bytes([0.5, -0.5]))
    #expect(graph[graph.inputs[0]].shape == [1, 1, 2, 2])
    #expect(graph[graph.outputs[0]].shape == [1, 2, 1, 1])
    #expect(try graph.cost().macs == 8)
    // 1*1 + 2*2 + 3*3 + 4*4 = 30; tenfold 300.
    #expect(try run(graph, [[1, 2, 3, 4]]) == [30.5, 299.5])
  }

  @Test func weightsBehindTheTagForHalvesAreHalves() throws {
    // 1, 2, 0.5, -1 as f16; the bias follows at a multiple of 4.
    let halves: [UInt16] = [0x3C00, 0x4000, 0x3800, 0xBC00]
    let graph = try read(
      [input, "InnerProduct fc 1 1 data out 0=1 1=1 2=4"],
      bytes(0x0130_6B47) + halves.withUnsafeBytes { Array($0) } + bytes([7]))
    #expect(try run(graph, [[1, 1, 2, 1]]) == [1 + 2 + 1 - 1 + 7])
  }

  @Test func anInt8LayerRoundsItsActivationsAndScalesItsWeights() throws {
    let steps: [Int8] = [127, -127, 64, 0]
    let graph = try read(
      [input, "InnerProduct fc 1 1 data out 0=1 1=0 2=4 8=2"],
      bytes(0x000D_4B38) + steps.map { UInt8(bitPattern: $0) } + bytes([127]) + bytes([10]))
    // Steps of a tenth: 0.26 becomes 0.3. Weights 1, -1, 64 / 127, 0.
    let expected: Float = 0.3 - 1 + 0.5 * 64 / 127
    #expect(abs(try run(graph, [[0.26, 1, 0.5, 9]])[0] - expected) < 1e-6)
  }

  @Test func aTableOfNumbersStandsBehindAnyOtherTag() throws {
    var table = [Float](repeating: 0, count: 256)
    table[3] = 2
    table[200] = -1
    let graph = try read(
      [input, "InnerProduct fc 1 1 data out 0=1 1=0 2=4"], bytes(1) + bytes(table) + [3, 200, 0, 3])
    #expect(try run(graph, [[1, 2, 3, 4]]) == [2 - 2 + 8])
  }

  @Test func theBinaryFormIsTheSameNetwork() throws {
    let words: [Int32] = [
      7_767_517, 2, 2, 16, 0, 1, 0, 0, 2, 1, 2, 2, 1, -233, 26, 1, 1, 0, 1, 0, Int32(bitPattern: 0x3F00_0000),
      -233,
    ]
    let graph = try NcnnReader.read(
      structure: words.withUnsafeBytes { Array($0) }, weights: [], name: "net.param.bin")
    #expect(try run(graph, [[2, -2, 4, -4]]) == [2, -1, 4, -2])
  }

  @Test func permutingAndFlatteningFollowsNcnnsOrder() throws {
    let image = "Input data 0 1 data 0=2 1=1 2=3"  // channels of two pixels: 0 1, 2 3, 4 5
    let values: [Float] = [0, 1, 2, 3, 4, 5]
    let plain = try read([image, "Flatten f 1 1 data out"])
    #expect(try run(plain, [values]) == values)
    let turned = try read([image, "Permute p 1 1 data x 0=3", "Flatten f 1 1 x out"])
    #expect(try run(turned, [values]) == [0, 2, 4, 1, 3, 5])
  }

  @Test func aVectorRunsAlongTheChannelsOfAnImage() throws {
    let graph = try read(
      [
        "Input data 0 1 data 0=2 1=1 2=2", "Input gate 0 1 gate 0=2", "BinaryOp mul 2 1 data gate out 0=2",
      ])
    #expect(try run(graph, [[1, 2, 3, 4], [10, 100]]) == [10, 20, 300, 400])
  }

  @Test func poolingPadsUntilTheLastWindowFits() throws {
    let graph = try read(["Input data 0 1 data 0=3 1=1 2=1", "Pooling p 1 1 data out 0=0 1=1 2=2"])
    #expect(try run(graph, [[1, 5, 3]]) == [1, 3])
    let full = try read(["Input data 0 1 data 0=4 1=1 2=1", "Pooling p 1 1 data out 0=0 1=3 11=1 2=2 12=1"])
    #expect(try run(full, [[1, 5, 3, 9]]) == [5, 9])
  }

  @Test func aDepthwiseDeconvolutionSpreadsEachPixel() throws {
    let graph = try read(
      [
        "Input data 0 1 data 0=2 1=1 2=1",
        "DeconvolutionDepthWise d 1 1 data out 0=1 1=2 11=1 3=2 13=1 6=2 7=1",
      ],
      bytes(0) + bytes([1, 10]))
    #expect(try run(graph, [[3, 4]]) == [3, 30, 4, 40])
    let two = try read(
      [
        "Input data 0 1 data 0=2 1=1 2=2",
        "DeconvolutionDepthWise d 1 1 data out 0=2 1=2 11=1 3=2 13=1 6=4 7=2",
      ],
      bytes(0) + bytes([1, 10, 2, 20]))
    #expect(try run(two, [[3, 4, 5, 6]]) == [3, 30, 4, 40, 10, 100, 12, 120])
  }

  @Test func attentionOfOneRowReturnsItsValue() throws {
    let identity: [Float] = [1, 0, 0, 1]
    let weights = (0..<4).flatMap { _ in bytes(0) + bytes(identity) + bytes([0, 0]) }
    let graph = try read(
      ["Input data 0 1 data 0=2 1=1", "MultiHeadAttention a 1 1 data out 0=2 1=1 2=4"], weights)
    #expect(try run(graph, [[3, -5]]) == [3, -5])
  }

  @Test func boxLayersEndTheGraph() throws {
    let graph = try read(
      [input, "ReLU a 1 1 data x", "Sigmoid b 1 1 data y", "Yolov3DetectionOutput d 2 1 x y out 0=80"])
    #expect(graph.outputs.count == 2)
  }

  @Test func anOpenShapeIsTakenFromTheOptionsOrSaid() throws {
    let layers = structure(["Input data 0 1 data", "ReLU r 1 1 data out"])
    let given = try NcnnReader.read(
      structure: layers, weights: [], name: "net.param", ReadOptions(inputShapes: ["data": [1, 3, 8, 9]]))
    #expect(given[given.outputs[0]].shape == [1, 3, 8, 9])
    nonisolated(unsafe) var notes: [String] = []
    _ = try NcnnReader.read(
      structure: layers, weights: [], name: "net.param", ReadOptions(note: { notes.append($0) }))
    #expect(notes.first?.contains("1x3x224x224") == true)
  }

  @Test(arguments: NcnnReader.layers) func everyListedLayerIsKnown(type: String) {
    do throws(ModelFormatError) {
      _ = try NcnnReader.read(
        structure: structure([input, "\(type) x 1 1 data out"]), name: "net.param",
        ReadOptions(randomWeights: 1))
    } catch {
      // It may ask for parameters, not be unknown.
      #expect(!error.description.contains("is a \(type) layer"), "\(error)")
    }
  }

  @Test func randomWeightsTakeThePlaceOfTheFile() throws {
    let layers = [input, "Convolution conv 1 1 data out 0=2 1=2 5=1 6=8 8=2"]
    let graph = try read(layers, random: true)
    #expect(try run(graph, [[1, 2, 3, 4]]).allSatisfy(\.isFinite))
    #expect(throws: ModelFormatError.self) {
      try NcnnReader.read(structure: structure(layers), name: "net.param")
    }
  }
}
