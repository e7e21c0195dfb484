import Graph
import Lowering
import ReferenceSuite
import TestSupport
import Testing

@testable import ModelFormats

/// What is written as ONNX is read back and computes the same; written once more, it hardly grows: by the
/// transposition of one image whose order of axes the reader did not need to keep.
@Suite struct ONNXWriterTests {
  static func rewritten(_ graph: Graph) throws -> Graph {
    try ONNXReader.read(bytes: ONNXWriter.bytes(of: graph), name: graph.name)
  }

  private func expectTheSame(
    _ graph: Graph, _ comment: String, tolerance: Float = 1e-5,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let read = try Self.rewritten(graph)
    try TFLiteWriterTests.expectSameOutputs(
      read, graph, comment, tolerance: tolerance, sourceLocation: sourceLocation)
    #expect(
      try Self.rewritten(read).nodes.count <= read.nodes.count + 1, "\(comment)",
      sourceLocation: sourceLocation)
  }

  private func expectTheSame(
    _ comment: String, shape: Shape = [1, 6, 7, 4], _ layers: (inout GraphBuilder, TensorID) -> TensorID
  ) throws {
    var b = GraphBuilder(name: comment, weights: WeightRequest.seeded(4))
    let x = b.input("x", shape: shape)
    b.output(layers(&b, x))
    try expectTheSame(try b.build(), comment)
  }

  @Test(arguments: Array(1...60) as [UInt64]) func randomGraphsComeBack(seed: UInt64) throws {
    try expectTheSame(try RandomGraph.make(seed: seed), "seed \(seed)")
  }

  /// From the input to the head no image is moved: one transposition in, none out.
  @Test(arguments: ["resnet-8", "ds-cnn-kws"]) func imagesGoChannelsFirstThroughout(id: String) throws {
    let model = try #require(ReferenceSuite[id])
    let bytes = try ONNXWriter.bytes(of: try model.build())
    let count = bytes.count(of: Array("Transpose".utf8))
    #expect(count <= 1)
  }

  @Test(arguments: [
    Padding2D(top: 1, left: 0, bottom: 0, right: 2), Padding2D(top: 2, left: 2, bottom: 2, right: 2),
  ])
  func windowsOfAnyPadding(padding: Padding2D) throws {
    try expectTheSame("convolution") {
      $0.conv2d($1, filters: 5, kernel: .square(3), strides: .square(2), padding: .explicit(padding))
    }
    try expectTheSame("depthwise") {
      $0.depthwiseConv2d(
        $1, kernel: .square(3), padding: .explicit(padding), multiplier: 2, activation: .relu6)
    }
    for countsPadding in [false, true] {
      let pooling = Pooling(
        kind: .average, window: .square(3), strides: .square(2), padding: padding,
        countsPadding: countsPadding)
      try expectTheSame("\(pooling)") { $0.apply(.pool2d(pooling), [$1]) }
    }
  }

  @Test(arguments: [
    Padding2D(top: 1, left: 0, bottom: 1, right: 0), Padding2D(top: 2, left: 1, bottom: -1, right: 0),
  ])
  func transposedConvolutions(padding: Padding2D) throws {
    try expectTheSame("transposed", shape: [1, 3, 4, 2]) { b, x in
      let weights = b.constant("w", shape: [3, 3, 3, 2], (0..<54).map { Float($0 % 7) - 3 })
      return b.apply(
        .transposeConv2d(Convolution(strides: .square(2), padding: padding, activation: .relu)), [x, weights])
    }
  }

  @Test(arguments: [
    Unary.silu, .clamp(min: -0.25, max: 0.5), .elu(alpha: 0.3), .softplus, .reciprocal, .erf, .square,
    .hardSigmoid(alpha: 0.2, beta: 0.5), .gelu(approximate: true), .gelu(approximate: false), .hardSwish,
    .reluN1To1, .leakyRelu(alpha: 0.1), .exp, .abs, .negate, .floor, .ceil, .round, .sign, .sin, .cos, .tanh,
  ])
  func unaryFunctions(unary: Unary) throws { try expectTheSame("\(unary)") { $0.unary(unary, $1) } }

  @Test(arguments: Reduction.allCases.filter { $0 != .any && $0 != .all }, [[1], [1, 2], [3], [0, 3]])
  func reductions(reduction: Reduction, axes: [Int]) throws {
    for keepsDimensions in [false, true] {
      try expectTheSame("\(reduction) \(axes)") { b, x in
        let image = b.conv2d(x, filters: 3, kernel: .one)
        return b.apply(.reduce(reduction, axes: axes, keepsDimensions: keepsDimensions), [image])
      }
    }
  }

  @Test func batchNorms() throws {
    try expectTheSame("batch") { $0.batchNorm($1) }
  }

  @Test(arguments: [true, false]) func movement(isImage: Bool) throws {
    func check(_ comment: String, _ layer: @escaping (inout GraphBuilder, TensorID) -> TensorID) throws {
      try expectTheSame(comment) { b, x in
        layer(&b, isImage ? b.conv2d(x, filters: 4, kernel: .one) : x)
      }
    }
    for mode in [PadMode.edge, .reflect, .symmetric, .constant(-2.5)] {
      try check("\(mode)") { $0.apply(.pad(before: [0, 2, 0, 1], after: [0, 1, 3, 0], mode: mode), [$1]) }
    }
    try check("backwards") {
      $0.apply(
        .slice(begin: [0, 5, 1, 3], strides: [1, -1, 2, -2]), [$1],
        declared: TensorType(.f32, [1, 6, 3, 2]))
    }
    try check("tile") { $0.apply(.tile(multiples: [1, 2, 1, 3]), [$1]) }
    try check("channels") { b, x in
      b.add(
        b.apply(.binary(.multiply, activation: .none), [x, b.constant("c", shape: [4], [1, 2, 3, 4])]), x)
    }
    try check("blocks") { $0.apply(.depthToSpace(block: 2), [$1]) }
    for (align, half) in [(false, false), (true, false), (false, true)] {
      // The reader knows one way to round to the nearest pixel.
      for method in [Resize.Method.bilinear, .nearest] where method == .bilinear || !(align || half) {
        try check("\(method) \(align) \(half)") {
          $0.apply(
            .resize(Resize(method: method, alignsCorners: align, halfPixelCenters: half)), [$1],
            declared: TensorType(.f32, [1, 11, 9, 4]))
        }
      }
    }
  }

  @Test func aStateIsRefusedByName() throws {
    var b = GraphBuilder(name: "streaming")
    let memory = b.state("memory", shape: [1, 2])
    b.output(b.add(b.apply(.readState(memory), [], name: "recall"), b.input("x", shape: [1, 2])))
    let graph = try b.build()
    #expect { try ONNXWriter.bytes(of: graph) } throws: {
      "\($0)".contains("node 'recall' (readState) cannot be written as ONNX")
    }
  }
}

extension [UInt8] {
  fileprivate func count(of part: [UInt8]) -> Int {
    (0...Swift.max(0, count - part.count)).count { self[$0] == part[0] && self[$0...].starts(with: part) }
  }
}
