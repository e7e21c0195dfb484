import Foundation
import Graph
import Inference
import Lowering
import TestSupport
import Testing

@Suite struct FusionTests {
  @Test func batchNormAndActivationsBecomePartOfTheConvolution() throws {
    var b = GraphBuilder(name: "fused")
    let x = b.conv2d(b.input("x", shape: [1, 8, 8, 3]), filters: 8, kernel: .square(3))
    b.output(b.relu6(b.batchNorm(x)))
    #expect(try operatorNames(b.build()) == ["conv2d_f32"])
  }

  @Test func whatIsAnOutputIsNotFusedAway() throws {
    var b = GraphBuilder(name: "observed")
    let x = b.conv2d(b.input("x", shape: [1, 8, 8, 3]), filters: 8, kernel: .square(3))
    b.output(b.relu6(b.batchNorm(x)))
    var graph = try b.build()
    graph.outputs.append(x)
    #expect(try operatorNames(graph) == ["conv2d_f32", "binary_f32", "binary_f32"])
    try expectAgreement(graph)
  }

  @Test func aConstantAddedToALayerIsItsBias() throws {
    var b = GraphBuilder(name: "bias")
    let x = b.conv2d(b.input("x", shape: [1, 6, 6, 3]), filters: 4, kernel: .square(3))
    let image = b.relu6(b.add(x, b.constant("c", shape: [4], [1, -2, 3, 0.5])))
    let rows = b.dense(b.flatten(image), units: 5)
    b.output(b.add(b.constant("d", shape: [1], [0.25]), rows))
    let graph = try b.build()
    #expect(try operatorNames(graph) == ["conv2d_f32", "fully_connected_f32"])
    try expectAgreement(graph)
  }

  @Test func aBiasOfAnotherShapeThanTheChannelsIsAdded() throws {
    var b = GraphBuilder(name: "rows")
    let x = b.dense(b.input("x", shape: [4, 3]), units: 4)
    b.output(b.add(x, b.constant("c", shape: [4, 1], [1, 2, 3, 4])))
    let graph = try b.build()
    #expect(try operatorNames(graph) == ["fully_connected_f32", "binary_f32"])
    try expectAgreement(graph)
  }

  /// Functions that exporters write as steps.
  @Test(arguments: [
    "silu", "hard sigmoid", "hard swish", "hard swish, divided last", "gelu", "gelu, halved first",
  ])
  func aFunctionInStepsIsOneStep(name: String) throws {
    var b = GraphBuilder(name: name)
    let x = b.input("x", shape: [2, 3, 64])
    func number(_ value: Float) -> TensorID { b.constant("\(value)", shape: [1], [value]) }
    func binary(_ kind: Binary, _ left: TensorID, _ right: TensorID) -> TensorID {
      b.apply(.binary(kind, activation: .none), [left, right])
    }
    let result: TensorID
    switch name {
    case "silu": result = binary(.multiply, x, b.unary(.sigmoid, x))
    case "hard sigmoid", "hard swish":
      let gate = binary(.divide, b.unary(.clamp(min: 0, max: 6), binary(.add, x, number(3))), number(6))
      result = name == "hard swish" ? binary(.multiply, gate, x) : gate
    case "hard swish, divided last":
      let steps = b.unary(.relu6, binary(.add, x, number(3)))
      result = binary(.divide, binary(.multiply, x, steps), number(6))
    default:
      let error = b.unary(.erf, binary(.divide, x, number(1.4142135)))
      let gate = binary(.add, error, number(1))
      result =
        name == "gelu"
        ? binary(.multiply, binary(.multiply, x, gate), number(0.5))
        : binary(.multiply, binary(.multiply, x, number(0.5)), gate)
    }
    b.output(result)
    let graph = try b.build()
    #expect(try operatorNames(graph) == ["unary_f32"])
    try expectAgreement(graph)
  }

  @Test func aProductWithAnotherGateStaysAProduct() throws {
    var b = GraphBuilder(name: "gates")
    let x = b.input("x", shape: [8])
    let y = b.input("y", shape: [8])
    b.output(b.apply(.binary(.multiply, activation: .none), [x, b.unary(.sigmoid, y)]))
    let graph = try b.build()
    #expect(try operatorNames(graph) == ["unary_f32", "binary_f32"])
    try expectAgreement(graph)
  }

  @Test(arguments: [false, true]) func aLayerNormalizationInStepsIsOneStep(isMultiplied: Bool) throws {
    var b = GraphBuilder(name: "normalization")
    let x = b.input("x", shape: [2, 5, 32])
    func binary(_ kind: Binary, _ left: TensorID, _ right: TensorID) -> TensorID {
      b.apply(.binary(kind, activation: .none), [left, right])
    }
    func mean(_ x: TensorID) -> TensorID {
      b.apply(.reduce(.mean, axes: [2], keepsDimensions: true), [x])
    }
    let deviation = binary(.subtract, x, mean(x))
    let variance = mean(b.unary(.square, deviation))
    let sum = binary(.add, variance, b.constant("epsilon", shape: [], [1e-5]))
    let normal =
      isMultiplied
      ? binary(.multiply, deviation, b.unary(.rsqrt, sum)) : binary(.divide, deviation, b.unary(.sqrt, sum))
    let scale = b.constant("scale", shape: [32], (0..<32).map { Float($0) / 16 })
    let scaled = binary(.multiply, normal, scale)
    b.output(binary(.add, scaled, b.constant("bias", shape: [32], (0..<32).map { Float($0) - 8 })))
    let graph = try b.build()
    #expect(try operatorNames(graph) == ["layer_norm_f32"])
    try expectAgreement(graph)
  }

