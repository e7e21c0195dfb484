import Graph
import Inference
import Lowering
import TestSupport
import Testing

@Suite struct BlockWeightLoweringTests {
  /// A layer whose weights are widened from steps, `size` of them a scale.
  private func graph(
    _ type: ElementType, size: Int = 32, kernel: Int = 1, isImage: Bool, alsoReadsWide: Bool = false
  ) throws -> Graph {
    var random = SplitMix64(seed: 9)
    let (inputs, outputs) = (32, 24)
    let count = outputs * kernel * kernel * inputs
    let most = type == .i4 ? 8 : 128
    let steps = (0..<count).map { _ in Int8(Int(random.next() % UInt64(2 * most)) - most) }
    let bytes =
      type == .i8
      ? TensorData(steps)
      : TensorData(
        stride(from: 0, to: count, by: 2).map {
          UInt8(bitPattern: steps[$0]) & 15 | UInt8(bitPattern: steps[$0 + 1]) << 4
        })
    let scales = (0..<count / size).map { 0.01 + Float($0 % 5) * 0.003 }
    let shape: Shape = isImage ? [outputs, kernel, kernel, inputs] : [outputs, inputs]
    let out: Shape = isImage ? [1, 6 - kernel + 1, 6 - kernel + 1, outputs] : [3, outputs]
    var graph = Graph(
      name: "blocks",
      tensors: [
        Tensor(name: "x", elementType: .f32, shape: isImage ? [1, 6, 6, inputs] : [3, inputs]),
        Tensor(
          name: "w", elementType: type, shape: [count / size, size],
          quantization: .perChannel(scales: scales, axis: 0), constant: bytes),
        Tensor(name: "wide", elementType: .f32, shape: [count / size, size]),
        Tensor(name: "whole", elementType: .f32, shape: shape),
        Tensor(
          name: "b", elementType: .f32, shape: [outputs],
          constant: TensorData((0..<outputs).map { Float($0) / 16 })),
        Tensor(name: "y", elementType: .f32, shape: out),
      ],
      nodes: [
        Node(name: "dequantize", op: .dequantize, inputs: [TensorID(1)], outputs: [TensorID(2)]),
        Node(name: "reshape", op: .reshape, inputs: [TensorID(2)], outputs: [TensorID(3)]),
        Node(
          name: "layer",
          op: isImage
            ? .conv2d(Convolution(activation: .relu))
            : .fullyConnected(activation: .relu, keepsLeadingAxes: false),
          inputs: [TensorID(0), TensorID(3), TensorID(4)], outputs: [TensorID(5)]),
      ], inputs: [TensorID(0)], outputs: [TensorID(5)])
    if alsoReadsWide { graph.outputs.append(TensorID(3)) }
    try graph.validate()
    return graph
  }

  /// The graph with its weights as f32 constants.
  private func widened(_ graph: Graph) -> Graph {
    var wide = graph
    wide[TensorID(3)].constant = graph[TensorID(1)].reals.map { TensorData($0) }
    wide.nodes.removeFirst(2)
    return wide
  }

  private func expectSame(_ graph: Graph, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let input = graph.randomInputs(seed: 3).map { TensorData($0) }
    let narrow = try evaluate(graph, inputs: input)[0].elements(as: Float.self)
    let wide = try evaluate(widened(graph), inputs: input)[0].elements(as: Float.self)
    let scale = wide.map(\.magnitude).max() ?? 0
    for (a, b) in zip(narrow, wide) {
      // 32 products and as many additions, in two orders.
      #expect((a - b).magnitude <= 2 * 66 * 0x1p-24 * 4 * scale, sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: [ElementType.i4, .i8], [false, true])
  func stepsAreReadAsTheyAre(type: ElementType, isImage: Bool) throws {
    let graph = try graph(type, isImage: isImage)
    #expect(
      try operatorNames(graph) == [type == .i4 ? "fully_connected_f32_qb4w" : "fully_connected_f32_qb8w"])
    try expectSame(graph)
  }

  @Test func weightsStayNarrowInThePlan() throws {
    let narrow = try LoweredPlan(lowering: graph(.i4, isImage: false)).constantsBytes
    let wide = try LoweredPlan(lowering: widened(graph(.i4, isImage: false))).constantsBytes
    #expect(narrow < wide / 4)
  }

  @Test func largerKernelsAreWidened() throws {
    let graph = try graph(.i4, kernel: 3, isImage: true)
    #expect(try operatorNames(graph) == ["conv2d_f32"])
    try expectSame(graph)
  }

  @Test func runsThatAreNoWholeWordsAreWidened() throws {
    let graph = try graph(.i8, size: 2, isImage: false)
    #expect(try operatorNames(graph) == ["fully_connected_f32"])
    try expectSame(graph)
  }

  @Test func weightsThatAreAnOutputAreWidened() throws {
    let graph = try graph(.i4, isImage: false, alsoReadsWide: true)
    #expect(try operatorNames(graph).first == "fully_connected_f32")
    let outputs = try evaluate(graph, inputs: graph.randomInputs(seed: 3).map { TensorData($0) })
    #expect(outputs[1].elements(as: Float.self) == graph[TensorID(1)].reals)
  }
}
