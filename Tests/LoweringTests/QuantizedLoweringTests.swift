import Foundation
import Graph
import Lowering
import TestSupport
import Testing

@Suite struct QuantizedLoweringTests {
  /// A graph of one node over quantized tensors.
  private func graph(
    _ op: Operator, inputs: [(ElementType, Shape, Quantization?)], constants: [Tensor] = [],
    output: (ElementType, Shape, Quantization?)
  ) throws -> Graph {
    var tensors = inputs.enumerated().map { position, type in
      Tensor(name: "x\(position)", elementType: type.0, shape: type.1, quantization: type.2)
    }
    tensors += constants
    tensors.append(Tensor(name: "y", elementType: output.0, shape: output.1, quantization: output.2))
    let operands = (0..<tensors.count - 1).map { TensorID($0) }
    let result = TensorID(tensors.count - 1)
    let graph = Graph(
      name: "quantized", tensors: tensors,
      nodes: [Node(name: "node", op: op, inputs: operands, outputs: [result])],
      inputs: (0..<inputs.count).map { TensorID($0) }, outputs: [result])
    try graph.validate()
    return graph
  }

  private func run<Element: BitwiseCopyable, Result: BitwiseCopyable>(
    _ graph: Graph, _ inputs: [Element]..., as type: Result.Type
  ) throws -> [Result] {
    try evaluate(graph, inputs: inputs.map { TensorData($0) })[0].elements(as: type)
  }

  static let every8BitStep: [Int8] = (-128...127).map { Int8($0) }

  @Test func functionsOfBytesAreTables() throws {
    let (from, to) = (
      Quantization.perTensor(scale: 0.05, zeroPoint: 3),
      Quantization.perTensor(scale: 1 / 256, zeroPoint: -128)
    )
    let graph = try graph(.unary(.sigmoid), inputs: [(.i8, [256], from)], output: (.i8, [256], to))
    #expect(try operatorNames(graph) == ["lut_x8"])
    let steps = try run(graph, Self.every8BitStep, as: Int8.self)
    for (step, result) in zip(Self.every8BitStep, steps) {
      let exact = 256 / (1 + exp(-0.05 * Double(Int(step) - 3))) - 128
      #expect(abs(Double(result) - min(exact, 127)) <= 0.5 + 1e-3, "\(step)")
    }
  }

  @Test func unsignedBytesGiveWhatSignedOnesDo() throws {
    var random = SplitMix64(seed: 4)
    let weights = (0..<27).map { _ in Int8(truncatingIfNeeded: random.next()) }
    func convolution(_ type: ElementType, zeroPoint: Int32) throws -> Graph {
      try graph(
        .conv2d(Convolution(padding: Padding2D(top: 1, left: 1, bottom: 1, right: 1), activation: .relu)),
        inputs: [(type, [1, 4, 4, 3], .perTensor(scale: 0.1, zeroPoint: zeroPoint))],
        constants: [
          type == .i8
            ? Tensor(
              name: "w", elementType: .i8, shape: [1, 3, 3, 3],
              quantization: .perTensor(scale: 0.01, zeroPoint: 0),
              constant: TensorData(weights))
            : Tensor(
              name: "w", elementType: .u8, shape: [1, 3, 3, 3],
              quantization: .perTensor(scale: 0.01, zeroPoint: 128),
              constant: TensorData(weights.map { UInt8(bitPattern: $0) ^ 0x80 }))
        ],
        output: (type, [1, 4, 4, 1], .perTensor(scale: 0.2, zeroPoint: zeroPoint)))
    }
    let image = (0..<48).map { _ in Int8(truncatingIfNeeded: random.next()) }
    let signed = try run(convolution(.i8, zeroPoint: -20), image, as: Int8.self)
    let unsigned = try run(
      convolution(.u8, zeroPoint: 108), image.map { UInt8(bitPattern: $0) ^ 0x80 }, as: UInt8.self)
    #expect(unsigned.map { Int8(bitPattern: $0 ^ 0x80) } == signed)
    #expect(Set(signed).count > 3)
  }

