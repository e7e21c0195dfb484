import Foundation
import Graph
import Lowering
import ModelFormats
import TestSupport
import Testing

@Suite struct ONNXReaderTests {
  private func read(_ file: ONNXFile, _ options: ReadOptions = ReadOptions()) throws -> Graph {
    try ONNXReader.read(bytes: file.bytes(), name: "m.onnx", options)
  }

  /// The outputs of a model of f32 inputs and outputs.
  private func run(
    _ file: ONNXFile, _ inputs: [[Float]], _ options: ReadOptions = ReadOptions()
  ) throws -> [[Float]] {
    try evaluate(try read(file, options), inputs: inputs.map { TensorData($0) })
      .map { $0.elements(as: Float.self) }
  }

  private func count(_ graph: Graph, _ name: String) -> Int {
    graph.nodes.filter { $0.op.name == name }.count
  }

  // MARK: Layouts

  @Test func aConvolutionOfChannelsFirstImagesIsThatOfItsDefinition() throws {
    let x = (0..<32).map { Float($0 * 13 % 11) / 4 - 1 }
    var file = ONNXFile()
    file.graph.input("x", [1, 2, 4, 4])
    let w = (0..<54).map { Float($0 * 5 % 9) / 8 - 0.5 }
    file.graph.initializer(.init("w", [3, 2, 3, 3], floats: w))
    file.graph.node("Conv", ["x", "w"], ["y"], ["strides": .ints([1, 2]), "pads": .ints([0, 1, 0, 1])])
    file.graph.output("y")
    var expected: [Float] = []
    for o in 0..<3 {
      for row in 0..<2 {
        for column in 0..<2 {
          var sum: Float = 0
          for c in 0..<2 {
            for i in 0..<3 {
              for j in 0..<3 {
                let source = column * 2 + j - 1
                guard (0..<4).contains(source) else { continue }
                let pixel: Float = x[c * 16 + (row + i) * 4 + source]
                sum += pixel * w[o * 18 + c * 9 + i * 3 + j]
              }
            }
          }
          expected.append(sum)
        }
      }
    }
    let graph = try read(file)
    #expect(graph[graph.outputs[0]].shape == [1, 3, 2, 2])
    let y = try run(file, [x])[0]
    // 18 products below 1 in magnitude, each rounded once or twice.
    for (a, b) in zip(y, expected) { #expect(abs(a - b) <= 36 * 0x1p-23) }
  }

  @Test func imagesAreTurnedOnlyAtTheEndsOfAModel() throws {
    let graph = try read(ONNXSamples.convolutional())
    // To channels-last before the convolution, and back before the rows are flattened.
    #expect(count(graph, "transpose") == 2)
  }

  @Test func aTransposeBetweenChannelsFirstAndLastMovesNothing() throws {
    var file = ONNXFile()
    file.graph.input("x", [1, 4, 5, 2])
    file.graph.node("Transpose", ["x"], ["t"], ["perm": .ints([0, 3, 1, 2])])
    file.graph.node("MaxPool", ["t"], ["p"], ["kernel_shape": .ints([2, 2])])
    file.graph.node("Transpose", ["p"], ["y"], ["perm": .ints([0, 2, 3, 1])])
    file.graph.output("y")
    let graph = try read(file)
    #expect(count(graph, "transpose") == 0)
    #expect(graph[graph.outputs[0]].shape == [1, 3, 4, 2])
    let x = (0..<40).map { Float($0) }
    // Each window's largest is its last: row and column one further.
    var expected: [Float] = []
    for row in 1...3 {
      for column in 1...4 { expected += [Float(row * 10 + column * 2), Float(row * 10 + column * 2 + 1)] }
    }
    #expect(try run(file, [x])[0] == expected)
  }

  // MARK: Shapes

  @Test func shapesThatAModelComputesAreKnownWhenItIsRead() throws {
    let options = ReadOptions(dimensions: ["batch": 2, "height": 5])
    let graph = try read(ONNXSamples.shapeArithmetic(), options)
    #expect(graph[graph.outputs[0]].shape == [2, 30])
    #expect(graph.nodes.count == 1)
    #expect(graph.tracedInputs.isEmpty)
  }

  @Test func aGivenShapeDecidesItsSymbolsEverywhere() throws {
    var file = ONNXSamples.shapeArithmetic()
    file.graph.input("z", ["batch", 7])
    file.graph.node("Relu", ["z"], ["u"])
    file.graph.output("u")
    let graph = try read(file, ReadOptions(inputShapes: ["x": [4, 3, 1, 2]]))
    #expect(graph[graph.outputs[0]].shape == [4, 6])
    #expect(graph[graph.outputs[1]].shape == [4, 7])
  }

  // MARK: Values

  @Test func aBranchIsTheOneThatTheInputLeadsTo() throws {
    for (rate, factor) in [(Int64(16000), Float(2)), (8000, 0.5)] {
      let options = ReadOptions(inputValues: ["rate": TensorData([rate])])
      let graph = try read(ONNXSamples.branching(), options)
      #expect(graph.tracedInputs.map { graph[$0].name } == ["rate"])
      let outputs = try evaluate(graph, inputs: [TensorData([Float(3), 5]), TensorData([rate])])
      #expect(outputs[0].elements(as: Float.self) == [3 * factor, 5 * factor])
    }
  }

  @Test func aFunctionIsReadAsTheNodesThatItStandsFor() throws {
    // (x * 2 + x) * 1 + itself.
    #expect(try run(ONNXSamples.function(), [[1, 2, 3]])[0] == [6, 12, 18])
  }

  @Test func elementsAreReadFromEachOfTheFieldsForThem() throws {
    let fields: [(Int, (inout ProtobufWriter) -> Void)] = [
      (1, { $0.floats(4, [1, 2, 3]) }),
      (1, { writer in for value in [Float(1), 2, 3] { writer.float(4, value) } }),
      (7, { $0.integers(7, [1, 2, 3]) }), (6, { $0.integers(5, [1, 2, 3]) }),
      (2, { $0.integers(5, [1, 2, 3]) }),
      (10, { $0.integers(5, [0x3c00, 0x4000, 0x4200]) }),
      (16, { $0.bytes(9, [0x80, 0x3f, 0x00, 0x40, 0x40, 0x40]) }),
      (21, { $0.bytes(9, [0x21, 0x03]) }),
      (11, { $0.bytes(10, littleEndian([1.0, 2, 3].map(\.bitPattern))) }),
    ]
    for (type, field) in fields {
      var file = ONNXFile()
      var tensor = ONNXFile.Tensor("k", type: type, [3])
      tensor.fields = field
      file.graph.initializer(tensor)
      file.graph.input("x", [3])
      file.graph.node("CastLike", ["k", "x"], ["f"])
      file.graph.node("Mul", ["x", "f"], ["y"])
      file.graph.output("y")
      #expect(try run(file, [[1, 10, 100]])[0] == [1, 20, 300], "type \(type)")
    }
  }

  // MARK: Quantization

  @Test func aLayerBetweenConversionsRunsOnIntegers() throws {
    let graph = try read(ONNXSamples.quantized())
    #expect(graph.nodes.map(\.op.name).filter { $0.hasSuffix("quantize") } == ["quantize", "dequantize"])
    let convolution = try #require(graph.nodes.first { $0.op.name == "conv2d" })
    #expect(convolution.inputs.map { $0.map { graph[$0].elementType } } == [.u8, .i8])
    #expect(graph[convolution.outputs[0]].elementType == .u8)

    let x = (0..<16).map { Float($0) / 4 - 2 }
    let y = try run(ONNXSamples.quantized(), [x])[0]
    for o in 0..<2 {
      for place in 0..<4 {
        var sum: Float = 0
        for tap in 0..<9 {
          let row = place / 2 + tap / 3
          let column = place % 2 + tap % 3
          let step: Float = (x[row * 4 + column] / 0.05).rounded(.toNearestOrEven)
          let weight = Float((o * 9 + tap) * 7 % 50 - 25)
          sum += step * 0.05 * weight * (o == 0 ? 0.01 : 0.02)
        }
        // Half a step of the result, and as much where rounding falls the other way.
        #expect(abs(y[o * 4 + place] - max(0, sum)) <= 0.1)
      }
    }
  }

  /// TensorFlow Lite rounds the same numbers away from zero.
  @Test func quantizingRoundsHalvesToEven() throws {
    var file = ONNXFile(opset: 21)
    file.graph.input("x", [6])
    file.graph.initializer(.init("s", [], floats: [2]))
    file.graph.initializer(.init("z", type: 3, [], raw: [1]))
    file.graph.node("QuantizeLinear", ["x", "s", "z"], ["q"])
    file.graph.node("DequantizeLinear", ["q", "s", "z"], ["y"])
    file.graph.output("y")
    #expect(try run(file, [[1, 3, 5, -1, -3, 253]])[0] == [0, 4, 4, 0, -4, 252])
  }

  /// 301 products of 255 and 255 are odd and above 2^24, which f32 does not hold.
  @Test func aProductOfBytesIsExactBeyondWhatF32Holds() throws {
    var file = ONNXFile()
    file.graph.input("x", type: 2, [1, 301])
    file.graph.initializer(.init("w", type: 2, [301, 1], raw: Array(repeating: 255, count: 301)))
    file.graph.node("MatMulInteger", ["x", "w"], ["y"])
    file.graph.output("y")
    let x = TensorData([UInt8](repeating: 255, count: 301))
    #expect(try evaluate(try read(file), inputs: [x])[0].elements(as: Int32.self) == [301 * 255 * 255])
  }

  @Test func aConvolutionOfBytesIsExactBeyondWhatF32Holds() throws {
    var file = ONNXFile()
    file.graph.input("x", type: 2, [1, 43, 3, 3])
    file.graph.initializer(.init("w", type: 2, [1, 43, 3, 3], raw: Array(repeating: 255, count: 387)))
    file.graph.node("ConvInteger", ["x", "w"], ["y"])
    file.graph.output("y")
    let x = TensorData([UInt8](repeating: 255, count: 387))
    #expect(try evaluate(try read(file), inputs: [x])[0].elements(as: Int32.self) == [387 * 255 * 255])
  }

  /// Each block of 16 has a scale and a zero point; the lower half of a byte comes first.
  @Test func weightsInBlocksAreMultipliedAsTheNumbersTheyStandFor() throws {
    var file = ONNXFile()
    file.graph.input("x", [1, 20])
    file.graph.initializer(.init("w", type: 2, [1, 2, 8], raw: (0..<16).map { UInt8($0 * 17) }))
    file.graph.initializer(.init("s", [2], floats: [0.5, 2]))
    file.graph.initializer(.init("z", type: 2, [1], raw: [0x3A]))
    file.graph.node(
      "MatMulNBits", ["x", "w", "s", "z"], ["y"],
      ["K": .int(20), "N": .int(1), "bits": .int(4), "block_size": .int(16)], domain: "com.microsoft")
    file.graph.output("y")
    // Of block 0 the steps 0, 0, 1, 1 to 7, 7 less 10, of block 1 the steps 8, 8, 9, 9 less 3.
    #expect(try run(file, [Array(repeating: 1, count: 20)])[0] == [0.5 * (56 - 160) + 2 * (34 - 12)])
  }

  // MARK: Errors

  @Test func anUnknownOperatorIsNamedWithItsPlace() throws {
    var file = ONNXFile()
    file.graph.input("x", [1])
    file.graph.node("Relu", ["x"], ["a"])
    file.graph.node("Frobnicate", ["a"], ["y"], name: "odd")
    file.graph.output("y")
    #expect {
      try read(file)
    } throws: {
      "\($0)"
        == "m.onnx: node 1 'odd' (Frobnicate, opset 17): is Frobnicate, which edgebench cannot run; see 'edgebench operators'"
    }
  }

