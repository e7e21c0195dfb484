import Graph
import Lowering
import Testing

@testable import Training

/// Every operator's gradient against the difference of its values a little to both sides.
@Suite struct GradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var build: @Sendable (inout GraphBuilder) -> TensorID
    var testDescription: String { name }

    init(_ name: String, _ build: @escaping @Sendable (inout GraphBuilder) -> TensorID) {
      self.name = name
      self.build = build
    }
  }

  /// Inputs of 5x6 pixels and 4 channels for images, of 3x8 for the rest.
  static let cases: [Case] =
    [
      Case("conv2d") { b in b.conv2d(b.image, filters: 3, kernel: .square(3)) },
      Case("conv2d, strides, dilations, relu") { b in
        b.conv2d(
          b.image, filters: 3, kernel: Size2D(height: 2, width: 3), strides: Size2D(height: 2, width: 1),
          dilations: Size2D(height: 2, width: 1), activation: .relu)
      },
      Case("conv2d, 1x1, tanh") { b in b.conv2d(b.image, filters: 5, kernel: .one, activation: .tanh) },
      Case("conv2d, groups") { b in b.conv2d(b.image, filters: 6, kernel: .square(3), groups: 2) },
      Case("depthwise") { b in b.depthwiseConv2d(b.image, kernel: .square(3), strides: .square(2)) },
      Case("depthwise, multiplier 2, relu6") { b in
        b.depthwiseConv2d(b.image, kernel: .square(3), multiplier: 2, activation: .relu6)
      },
      Case("transposed conv2d, strides") { b in
        b.transposeConv2d(b.image, filters: 3, kernel: .square(3), strides: .square(2))
      },
      Case("transposed conv2d, valid, relu") { b in
        b.transposeConv2d(
          b.image, filters: 2, kernel: Size2D(height: 2, width: 3), strides: Size2D(height: 2, width: 1),
          padding: .valid, activation: .relu)
      },
      Case("dense") { b in b.dense(b.rows, units: 5) },
      Case("dense, relu") { b in b.dense(b.rows, units: 5, activation: .relu, useBias: false) },
      Case("max pool") { b in b.maxPool(b.image, window: .square(3), strides: .square(2), padding: .same) },
      Case("average pool") { b in
        b.averagePool(b.image, window: .square(3), strides: .square(2), padding: .same)
      },
      Case("layer norm") { b in b.layerNorm(b.rows) },
      Case("batch norm") { b in b.batchNorm(b.image) },
      Case("softmax") { b in b.softmax(b.rows) },
      Case("softmax of an inner axis") { b in b.softmax(b.image, axis: 1) },
      Case("log softmax") { b in b.apply(.logSoftmax(axis: 1), [b.rows]) },
      Case("global mean") { b in b.globalAveragePool(b.image) },
      Case("sum") { b in b.reduce(.sum, b.image, axes: [2]) },
      Case("sum of squares") { b in b.reduce(.sumOfSquares, b.image, axes: [1, 3]) },
      Case("maximum") { b in b.reduce(.maximum, b.image, axes: [3], keepsDimensions: true) },
      Case("minimum") { b in b.reduce(.minimum, b.image, axes: [1, 2]) },
      Case("flatten") { b in b.flatten(b.image) },
      Case("transpose") { b in b.transpose(b.image, [0, 2, 3, 1]) },
      Case("pad") { b in b.pad(b.image, Padding2D(top: 1, left: 0, bottom: 2, right: 1), mode: .constant(0.5))
      },
      Case("pad, reflect") { b in
        b.pad(b.image, Padding2D(top: 1, left: 2, bottom: 0, right: 1), mode: .reflect)
      },
      Case("slice") { b in b.slice(b.image, begin: [0, 1, 2, 0], counts: [1, 3, 4, 2]) },
      Case("concat") { b in
        let x = b.image
        return b.concat([b.conv2d(x, filters: 2, kernel: .one), x, b.relu(x)], axis: 3)
      },
      Case("depth to space") { b in b.apply(.depthToSpace(block: 2), [b.image]) },
      Case("tile") { b in b.apply(.tile(multiples: [1, 1, 2, 1]), [b.image]) },
      Case("resize, nearest") { b in b.resize(b.image, to: Size2D(height: 8, width: 9), method: .nearest) },
      Case("resize, bilinear") { b in b.resize(b.image, to: Size2D(height: 8, width: 4)) },
      Case("resize, bilinear, corners at corners") { b in
        b.resize(b.image, to: Size2D(height: 9, width: 11), halfPixelCenters: false)
      },
      Case("matmul") { b in
        let x = b.rows
        return b.matMul(b.dense(x, units: 4), x, transposeA: true)
      },
      Case("matmul, both transposed") { b in
        let x = b.rows
        return b.matMul(b.transpose(x, [1, 0]), x, transposeA: true, transposeB: true)
      },
      Case("matmul with a constant") { b in
        b.matMul(b.rows, b.constant("w", shape: [8, 2], noise(16, seed: 5)))
      },
      Case("matmul over a batch, broadcast") { b in
        let x = b.reshape(b.image, to: [5, 6, 4])
        return b.matMul(x, b.constant("w", shape: [1, 3, 4], noise(12, seed: 5)), transposeB: true)
      },
      Case("add, broadcast, relu") { b in
        b.add(b.image, b.constant("w", shape: [6, 1], noise(6, seed: 5)), activation: .relu)
      },
      Case("residual") { b in
        let x = b.image
        return b.add(b.conv2d(x, filters: 4, kernel: .square(3)), x)
      },
    ]
    + [Binary.subtract, .multiply, .divide, .minimum, .maximum, .squaredDifference, .prelu].map { binary in
      Case("\(binary)") { b in
        b.binary(binary, b.image, b.constant("w", shape: [4], [1.5, -0.75, 2, -1.25]))
      }
    }
    + [
      Unary.relu, .relu6, .reluN1To1, .clamp(min: -0.3, max: 0.7), .leakyRelu(alpha: 0.1), .elu(alpha: 0.5),
      .sigmoid, .tanh, .hardSwish, .silu, .hardSigmoid(alpha: 0.2, beta: 0.5), .gelu(approximate: false),
      .gelu(approximate: true), .softplus, .erf, .exp, .square, .abs, .negate, .sin, .cos,
    ].map { unary in Case("\(unary)") { b in b.unary(unary, b.image) } }
    + [Unary.log, .sqrt, .rsqrt, .reciprocal].map { unary in
      Case("\(unary)") { b in b.unary(unary, b.unary(.exp, b.image)) }
    }

  /// The loss is the sum of all outputs, each times a fixed random weight.
  ///
  /// The tolerance: a difference of `2h` carries the rounding of the outputs, `ulp * sum|weight * y| / h`, and what the
  /// curve bends by, `h^2 / 6` times a third derivative of up to about 10 for these functions and inputs within 1.
  @Test(arguments: cases) func matchesTheDifferenceToBothSides(of example: Case) throws {
    var b = GraphBuilder(name: example.name, weights: WeightRequest.seeded(3))
    b.output(example.build(&b))
    let graph = try b.build()
    let input = try #require(graph.inputs.first)
    let parameters = Parameters(of: graph)
    let output = graph.outputs[0]
    let tape = try Tape(graph, parameters: parameters, observed: [input, output])
    let x = noise(graph[input].shape.elementCount ?? 0, seed: 11)
    let weights = noise(graph[output].shape.elementCount ?? 0, seed: 13)
    let values = FloatMemory(parameters.values(in: graph))

    func loss(_ x: [Float]) -> (sum: Double, magnitude: Double) {
      tape.forward([x], parameters: values.start)
      var (sum, magnitude) = (0.0, 0.0)
      for (w, y) in zip(weights, tape.values(of: output)) {
        sum += Double(w) * Double(y)
        magnitude += Double((w * y).magnitude)
      }
      return (sum, magnitude)
    }

    let magnitude = loss(x).magnitude
    let gradients = FloatMemory(count: parameters.count)
    tape.clearGradients()
    tape.seed(output, weights)
    tape.backward(into: gradients.start)
    let inputGradients = tape.gradients(of: input)
    let h: Float = 0x1p-8
    let tolerance = 8 * 0x1p-24 * magnitude / Double(h) + 10 * Double(h * h) / 6 * 4

    /// The slope at 0 of the loss as `move` moves something; `nil` where it bends there, as at a rectifier: differences of
    /// `2h` and `h / 2` then disagree.
    func slope(_ move: (Float) -> Double) -> Double? {
      let wide = (move(h) - move(-h)) / Double(2 * h)
      let narrow = (move(h / 4) - move(-h / 4)) / Double(h / 2)
      return abs(wide - narrow) <= 2 * tolerance + 1e-3 * abs(wide) ? wide : nil
    }
    var (compared, bent) = (0, 0)
    func compare(_ gradient: Float, _ slope: Double?, _ place: String) {
      guard let slope else { return bent += 1 }
      compared += 1
      #expect(abs(Double(gradient) - slope) <= 4 * tolerance + 2e-3 * abs(slope), "\(place)")
    }
    for index in stride(from: 0, to: x.count, by: max(1, x.count / 40)) {
      let found = slope { change in
        var moved = x
        moved[index] += change
        return loss(moved).sum
      }
      compare(inputGradients[index], found, "input \(index)")
    }
    for index in stride(from: 0, to: parameters.count, by: max(1, parameters.count / 40)) {
      let value = values.start[index]
      let found = slope { change in
        values.start[index] = value + change
        return loss(x).sum
      }
      values.start[index] = value
      compare(gradients.start[index], found, "parameter \(index)")
    }
    #expect(compared > bent)
  }

  @Test(arguments: cases) func computesWhatTheEngineDoes(example: Case) throws {
    var b = GraphBuilder(name: example.name, weights: WeightRequest.seeded(3))
    b.output(example.build(&b))
    let graph = try b.build()
    let parameters = Parameters(of: graph)
    let tape = try Tape(graph, parameters: parameters)
    tape.isTraining = false
    let x = noise(graph[graph.inputs[0]].shape.elementCount ?? 0, seed: 11)
    let values = FloatMemory(parameters.values(in: graph))
    tape.forward([x], parameters: values.start)
    let expected = try evaluate(graph, inputs: [TensorData(x)])[0].elements(as: Float.self)
    for (found, wanted) in zip(tape.values(of: graph.outputs[0]), expected) {
      // Sums of up to 100 products of about 1 in another order, and functions by polynomials.
      #expect(abs(found - wanted) <= 2e-5 * max(1, wanted.magnitude))
    }
  }

  @Test func anOperatorWithoutAGradientIsNamed() throws {
    var b = GraphBuilder(name: "floor")
    b.output(b.unary(.floor, b.rows, name: "cut"))
    let graph = try b.build()
    let error = #expect(throws: TrainingError.self) {
      try Tape(graph, parameters: Parameters(of: graph), observed: graph.inputs)
    }
    #expect(error?.description == "node 'cut' (floor) has no gradient: it is not differentiable.")
  }
}

/// Uniform in [-1, 1).
func noise(_ count: Int, seed: UInt64) -> [Float] {
  var random = SplitMix64(seed: seed)
  return (0..<count).map { _ in random.uniform(within: 1) }
}

extension GraphBuilder {
  fileprivate var image: TensorID { mutating get { input("image", shape: [1, 5, 6, 4]) } }
  fileprivate var rows: TensorID { mutating get { input("rows", shape: [3, 8]) } }
}