  /// Old unsigned models have weights with a zero point of their own, which no kernel has.
  @Test func weightsWithAZeroPointAreRunInFloat() throws {
    let graph = try graph(
      .fullyConnected(activation: .none, keepsLeadingAxes: true),
      inputs: [(.u8, [1, 2], .perTensor(scale: 0.5, zeroPoint: 10))],
      constants: [
        Tensor(
          name: "w", elementType: .u8, shape: [1, 2], quantization: .perTensor(scale: 0.25, zeroPoint: 100),
          constant: TensorData([104, 92] as [UInt8]))
      ], output: (.u8, [1, 1], .perTensor(scale: 0.5, zeroPoint: 50)))
    // (30 - 10) * 0.5 * 1 + (14 - 10) * 0.5 * -2 = 6: 12 steps above the zero point
    #expect(try run(graph, [30, 14] as [UInt8], as: UInt8.self) == [62])
  }

  @Test func concatenationBringsPiecesToOneScale() throws {
    let graph = try graph(
      .concat(axis: 0, activation: .none),
      inputs: [
        (.i8, [2], .perTensor(scale: 0.5, zeroPoint: 0)), (.i8, [2], .perTensor(scale: 0.25, zeroPoint: 10)),
      ], output: (.i8, [4], .perTensor(scale: 0.5, zeroPoint: 0)))
    #expect(try run(graph, [1, -7] as [Int8], [14, 10] as [Int8], as: Int8.self) == [1, -7, 2, 0])
  }

  @Test func whatHasNoIntegerKernelIsWidened() throws {
    let quantization = Quantization.perTensor(scale: 0.5, zeroPoint: 4)
    let graph = try graph(
      .binary(.maximum, activation: .none), inputs: [(.i8, [3], quantization), (.i8, [3], quantization)],
      output: (.i8, [3], quantization))
    #expect(try operatorNames(graph) == ["convert", "convert", "binary_f32", "convert"])
    #expect(try run(graph, [1, 2, 127] as [Int8], [-5, 8, -128] as [Int8], as: Int8.self) == [1, 8, 127])
  }

