import Graph
import ModelFormats
import TestSupport
import Testing

/// ONNX files that are cut short, altered or made to mislead: each is refused, or gives a valid graph.
@Suite struct ONNXHostileTests {
  static let samples: [(name: String, bytes: [UInt8])] = [
    ("convolutional", ONNXSamples.convolutional().bytes()), ("quantized", ONNXSamples.quantized().bytes()),
    ("shapeArithmetic", ONNXSamples.shapeArithmetic().bytes()),
    ("branching", ONNXSamples.branching().bytes()),
    ("function", ONNXSamples.function().bytes()),
  ]

  @discardableResult
  static func readAndUse(_ bytes: [UInt8]) throws -> Bool {
    try isReadAndUsed("m.onnx") { try ONNXReader.read(bytes: bytes, name: "m.onnx") }
  }

  @Test(arguments: samples.indices) func everyTruncationIsRefusedOrGivesAValidGraph(sample: Int) throws {
    let bytes = Self.samples[sample].bytes
    var read = 0
    for count in 0..<bytes.count where try Self.readAndUse(Array(bytes.prefix(count))) { read += 1 }
    // The graph is one field: it is there whole, or not. What follows it are the functions.
    #expect(read <= 1)
  }

  @Test(arguments: samples.indices) func everyFlippedBitIsRefusedOrGivesAValidGraph(sample: Int) throws {
    let bytes = Self.samples[sample].bytes
    let refused = try flippedBitsRefused(of: bytes) { try Self.readAndUse($0) }
    // Weights may be anything; names, lengths and tags may not.
    #expect(refused > bytes.count)
  }

