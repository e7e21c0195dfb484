import Graph
import Testing

@Suite struct ShapeInferenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var op: Operator
    var inputs: [Shape]
    var declared: Shape? = nil
    /// `nil` where the operands do not fit.
    var result: Shape?

    var testDescription: String { "\(op.name) \(inputs) -> \(result.map(\.description) ?? "refused")" }
  }

  static func conv(
    strides: Size2D = .one, dilations: Size2D = .one, padding: Padding2D = .zero, groups: Int = 1
  ) -> Convolution {
    Convolution(strides: strides, dilations: dilations, padding: padding, groups: groups)
  }

  static let mean = Pooling(kind: .average, window: .square(3), strides: .square(2))
  static let one = Padding2D(top: 1, left: 1, bottom: 1, right: 1)
  static let bilinear = Resize(method: .bilinear, alignsCorners: false, halfPixelCenters: true)

  static let windows: [Case] = [
    Case(
      op: .conv2d(conv(padding: one)), inputs: [[1, 5, 7, 3], [8, 3, 3, 3], [8]], result: [1, 5, 7, 8]),
    Case(
      op: .conv2d(conv(strides: .square(2))), inputs: [[2, 7, 7, 3], [4, 3, 3, 3]], result: [2, 3, 3, 4]),
    Case(
      op: .conv2d(conv(dilations: .square(2))), inputs: [[1, 7, 5, 1], [1, 3, 3, 1]], result: [1, 3, 1, 1]),
    Case(op: .conv2d(conv(groups: 2)), inputs: [[1, 4, 4, 6], [8, 1, 1, 3]], result: [1, 4, 4, 8]),
    Case(op: .conv2d(conv(groups: 4)), inputs: [[1, 4, 4, 6], [8, 1, 1, 3]], result: nil),
    Case(op: .conv2d(conv()), inputs: [[1, 4, 4, 6], [8, 1, 1, 5]], result: nil),
    Case(op: .conv2d(conv()), inputs: [[1, 2, 2, 1], [1, 3, 3, 1]], result: nil),
    Case(op: .conv2d(conv()), inputs: [[1, 4, 4, 6], [8, 1, 1, 6], [7]], result: nil),
    Case(
      op: .conv2d(conv(strides: Size2D(height: 0, width: 1))), inputs: [[1, 4, 4, 6], [8, 1, 1, 6]],
      result: nil),
    Case(
      op: .depthwiseConv2d(conv()), inputs: [[1, 4, 4, 6], [1, 3, 3, 12], [12]], result: [1, 2, 2, 12]),
    Case(op: .depthwiseConv2d(conv()), inputs: [[1, 4, 4, 6], [1, 3, 3, 9]], result: nil),
    Case(
      op: .transposeConv2d(conv(strides: .square(2))), inputs: [[1, 4, 4, 6], [3, 3, 3, 6]],
      result: [1, 9, 9, 3]),
    Case(
      op: .transposeConv2d(
        conv(strides: .square(2), padding: Padding2D(top: 1, left: 1, bottom: -1, right: 0))),
      inputs: [[1, 4, 4, 6], [3, 3, 3, 6]], result: [1, 9, 8, 3]),
    Case(op: .pool2d(mean), inputs: [[1, 7, 9, 2]], result: [1, 3, 4, 2]),
    Case(
      op: .pool2d(
        Pooling(
          kind: .max, window: .square(2), strides: .one,
          padding: Padding2D(top: 2, left: 0, bottom: 0, right: 0))), inputs: [[1, 4, 4, 1]], result: nil),
  ]

  static let products: [Case] = [
    Case(
      op: .fullyConnected(activation: .none, keepsLeadingAxes: false), inputs: [[2, 3, 4], [5, 4], [5]],
      result: [6, 5]),
    Case(
      op: .fullyConnected(activation: .none, keepsLeadingAxes: true), inputs: [[2, 3, 4], [5, 4]],
      result: [2, 3, 5]),
    Case(
      op: .fullyConnected(activation: .none, keepsLeadingAxes: true), inputs: [[2, 3], [5, 4]], result: nil),
    Case(
      op: .matMul(transposeA: false, transposeB: false), inputs: [[7, 1, 2, 3], [4, 3, 5]],
      result: [7, 4, 2, 5]),
    Case(op: .matMul(transposeA: true, transposeB: true), inputs: [[3, 2], [5, 3]], result: [2, 5]),
    Case(op: .matMul(transposeA: false, transposeB: false), inputs: [[2, 3], [2, 3]], result: nil),
  ]

  static let elements: [Case] = [
    Case(op: .unary(.relu), inputs: [[]], result: []),
    Case(op: .binary(.add, activation: .none), inputs: [[4, 1, 3], [5, 1]], result: [4, 5, 3]),
    Case(op: .binary(.add, activation: .none), inputs: [[4, 2], [4, 3]], result: nil),
    Case(
      op: .reduce(.mean, axes: [1, 2], keepsDimensions: true), inputs: [[1, 4, 5, 6]], result: [1, 1, 1, 6]),
    Case(op: .reduce(.mean, axes: [0], keepsDimensions: false), inputs: [[4]], result: []),
    Case(op: .reduce(.mean, axes: [1, 1], keepsDimensions: false), inputs: [[4, 4]], result: nil),
    Case(op: .reduce(.mean, axes: [-1], keepsDimensions: false), inputs: [[4, 4]], result: nil),
    Case(op: .softmax(axis: 2, beta: 1), inputs: [[4, 4]], result: nil),
    Case(op: .layerNorm(axes: 2, epsilon: 0), inputs: [[2, 3, 4], [3, 4]], result: [2, 3, 4]),
    Case(op: .layerNorm(axes: 1, epsilon: 0), inputs: [[2, 3, 4], [3]], result: nil),
    Case(op: .argMax(axis: 1, keepsDimensions: false), inputs: [[2, 3, 4]], declared: nil, result: [2, 4]),
  ]

  static let movements: [Case] = [
    Case(op: .concat(axis: 1, activation: .none), inputs: [[2, 3], [2, 4], [2, 1]], result: [2, 8]),
    Case(op: .concat(axis: 1, activation: .none), inputs: [[2, 3], [3, 3]], result: nil),
    Case(op: .reshape, inputs: [[2, 6]], declared: [3, 4], result: [3, 4]),
    Case(op: .reshape, inputs: [[2, 6]], declared: [3, 5], result: nil),
    Case(op: .transpose(permutation: [2, 0, 1]), inputs: [[2, 3, 4]], result: [4, 2, 3]),
    Case(op: .transpose(permutation: [0, 0, 1]), inputs: [[2, 3, 4]], result: nil),
    Case(op: .pad(before: [0, 2], after: [1, 0], mode: .constant(0)), inputs: [[2, 3]], result: [3, 5]),
    Case(op: .pad(before: [0, 2], after: [0, 0], mode: .reflect), inputs: [[2, 3]], result: [2, 5]),
    Case(op: .pad(before: [0, 3], after: [0, 0], mode: .reflect), inputs: [[2, 3]], result: nil),
    Case(op: .pad(before: [0, -1], after: [0, 0], mode: .constant(0)), inputs: [[2, 3]], result: nil),
    Case(
      op: .slice(begin: [1, 4], strides: [1, -2]), inputs: [[3, 5]], declared: [2, 3], result: [2, 3]),
    Case(op: .slice(begin: [1, 4], strides: [1, -2]), inputs: [[3, 5]], declared: [2, 4], result: nil),
    Case(op: .slice(begin: [0], strides: [.min]), inputs: [[3]], declared: [2], result: nil),
    Case(op: .slice(begin: [.max], strides: [1]), inputs: [[3]], declared: [2], result: nil),
    Case(op: .broadcast, inputs: [[3, 1]], declared: [2, 3, 4], result: [2, 3, 4]),
    Case(op: .broadcast, inputs: [[2, 3, 4]], declared: [3, 4], result: nil),
    Case(op: .tile(multiples: [2, 1]), inputs: [[3, 4]], result: [6, 4]),
    Case(op: .tile(multiples: [.max, 1]), inputs: [[3, 4]], result: nil),
    Case(op: .resize(bilinear), inputs: [[1, 3, 4, 2]], declared: [1, 6, 8, 2], result: [1, 6, 8, 2]),
    Case(op: .resize(bilinear), inputs: [[1, 3, 4, 2]], declared: [1, 6, 8, 3], result: nil),
    Case(op: .depthToSpace(block: 2), inputs: [[1, 3, 4, 8]], result: [1, 6, 8, 2]),
    Case(op: .spaceToDepth(block: 2), inputs: [[1, 4, 6, 2]], result: [1, 2, 3, 8]),
    Case(op: .spaceToDepth(block: 1 << 40), inputs: [[1, 4, 6, 2]], result: nil),
  ]

  @Test(arguments: windows + products + elements + movements)
  func outputsFollowFromInputs(_ test: Case) throws {
    func types() throws -> [TensorType] {
      try test.op.outputTypes(
        node: "n", inputs: test.inputs.map { TensorType(.f32, $0) },
        declared: test.declared.map { [TensorType(.f32, $0)] } ?? [])
    }
    if let result = test.result {
      #expect(try types().map(\.shape) == [result])
    } else {
      #expect(throws: GraphError.self) { try types() }
    }
  }

  @Test func comparisonsGiveBooleansAndMixedTypesAreRefused() throws {
    let numbers = TensorType(.f32, [2])
    let less = Operator.binary(.less, activation: .none)
    #expect(try less.outputTypes(node: "n", inputs: [numbers, numbers]) == [TensorType(.bool, [2])])
    #expect(throws: GraphError.self) {
      try less.outputTypes(node: "n", inputs: [numbers, TensorType(.i32, [2])])
    }
    #expect(throws: GraphError.self) { try less.outputTypes(node: "n", inputs: [numbers]) }
    #expect(throws: GraphError.self) { try less.outputTypes(node: "n", inputs: [numbers, nil]) }
  }

  @Test func gatherReplacesTheAxisByTheIndices() throws {
    let types = try Operator.gather(axis: 1).outputTypes(
      node: "n", inputs: [TensorType(.f32, [2, 9, 3]), TensorType(.i32, [4, 5])])
    #expect(types == [TensorType(.f32, [2, 4, 5, 3])])
  }

  @Test func extentsThatWouldOverflowAreRefused() {
    for extent in [0, -1, Shape.largestExtent + 1, Int.max, Int.min] {
      #expect(throws: GraphError.self) {
        try Operator.unary(.relu).outputTypes(node: "n", inputs: [TensorType(.f32, [extent])])
      }
      let convolution = Convolution(strides: Size2D(height: extent, width: 1))
      #expect(throws: GraphError.self) {
        try Operator.conv2d(convolution).outputTypes(
          node: "n", inputs: [TensorType(.f32, [1, 4, 4, 1]), TensorType(.f32, [1, 1, 1, 1])])
      }
    }
    let largest = Shape.largestExtent
    let convolution = Convolution(
      strides: .square(largest), dilations: .square(largest),
      padding: Padding2D(top: largest, left: largest, bottom: largest, right: largest))
    #expect(throws: GraphError.self) {
      try Operator.conv2d(convolution).outputTypes(
        node: "n", inputs: [TensorType(.i8, [1, largest, 1, 1]), TensorType(.i8, [1, largest, 1, 1])])
    }
  }

  @Test func samePaddingMakesOutputsOfTheExtentOverTheStride() throws {
    for extent in 1...20 {
      for taps in 1...5 {
        for stride in 1...4 {
          for dilation in 1...3 {
            let padding = Padding2D.same(
              input: .square(extent), window: .square(taps), strides: .square(stride),
              dilations: .square(dilation))
            let convolution = Convolution(
              strides: .square(stride), dilations: .square(dilation), padding: padding)
            let types = try Operator.conv2d(convolution).outputTypes(
              node: "n",
              inputs: [TensorType(.f32, [1, extent, extent, 1]), TensorType(.f32, [1, taps, taps, 1])])
            #expect(types[0].shape[1] == (extent + stride - 1) / stride)
            #expect(padding.bottom - padding.top == 0 || padding.bottom - padding.top == 1)
          }
        }
      }
    }
  }
}