  @Test func sixteenBitActivationsAreWidened() throws {
    let quantization = Quantization.perTensor(scale: 0.125, zeroPoint: 0)
    let graph = try graph(
      .binary(.add, activation: .relu), inputs: [(.i16, [3], quantization), (.i16, [3], quantization)],
      output: (.i16, [3], quantization))
    #expect(
      try run(graph, [1000, -50, 32767] as [Int16], [24, 20, 1] as [Int16], as: Int16.self) == [
        1024, 0, 32767,
      ])
  }

  @Test(arguments: [
    (Unary.negate, [-3, 0, Int64.max] as [Int64]), (.abs, [3, 0, Int64.max]), (.square, [9, 0, 1]),
    (.relu, [3, 0, 0]),
  ]) func wholeNumbersKeepAllTheirBits(unary: Unary, expected: [Int64]) throws {
    let graph = try graph(.unary(unary), inputs: [(.i64, [3], nil)], output: (.i64, [3], nil))
    let last = unary == .square ? Int64(1) : -Int64.max
    #expect(try run(graph, [3, 0, last], as: Int64.self) == expected)
  }

  @Test func wholeNumbersOfOtherWidthsAreWidened() throws {
    let graph = try graph(
      .binary(.add, activation: .none), inputs: [(.u8, [3], nil), (.u8, [3], nil)], output: (.u8, [3], nil))
    #expect(try run(graph, [1, 100, 7] as [UInt8], [2, 100, 0] as [UInt8], as: UInt8.self) == [3, 200, 7])
  }

  @Test func castLooksAtTheStepsThemselves() throws {
    let graph = try graph(
      .cast, inputs: [(.u8, [3], .perTensor(scale: 0.5, zeroPoint: 7))], output: (.f32, [3], nil))
    #expect(try run(graph, [0, 7, 255] as [UInt8], as: Float.self) == [0, 7, 255])
  }

  @Test func truthValuesAreReducedAndNegated() throws {
    let any = try graph(
      .reduce(.any, axes: [1], keepsDimensions: false), inputs: [(.bool, [2, 3], nil)],
      output: (.bool, [2], nil))
    #expect(try run(any, [0, 1, 0, 0, 0, 0] as [UInt8], as: UInt8.self) == [1, 0])
    let not = try graph(.unary(.logicalNot), inputs: [(.bool, [2], nil)], output: (.bool, [2], nil))
    #expect(try run(not, [0, 1] as [UInt8], as: UInt8.self) == [1, 0])
  }

  @Test(arguments: [ElementType.f32, .i64, .i8, .f16]) func elementsOfAnyWidthAreSelected(type: ElementType)
    throws
  {
    let graph = try graph(
      .select, inputs: [(.bool, [2, 1], nil), (type, [3], nil), (type, [2, 3], nil)],
      output: (type, [2, 3], nil))
    let width = type.bitWidth / 8
    func elements(_ values: [UInt8]) -> TensorData {
      TensorData(values.flatMap { value in (0..<width).map { value &+ UInt8($0) } })
    }
    let result = try evaluate(
      graph,
      inputs: [TensorData([1, 0] as [UInt8]), elements([1, 2, 3]), elements([11, 12, 13, 14, 15, 16])])
    #expect(result[0].elements(as: UInt8.self) == elements([1, 2, 3, 14, 15, 16]).elements(as: UInt8.self))
  }

  /// The input's own step is at most its range / 255; each product is off by half of that times the weight.
  @Test(arguments: [ElementType.i8, .i4]) func narrowWeightsTakeFloatInputs(type: ElementType) throws {
    var random = SplitMix64(seed: 9)
    let steps = (0..<8 * 16).map { _ in Int8(random.next() % 15) - 7 }
    let packed =
      type == .i8
      ? TensorData(steps)
      : TensorData(
        (0..<steps.count / 2).map {
          UInt8(bitPattern: steps[2 * $0]) & 15 | UInt8(bitPattern: steps[2 * $0 + 1]) << 4
        })
    let scales = (0..<8).map { 0.01 * Float($0 + 1) }
    let graph = try graph(
      .fullyConnected(activation: .none, keepsLeadingAxes: true), inputs: [(.f32, [3, 16], nil)],
      constants: [
        Tensor(
          name: "w", elementType: type, shape: [8, 16], quantization: .perChannel(scales: scales, axis: 0),
          constant: packed)
      ], output: (.f32, [3, 8], nil))
    #expect(try operatorNames(graph) == ["fully_connected_qd8_f32_qc8w"])
    let input = graph.randomInputs(seed: 2)[0]
    let output = try run(graph, input, as: Float.self)
    for row in 0..<3 {
      for channel in 0..<8 {
        var (sum, allowed) = (0.0, 1e-4)
        for k in 0..<16 {
          let weight = Double(steps[channel * 16 + k]) * Double(scales[channel])
          sum += Double(input[row * 16 + k]) * weight
          allowed += abs(weight) * 2 / 255 / 2
        }
        #expect(abs(Double(output[row * 8 + channel]) - sum) <= allowed)
      }
    }
  }

  @Test func weightsThatAreNotConstantAreMultipliedAllTheSame() throws {
    var b = GraphBuilder(name: "dynamic weights")
    let x = b.input("x", shape: [2, 3, 4])
    let weights = b.input("w", shape: [5, 4])
    let bias = b.constant("b", shape: [5], [1, 2, 3, 4, 5])
    b.output(b.apply(.fullyConnected(activation: .relu, keepsLeadingAxes: true), [x, weights, bias]))
    try expectAgreement(b.build())
  }

  @Test func whatCannotBeRunIsNamed() throws {
    let graph = try graph(
      .conv2d(Convolution(activation: .signBit)), inputs: [(.f32, [1, 4, 4, 1], nil)],
      constants: [
        Tensor(name: "w", elementType: .f32, shape: [1, 1, 1, 1], constant: TensorData([Float(1)]))
      ], output: (.f32, [1, 4, 4, 1], nil))
    let error = #expect(throws: LoweringError.self) { try LoweredPlan(lowering: graph) }
    #expect(
      error?.description == "node 'node' (conv2d) cannot be run: its activation signBit has no operator.")
  }

  @Test func aGraphThatDoesNotFitTogetherIsRefused() throws {
    var graph = try graph(.unary(.abs), inputs: [(.f32, [3], nil)], output: (.f32, [3], nil))
    graph.tensors[1].shape = [4]
    #expect(throws: LoweringError.self) { try LoweredPlan(lowering: graph) }
  }

  @Test func anInputOfTheWrongSizeIsRefused() throws {
    let graph = try graph(.unary(.abs), inputs: [(.f32, [3], nil)], output: (.f32, [3], nil))
    #expect(throws: EvaluationError.self) { try evaluate(graph, inputs: [TensorData([Float(1)])]) }
    #expect(throws: EvaluationError.self) { try evaluate(graph, inputs: []) }
  }
}