  @Test func subgraphsInsideEachOtherAreBounded() throws {
    var inner = ONNXGraphWriter()
    inner.output("x")
    for _ in 0..<10_000 {
      var outer = ONNXGraphWriter()
      outer.node("If", ["c"], ["y"], ["then_branch": .graph(inner)])
      inner = outer
      if inner.message.bytes.count > 1 << 16 { break }
    }
    var file = ONNXFile()
    file.graph = inner
    #expect { try ONNXReader.read(bytes: file.bytes(), name: "m.onnx") } throws: {
      "\($0)".contains("inside each other")
    }
  }

  @Test func functionsThatUseThemselvesAreBounded() throws {
    var file = ONNXFile()
    file.otherOpsets = ["local": 1]
    var body = ONNXGraphWriter()
    body.node("Loop2", ["a"], ["b"], domain: "local")
    file.functions = [("Loop2", ["a"], ["b"], body)]
    file.graph.input("x", [1])
    file.graph.node("Loop2", ["x"], ["y"], domain: "local")
    file.graph.output("y")
    #expect { try ONNXReader.read(bytes: file.bytes(), name: "m.onnx") } throws: {
      "\($0)".contains("does one use itself?")
    }
  }

  @Test func functionsThatMultiplyAreBounded() throws {
    var file = ONNXFile()
    file.otherOpsets = ["local": 1]
    for level in 0..<30 {
      var body = ONNXGraphWriter()
      for call in 0..<4 {
        let input = call == 0 ? "a" : "t\(call - 1)"
        let op = level == 0 ? "Relu" : "F\(level - 1)"
        body.node(op, [input], [call == 3 ? "b" : "t\(call)"], domain: level == 0 ? "" : "local")
      }
      file.functions.append(("F\(level)", ["a"], ["b"], body))
    }
    file.graph.input("x", [1])
    file.graph.node("F29", ["x"], ["y"], domain: "local")
    file.graph.output("y")
    #expect { try ONNXReader.read(bytes: file.bytes(), name: "m.onnx") } throws: {
      "\($0)".contains("with loops unrolled")
    }
  }

  @Test func aConstantOfManyElementsIsBoundedByTheFile() throws {
    var file = ONNXFile()
    file.graph.initializer(.init("s", [2], int64s: [1 << 20, 1 << 20]))
    file.graph.node("ConstantOfShape", ["s"], ["y"])
    file.graph.output("y")
    #expect { try ONNXReader.read(bytes: file.bytes(), name: "m.onnx") } throws: {
      "\($0)".contains("may make")
    }
  }

  @Test func extremeExtentsAreRefused() throws {
    for extents in [[Int.max, 2], [-5, 3], [1 << 30, 1 << 30, 1 << 30], Array(repeating: 1, count: 9)] {
      var file = ONNXFile()
      file.graph.initializer(.init("w", type: 1, extents))
      file.graph.input("x", [1])
      file.graph.node("Mul", ["x", "w"], ["y"])
      file.graph.output("y")
      #expect(throws: ModelFormatError.self) { try ONNXReader.read(bytes: file.bytes(), name: "m.onnx") }
      // Less than 0 is an open extent of an input.
      if extents.contains(where: { $0 < 0 }) { continue }
      var asInput = ONNXFile()
      asInput.graph.input("x", extents)
      asInput.graph.node("Relu", ["x"], ["y"])
      asInput.graph.output("y")
      #expect(throws: ModelFormatError.self) { try ONNXReader.read(bytes: asInput.bytes(), name: "m.onnx") }
    }
  }

  @Test func attributesOfExtremeValueAreRefusedOrGiveAValidGraph() throws {
    let ops: [(String, [String], [String])] = [
      ("Conv", ["x", "w"], ["group", "strides", "dilations", "pads", "kernel_shape"]),
      (
        "ConvTranspose", ["x", "w"],
        ["group", "strides", "dilations", "pads", "output_padding", "output_shape"]
      ),
      ("MaxPool", ["x"], ["kernel_shape", "strides", "pads", "ceil_mode"]),
      ("AveragePool", ["x"], ["kernel_shape", "strides", "pads", "ceil_mode", "count_include_pad"]),
      ("Concat", ["x", "x"], ["axis"]), ("Flatten", ["x"], ["axis"]), ("Softmax", ["x"], ["axis"]),
      ("Transpose", ["x"], ["perm"]), ("DepthToSpace", ["x"], ["blocksize"]),
      ("SpaceToDepth", ["x"], ["blocksize"]), ("LRN", ["x"], ["size"]),
      ("Split", ["x"], ["axis", "num_outputs"]),
      ("Gather", ["x", "i"], ["axis"]), ("ArgMax", ["x"], ["axis"]), ("Cast", ["x"], ["to"]),
    ]
    let extremes = [Int.min, -1 << 31, -1, 0, 1, 2, 1 << 16, 1 << 30, 1 << 31, .max]
    for (op, inputs, names) in ops {
      for name in names {
        for extreme in extremes {
          for value in [
            ONNXFile.Attribute.int(extreme), .ints([extreme, extreme]), .ints([1, 1, extreme, 1]),
          ] {
            var file = ONNXFile()
            file.graph.input("x", [1, 4, 8, 8])
            file.graph.initializer(.init("w", [4, 4, 3, 3], floats: Array(repeating: 1, count: 144)))
            file.graph.initializer(.init("i", [1], int64s: [extreme]))
            var attributes: [String: ONNXFile.Attribute] = ["kernel_shape": .ints([3, 3])]
            attributes[name] = value
            file.graph.node(op, inputs, ["y"], attributes)
            file.graph.output("y")
            try Self.readAndUse(file.bytes())
          }
        }
      }
    }
  }

  @Test func shapeOperandsOfExtremeValueAreRefusedOrGiveAValidGraph() throws {
    let extremes = [Int.min, -1 << 31, -2, -1, 0, 1, 1 << 30, .max]
    for op in [
      "Reshape", "Expand", "Tile", "Squeeze", "Unsqueeze", "Slice", "Pad", "ReduceSum", "ConstantOfShape",
    ] {
      for a in extremes {
        for b in extremes {
          var file = ONNXFile()
          file.graph.input("x", [2, 3])
          file.graph.initializer(.init("a", [2], int64s: [a, b]))
          file.graph.initializer(.init("b", [2], int64s: [b, a]))
          file.graph.initializer(.init("p", [4], int64s: [a, b, a, b]))
          let operands =
            op == "Slice"
            ? ["x", "a", "b", "", "a"]
            : op == "Pad" ? ["x", "p"] : op == "ConstantOfShape" ? ["a"] : ["x", "a"]
          file.graph.node(op, operands, ["y"])
          file.graph.output("y")
          try Self.readAndUse(file.bytes())
        }
      }
    }
  }
}