  @Test func olderOperatorSetsAreRefused() throws {
    var file = ONNXSamples.convolutional()
    file.opset = 6
    #expect { try read(file) } throws: { "\($0)".contains("opset 6, older than 7") }
  }

  // MARK: External data

  @Test func weightsAreReadFromTheFileBesideTheModel() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("onnx-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func model(_ entries: [String: String]) throws -> Graph {
      var file = ONNXFile()
      var tensor = ONNXFile.Tensor("k", type: 1, [2])
      tensor.fields = { writer in
        for (key, value) in entries {
          var entry = ProtobufWriter()
          entry.string(1, key)
          entry.string(2, value)
          writer.message(13, entry)
        }
        writer.integer(14, 1)
      }
      file.graph.initializer(tensor)
      file.graph.input("x", [2])
      file.graph.node("Mul", ["x", "k"], ["y"])
      file.graph.output("y")
      let path = folder.appendingPathComponent("m.onnx")
      try Data(file.bytes()).write(to: path)
      return try ModelReader.read(path.path)
    }
    try Data([9, 9, 9, 9] + littleEndian([Float(3), 4].map(\.bitPattern))).write(
      to: folder.appendingPathComponent("weights.bin"))
    let graph = try model(["location": "weights.bin", "offset": "4", "length": "8"])
    let y = try evaluate(graph, inputs: [TensorData([Float(1), 1])])[0]
    #expect(y.elements(as: Float.self) == [3, 4])

    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: "/etc/passwd")
    let refused: [([String: String], String)] = [
      (["location": "../weights.bin"], "a path inside the model's folder"),
      (["location": "/etc/passwd"], "a path inside the model's folder"),
      (["location": "link"], "leads out of the model's folder"),
      (["location": "weights.bin", "offset": "8", "length": "8"], "a part of its 12 bytes"),
      (["location": "weights.bin", "offset": "-4"], "a part of its 12 bytes"),
      (
        ["location": "weights.bin", "offset": "9223372036854775807", "length": "9223372036854775807"],
        "a part of"
      ),
      (["location": "weights.bin", "offset": "x"], "a number of bytes"),
      (["location": "none"], "no such file"),
      (["offset": "4"], "a file beside the model"), (["location": "weights.bin"], "8 for 2 of float"),
    ]
    for (entries, reason) in refused {
      #expect { try model(entries) } throws: { "\($0)".contains(reason) }
    }
  }
}