  @Test func reshapesTakeNoStep() throws {
    var b = GraphBuilder(name: "reshapes")
    let x = b.input("x", shape: [1, 2, 3, 4])
    b.output(b.dense(b.flatten(b.reshape(x, to: [1, 24])), units: 2))
    #expect(try operatorNames(b.build()) == ["fully_connected_f32"])
  }

  @Test func constantsAreFolded() throws {
    var b = GraphBuilder(name: "constants")
    let x = b.input("x", shape: [2, 3])
    let c = b.constant("c", shape: [3], [1, -2, 3])
    b.output(b.add(x, b.unary(.abs, b.unary(.square, c))))
    let graph = try b.build()
    #expect(try operatorNames(graph) == ["binary_f32"])
    try expectAgreement(graph)
  }

  @Test func concatenationInPlaceTakesNoStep() throws {
    var b = GraphBuilder(name: "in place")
    let x = b.input("x", shape: [1, 64])
    b.output(b.concat([b.unary(.abs, x), b.unary(.negate, x)], axis: 0))
    #expect(try operatorNames(b.build()) == ["unary_f32", "unary_f32"])
  }

  @Test func elementwiseStepsShareOneBuffer() throws {
    var b = GraphBuilder(name: "chain")
    var x = b.unary(.abs, b.input("x", shape: [1024]))
    for _ in 0..<5 { x = b.unary(.tanh, x) }
    b.output(x)
    let plan = try LoweredPlan(lowering: b.build())
    #expect(plan.arenaBytes == 2 * 4096, "the input, which is kept, and one buffer for all the rest")
  }

  @Test func halfWeightsAreKeptOrExpanded() throws {
    var b = GraphBuilder(name: "half")
    let x = b.input("x", shape: [1, 8])
    let bits = [UInt16](repeating: 0x3c00, count: 32)  // ones
    let half = b.constant("w", elementType: .f16, shape: [4, 8], TensorData(bits))
    let weights = b.apply(.dequantize, [half], declared: TensorType(.f32, [4, 8]))
    b.output(b.apply(.fullyConnected(activation: .none, keepsLeadingAxes: true), [x, weights]))
    let graph = try b.build()
    #expect(try operatorNames(graph) == ["fully_connected_f32"])
    var keep = PlanOptions()
    keep.halfWeights = .keep
    #expect(try operatorNames(graph, options: keep) == ["fully_connected_f32_f16w"])
    let input = TensorData((0..<8).map(Float.init))
    for options in [PlanOptions(), keep] {
      let output = try Evaluator(graph, options: options).run([input])[0].elements(as: Float.self)
      #expect(output == [28, 28, 28, 28])
    }
  }

  @Test func productsAreInHalfArithmeticWhereItIsAskedForThereAndFaster() throws {
    func kernel(side: Int, largest: Float = 1, on name: String, _ arithmetic: PlanOptions.Arithmetic = .f16)
      throws -> String?
    {
      var b = GraphBuilder(name: "half arithmetic")
      let x = b.input("x", shape: [1, 16, 16, 32])
      var values = [Float](repeating: 0.5, count: 32 * side * side * 32)
      values[0] = largest
      let weights = b.constant("w", shape: [32, side, side, 32], values)
      b.output(b.apply(.conv2d(Convolution()), [x, weights]))
      let isa = try #require(InstructionSet(named: name))
      let options = PlanOptions(instructionSet: isa, arithmetic: arithmetic)
      return try LoweredPlan(lowering: b.build(), options: options).kernelCalls.first?.call.kernel
    }
    #expect(try kernel(side: 1, on: "neonfp16dot") == "conv2d_f32_f16w/4")
    #expect(try kernel(side: 1, on: "neonfp16dot", .f32) == "conv2d_f32/1", "unasked")
    #expect(try kernel(side: 1, on: "neon") == "conv2d_f32/1", "not there")
    #expect(try kernel(side: 3, on: "neonfp16dot") == "conv2d_f32/3", "Winograd's form is faster")
    #expect(try kernel(side: 1, largest: 70_000, on: "neonfp16dot") == "conv2d_f32/1", "f16 does not hold it")
  }

  @Test func loweringTwiceGivesTheSameBytes() throws {
    let graph = try RandomGraph.make(seed: 5)
    #expect(try LoweredPlan(lowering: graph).serialized() == LoweredPlan(lowering: graph).serialized())
  }

  @Test func everyInstructionSetOfThisMachineAgrees() throws {
    for seed in 1...10 as ClosedRange<UInt64> {
      let graph = try RandomGraph.make(seed: seed)
      let inputs = graph.randomInputs(seed: seed).map { TensorData($0) }
      let scalar = try Evaluator(graph, options: PlanOptions(instructionSet: .scalar)).run(inputs)
      let host = try Evaluator(graph).run(inputs)
      for (a, b) in zip(scalar, host) {
        let (a, b) = (a.elements(as: Float.self), b.elements(as: Float.self))
        let scale = max(1e-3, a.map(abs).max() ?? 0)
        #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * scale }, "seed \(seed)")
      }
    }
  }
}
