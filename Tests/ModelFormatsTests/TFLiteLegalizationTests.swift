import Graph
import Lowering
import TestSupport
import Testing

@testable import ModelFormats

/// Operators that TFLite does not have are written as several that compute the same.
@Suite struct TFLiteLegalizationTests {
  /// - Parameter tolerance: In shares of the largest output; what the steps round to, a few ulp each.
  private func expectTheSame(
    _ comment: String, shape: Shape = [1, 6, 7, 4], tolerance: Float = 1e-5,
    _ layers: (inout GraphBuilder, TensorID) -> TensorID
  ) throws {
    var b = GraphBuilder(name: comment, weights: WeightRequest.seeded(4))
    let x = b.input("x", shape: shape)
    b.output(layers(&b, x))
    let graph = try b.build()
    let read = try TFLiteWriterTests.rewritten(graph)
    try TFLiteWriterTests.expectSameOutputs(read, graph, comment, tolerance: tolerance)
  }

  @Test(arguments: [
    Padding2D(top: 1, left: 0, bottom: 0, right: 2), Padding2D(top: 2, left: 2, bottom: 2, right: 2),
    Padding2D(top: 0, left: 1, bottom: 1, right: 0),
  ])
  func explicitPadding(padding: Padding2D) throws {
    try expectTheSame("convolution") {
      $0.conv2d($1, filters: 5, kernel: .square(3), strides: .square(2), padding: .explicit(padding))
    }
    try expectTheSame("depthwise") {
      $0.depthwiseConv2d($1, kernel: .square(3), padding: .explicit(padding), activation: .relu)
    }
    for strides in [Size2D.one, .square(2)] {
      for pooling in [
        Pooling(kind: .max, window: .square(3), strides: strides, padding: padding, activation: .relu),
        Pooling(kind: .average, window: .square(3), strides: strides, padding: padding),
        Pooling(kind: .average, window: .square(3), strides: strides, padding: padding, countsPadding: true),
      ] {
        try expectTheSame("\(pooling)") { $0.apply(.pool2d(pooling), [$1]) }
      }
    }
  }

  @Test(arguments: [
    Padding2D(top: 1, left: 0, bottom: 1, right: 0), Padding2D(top: 2, left: 1, bottom: -1, right: 0),
    Padding2D(top: 0, left: 0, bottom: -2, right: -1), Padding2D(top: 0, left: 1, bottom: 0, right: 0),
  ])
  func transposedConvolutionsOfAnyPadding(padding: Padding2D) throws {
    try expectTheSame("transposed", shape: [1, 3, 4, 2]) { b, x in
      let weights = b.constant("w", shape: [3, 3, 3, 2], (0..<54).map { Float($0 % 7) - 3 })
      let bias = b.constant("b", shape: [3], [0.5, -1, 2])
      return b.apply(
        .transposeConv2d(Convolution(strides: .square(2), padding: padding, activation: .relu6)),
        [x, weights, bias])
    }
  }

  @Test(arguments: [
    Unary.silu, .clamp(min: -0.25, max: 0.5), .elu(alpha: 0.3), .elu(alpha: 1), .softplus, .reciprocal, .erf,
    .hardSigmoid(alpha: 0.2, beta: 0.5), .square, .gelu(approximate: true), .hardSwish, .reluN1To1,
  ])
  func unaryFunctions(unary: Unary) throws {
    // erf by its polynomial is off by 1.5e-7 and by what f32 adds, on values below 1.
    try expectTheSame("\(unary)") { $0.unary(unary, $1) }
  }

  @Test(arguments: Reduction.allCases.filter { $0 != .any && $0 != .all }, [[1], [1, 2], [3], []])
  func reductions(reduction: Reduction, axes: [Int]) throws {
    // A sum over no axes squares or takes no root of anything: norms over nothing are left to the built-in kernels.
    if axes.isEmpty, reduction == .l2Norm || reduction == .sumOfSquares { return }
    for keepsDimensions in [false, true] {
      try expectTheSame("\(reduction) \(axes)") {
        $0.apply(.reduce(reduction, axes: axes, keepsDimensions: keepsDimensions), [$1])
      }
    }
  }

  @Test func normalizations() throws {
    try expectTheSame("batch") { $0.batchNorm($1) }
    for axes in 1...2 {
      try expectTheSame("layer over \(axes)") { $0.apply(.layerNorm(axes: axes, epsilon: 1e-5), [$1]) }
    }
    try expectTheSame("layer") { b, x in
      let scale = b.constant("scale", shape: [4], [1, 2, -1, 0.5])
      let bias = b.constant("bias", shape: [4], [0, 1, 2, 3])
      let scaled = b.apply(.layerNorm(axes: 1, epsilon: 1e-3), [x, scale])
      let shifted = b.apply(.layerNorm(axes: 1, epsilon: 1e-3), [scaled, nil, bias])
      return b.apply(.layerNorm(axes: 1, epsilon: 1e-3), [shifted, scale, bias])
    }
  }

  @Test(arguments: 0..<4) func softmaxAlongAnyAxis(axis: Int) throws {
    try expectTheSame("softmax") { $0.apply(.softmax(axis: axis, beta: 2), [$1]) }
    try expectTheSame("logarithm") { $0.apply(.logSoftmax(axis: axis), [$1]) }
  }

  @Test func movement() throws {
    try expectTheSame("edge") {
      $0.apply(.pad(before: [0, 2, 0, 1], after: [0, 1, 3, 0], mode: .edge), [$1])
    }
    try expectTheSame("edge of nothing") {
      $0.apply(.pad(before: [0, 0, 0, 0], after: [0, 0, 0, 0], mode: .edge), [$1])
    }
    try expectTheSame("value") {
      $0.apply(.pad(before: [0, 2, 0, 1], after: [0, 1, 3, 0], mode: .constant(-2.5)), [$1])
    }
    try expectTheSame("backwards") {
      $0.apply(
        .slice(begin: [0, 5, 1, 3], strides: [1, -1, 2, -2]), [$1],
        declared: TensorType(.f32, [1, 6, 3, 2]))
    }
    try expectTheSame("scalar") { b, x in
      let sum = b.apply(.reduce(.sum, axes: [0, 1, 2, 3], keepsDimensions: true), [x])
      return b.apply(.reshape, [sum], declared: TensorType(.f32, .scalar))
    }
  }

  @Test func activationsWithoutAFusedForm() throws {
    try expectTheSame("maximum") { b, x in
      b.apply(.binary(.maximum, activation: .relu6), [x, b.unary(.negate, x)])
    }
  }

  @Test func narrowWeightsAreWidenedWhereThereIsNoKernel() throws {
    var b = GraphBuilder(name: "halves", weights: WeightRequest.seeded(4))
    let x = b.input("x", shape: [1, 4])
    let half: [UInt16] = [0x3c00, 0xbc00, 0x4000, 0x3800, 0x3400, 0xb800, 0x0000, 0x4200]
    let weights = b.constant("w", elementType: .f16, shape: [2, 4], TensorData(half))
    b.output(b.apply(.fullyConnected(activation: .none, keepsLeadingAxes: false), [x, weights]))
    let graph = try b.build()
    let read = try TFLiteWriterTests.rewritten(graph)
    #expect(read.nodes.map(\.op.name) == ["dequantize", "fullyConnected"])
    try TFLiteWriterTests.expectSameOutputs(read, graph, "f16")
  }
}
