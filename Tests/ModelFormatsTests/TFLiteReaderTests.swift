import Graph
import TestSupport
import Testing

@testable import ModelFormats

@Suite struct TFLiteReaderTests {
  static func read(_ file: TFLiteFile, inputShapes: [String: Shape] = [:]) throws -> Graph {
    try TFLiteReader.read(bytes: file.bytes(), name: "test.tflite", ReadOptions(inputShapes: inputShapes))
  }

  @Test func convolutionsPoolsAndProductsAreRead() throws {
    let graph = try Self.read(TFLiteSamples.convolutional())
    #expect(graph.name == "test")
    // 5 rows by 2 need one row of padding on each side; 6 columns one on the right.
    let convolution = Convolution(
      strides: .square(2), padding: Padding2D(top: 1, left: 0, bottom: 1, right: 1), activation: .relu)
    #expect(
      graph.nodes.map(\.op) == [
        .conv2d(convolution), .reduce(.mean, axes: [1, 2], keepsDimensions: false),
        .fullyConnected(activation: .none, keepsLeadingAxes: false), .softmax(axis: 1, beta: 1),
      ])
    #expect(graph.nodes.map { graph[$0.outputs[0]].shape } == [[1, 3, 3, 3], [1, 3], [1, 4], [1, 4]])
    #expect(graph.inputs.map { graph[$0].name } == ["image"])
    #expect(graph.outputs.map { graph[$0].name } == ["probabilities"])
    let bias = try #require(graph.tensors.first { $0.name == "conv/bias" })
    #expect(bias.constant?.elements(as: Float.self) == [1, 2, 3])
  }

  @Test func quantizationIsReadPerTensorAndPerChannel() throws {
    let graph = try Self.read(TFLiteSamples.quantized())
    func quantization(_ name: String) -> Quantization? {
      graph.tensors.first { $0.name == name }?.quantization
    }
    #expect(quantization("x") == .perTensor(scale: 0.5, zeroPoint: -3))
    #expect(quantization("kernel") == .perChannel(scales: [0.25, 0.125], axis: 3))
    #expect(quantization("bias") == .perChannel(scales: [0.125, 0.0625], axis: 0))
    #expect(graph.nodes[0].op == .depthwiseConv2d(Convolution(groups: 2, activation: .relu6)))
  }

  @Test func resourceVariablesAreStatesWithTheirFirstValues() throws {
    let graph = try Self.read(TFLiteSamples.streaming())
    #expect(graph.nodes.map(\.op.name) == ["readState", "add", "writeState"])
    #expect(graph.states.map(\.name) == ["memory"])
    #expect(graph.states[0].initial?.elements(as: Float.self) == [5, 6])
  }

  @Test func computedShapesAreFolded() throws {
    let graph = try Self.read(TFLiteSamples.openBatch())
    #expect(graph.nodes.map(\.op) == [.reshape])
    #expect(graph[graph.outputs[0]].shape == [1, 12])
  }

  @Test func inputsCanBeGivenOtherShapes() throws {
    let batched = try Self.read(TFLiteSamples.openBatch(), inputShapes: ["x": [5, 3, 4]])
    #expect(batched[batched.outputs[0]].shape == [5, 12])
    let larger = try Self.read(TFLiteSamples.convolutional(), inputShapes: ["image": [2, 9, 9, 2]])
    #expect(larger[larger.outputs[0]].shape == [2, 4])
    #expect {
      try Self.read(TFLiteSamples.convolutional(), inputShapes: ["picture": [1, 9, 9, 2]])
    } throws: {
      "\($0)" == "test.tflite: input 'picture': the model has no such input; expected one of 'image'"
    }
    #expect {
      try Self.read(TFLiteSamples.convolutional(), inputShapes: ["image": [1, 9, 9, 3]])
    } throws: {
      "\($0)".contains("weights are 3x3x3x2")
    }
  }

  @Test func halfWidthWeightsStayBehindADequantizeNode() throws {
    var file = TFLiteFile()
    let x = file.tensor("x", shape: [1, 2])
    let half = file.tensor("half", type: 1, shape: [2, 2], value: [UInt8](repeating: 0, count: 8))
    let weights = file.tensor("weights", shape: [2, 2])
    file.add(.dequantize, [half], [weights])
    let y = file.tensor("y", shape: [1, 2])
    file.add(.fullyConnected, [x, weights], [y], options: (8, FlatObject()))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    let graph = try Self.read(file)
    #expect(
      graph.nodes.map(\.op) == [.dequantize, .fullyConnected(activation: .none, keepsLeadingAxes: false)])
    #expect(graph[try #require(graph.nodes[0].inputs[0])].elementType == .f16)
  }

  @Test func transposedConvolutionsTakeTheirPaddingFromTheOutput() throws {
    var file = TFLiteFile()
    let size = file.integers("size", [1, 7, 8, 3])
    let kernel = file.constant("kernel", shape: [3, 3, 3, 2], [Float](repeating: 0, count: 54))
    let x = file.tensor("x", shape: [1, 4, 4, 2])
    let y = file.tensor("y", shape: [1, 7, 8, 3])
    file.add(
      .transposeConv, [size, kernel, x], [y],
      options: (49, FlatObject([0: .int(Int8(0)), 1: .int(Int32(2)), 2: .int(Int32(2))])))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    let graph = try Self.read(file)
    // 4 rows by 2 and a window of 3 reach over 9 rows; 7 are wanted, one less on each side; 8 columns, one at the end.
    let padding = Padding2D(top: 1, left: 0, bottom: 1, right: 1)
    #expect(graph.nodes[0].op == .transposeConv2d(Convolution(strides: .square(2), padding: padding)))
    #expect(graph[graph.outputs[0]].shape == [1, 7, 8, 3])
  }

  @Test func mediaPipesTransposedConvolutionIsRead() throws {
    var file = TFLiteFile()
    let x = file.tensor("x", shape: [1, 4, 5, 2])
    let kernel = file.constant("kernel", shape: [3, 2, 2, 2], [Float](repeating: 0, count: 24))
    let bias = file.constant("bias", shape: [3], [0, 0, 0])
    let y = file.tensor("y", shape: [1, 8, 15, 3])
    // SAME, stride_w 3, stride_h 2
    file.add(
      code: 32, [x, kernel, bias], [y], customName: "Convolution2DTransposeBias",
      customOptions: littleEndian([Int32(1), 3, 2]))
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [y]
    let graph = try Self.read(file)
    // A window of 2 leaves the third column of each stride to the bias, so that the last column is added at the end.
    let padding = Padding2D(top: 0, left: 0, bottom: 0, right: -1)
    #expect(
      graph.nodes[0].op
        == .transposeConv2d(Convolution(strides: Size2D(height: 2, width: 3), padding: padding)))
  }

  @Test func whatCannotBeRunIsNamedWithItsPlace() {
    var custom = TFLiteSamples.convolutional()
    let y = custom.tensor("masks", shape: [1, 4])
    custom.add(.custom, [0], [y], customName: "Upsample")
    #expect {
      try Self.read(custom)
    } throws: {
      "\($0)"
        == "test.tflite: operator 4 (CUSTOM) of subgraph 0, 'masks': is the custom operator 'Upsample', "
        + "which edgebench cannot run; see 'edgebench operators'"
    }
    var recurrent = TFLiteSamples.convolutional()
    recurrent.add(.lstm, [0], [recurrent.tensor("hidden", shape: [1, 4])])
    #expect {
      try Self.read(recurrent)
    } throws: {
      "\($0)".contains("operator 4 (UNIDIRECTIONAL_SEQUENCE_LSTM) of subgraph 0, 'hidden'")
    }
  }

  @Test func operatorsOfOtherOptionsOrOtherTypesAreRefused() {
    var options = TFLiteSamples.convolutional()
    options.add(.softmax, [0], [options.tensor("twice", shape: [1, 5, 6, 2])], options: (1, FlatObject()))
    #expect { try Self.read(options) } throws: { "\($0)".contains("options of kind 1; expected 9") }
    var type = TFLiteSamples.convolutional()
    type.add(.relu, [0], [type.tensor("steps", type: 9, shape: [1, 5, 6, 2])])
    #expect { try Self.read(type) } throws: { "\($0)".contains("its output 'steps' is i8; expected f32") }
    var order = TFLiteSamples.convolutional()
    let late = order.tensor("late", shape: [1])
    order.add(.relu, [late], [order.tensor("early", shape: [1])])
    #expect { try Self.read(order) } throws: { "\($0)".contains("'late' has no value yet") }
  }

  @Test func exactlyTheListedOperatorsAreRead() {
    for (code, name) in TFLiteBuiltins.names.enumerated() where name != "CUSTOM" {
      var file = TFLiteFile()
      let y = file.tensor("y", shape: [1])
      file.add(code: Int32(code), [], [y])
      // Nearly every operator is refused without operands; one that is not read is refused before they are looked at.
      var isRead = true
      do {
        _ = try Self.read(file)
      } catch ModelFormatError.unsupported {
        isRead = false
      } catch {}
      #expect(isRead == TFLiteReader.operators.contains(name), "\(name)")
    }
  }

  @Test func namesCannotBreakTheLine() throws {
    var file = TFLiteFile()
    let x = file.tensor("two\nlines \u{1b}[31m", shape: [1])
    file.subgraphs[0].inputs = [x]
    file.subgraphs[0].outputs = [x]
    let graph = try Self.read(file)
    #expect(graph.tensors[0].name == "two\u{FFFD}lines \u{FFFD}[31m")
  }
}
