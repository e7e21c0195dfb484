import Graph
import Lowering
import Testing

@Suite struct OperatorLoweringTests {
  /// A small graph, named after what it exercises.
  struct Example: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var shape: Shape
    var build: @Sendable (inout GraphBuilder, TensorID) -> TensorID
  }

  static let examples: [Example] =
    windows + movements + functions + [
      Example(testDescription: "dense over leading axes", shape: [2, 3, 7]) { $0.dense($1, units: 5) },
      Example(testDescription: "product by a constant", shape: [2, 3, 4]) { b, x in
        let w = b.constant("w", shape: [4, 6], (0..<24).map { Float($0) / 10 - 1 })
        return b.apply(.matMul(transposeA: false, transposeB: false), [x, w])
      },
      Example(testDescription: "product by a transposed constant", shape: [2, 3, 4]) { b, x in
        let w = b.constant("w", shape: [6, 4], (0..<24).map { Float($0) / 10 - 1 })
        return b.apply(.matMul(transposeA: false, transposeB: true), [x, w])
      },
      Example(testDescription: "product of activations", shape: [2, 3, 4]) {
        $0.apply(.matMul(transposeA: false, transposeB: true), [$1, $1])
      },
      Example(testDescription: "product with a transposed first factor", shape: [2, 3, 4]) {
        $0.apply(.matMul(transposeA: true, transposeB: false), [$1, $1])
      },
      Example(testDescription: "product repeated over some batch axes", shape: [2, 3, 4, 5]) { b, x in
        let half = b.slice(x, begin: [0, 0, 0, 0], counts: [2, 1, 4, 5])
        return b.apply(.matMul(transposeA: false, transposeB: true), [x, half])
      },
      Example(testDescription: "sum broadcast over rows", shape: [3, 1, 4]) { b, x in
        b.add(x, b.transpose(x, [1, 0, 2]))
      },
      Example(testDescription: "mean over inner and outer axes", shape: [2, 3, 4, 5]) {
        $0.reduce(.mean, $1, axes: [0, 2])
      },
      Example(testDescription: "norm over nothing", shape: [2, 3]) { $0.reduce(.l2Norm, $1, axes: []) },
      Example(testDescription: "largest over all", shape: [2, 3, 4]) {
        $0.reduce(.maximum, $1, axes: [0, 1, 2])
      },
      Example(testDescription: "softmax over an inner axis", shape: [2, 5, 3]) { $0.softmax($1, axis: 1) },
      Example(testDescription: "layer norm", shape: [2, 3, 16]) { $0.layerNorm($1) },
      Example(testDescription: "batch norm without a layer before it", shape: [1, 4, 4, 3]) {
        $0.batchNorm($1)
      },
      Example(testDescription: "sum followed by tanh", shape: [2, 3]) { b, x in
        b.apply(.binary(.add, activation: .tanh), [x, x])
      },
      Example(testDescription: "prelu", shape: [2, 4, 3]) { b, x in
        b.apply(.binary(.prelu, activation: .none), [x, b.constant("slopes", shape: [3], [0.1, 0.2, -0.3])])
      },
    ]

  static let windows: [Example] = [
    Example(testDescription: "convolution with strides and uneven padding", shape: [2, 9, 7, 3]) {
      $0.conv2d(
        $1, filters: 5, kernel: .init(height: 3, width: 2), strides: .init(height: 2, width: 1),
        activation: .relu6)
    },
    Example(testDescription: "convolution with dilations", shape: [1, 9, 9, 4]) {
      $0.conv2d($1, filters: 6, kernel: .square(3), dilations: .square(2))
    },
    Example(testDescription: "convolution in groups", shape: [1, 6, 6, 8]) {
      $0.conv2d($1, filters: 12, kernel: .square(3), groups: 4)
    },
    Example(testDescription: "pointwise convolution without bias", shape: [1, 5, 5, 9]) {
      $0.conv2d($1, filters: 17, kernel: .one, useBias: false)
    },
    Example(testDescription: "depthwise convolution with a multiplier", shape: [1, 8, 8, 5]) {
      $0.depthwiseConv2d($1, kernel: .square(3), strides: .square(2), multiplier: 3, activation: .relu)
    },
    Example(testDescription: "transposed convolution", shape: [1, 4, 5, 3]) {
      $0.transposeConv2d($1, filters: 6, kernel: .square(3), strides: .square(2))
    },
    Example(testDescription: "padding before a convolution", shape: [1, 5, 5, 3]) { b, x in
      b.conv2d(
        b.pad(x, Padding2D(top: 1, left: 2, bottom: 0, right: 1)), filters: 4, kernel: .square(3),
        padding: .valid)
    },
    Example(testDescription: "padding before a largest pool", shape: [1, 5, 5, 3]) { b, x in
      b.maxPool(b.pad(x, Padding2D(top: 1, left: 1, bottom: 1, right: 1)), window: .square(3))
    },
    Example(testDescription: "padding before an average pool", shape: [1, 5, 5, 3]) { b, x in
      b.averagePool(
        b.pad(x, Padding2D(top: 1, left: 1, bottom: 1, right: 1)), window: .square(3), strides: .one)
    },
    Example(testDescription: "average pool that leaves padding out", shape: [1, 5, 5, 3]) {
      $0.averagePool($1, window: .square(3), strides: .square(2), padding: .same)
    },
    Example(testDescription: "convolution and batch norm", shape: [1, 6, 6, 3]) { b, x in
      b.unary(.relu, b.batchNorm(b.conv2d(x, filters: 7, kernel: .square(3))))
    },
    Example(testDescription: "depthwise convolution and batch norm", shape: [1, 6, 6, 3]) { b, x in
      b.batchNorm(b.depthwiseConv2d(x, kernel: .square(3), multiplier: 2, useBias: false))
    },
    Example(testDescription: "clamp after clamp", shape: [1, 6, 6, 3]) { b, x in
      b.unary(.clamp(min: -0.25, max: 0.5), b.unary(.reluN1To1, b.conv2d(x, filters: 7, kernel: .square(3))))
    },
  ]

  static let movements: [Example] = [
    Example(testDescription: "transposition", shape: [2, 3, 4, 5]) { $0.transpose($1, [3, 1, 0, 2]) },
    Example(testDescription: "transposition that moves nothing", shape: [1, 3, 1, 5]) {
      $0.transpose($1, [1, 0, 3, 2])
    },
    Example(testDescription: "dense slice", shape: [4, 6]) { $0.slice($1, begin: [1, 0], counts: [2, 6]) },
    Example(testDescription: "slice backwards in steps", shape: [5, 7]) { b, x in
      b.apply(.slice(begin: [4, 6], strides: [-2, -3]), [x], declared: TensorType(.f32, [3, 3]))
    },
    Example(testDescription: "reshaped slice", shape: [4, 6]) { b, x in
      b.reshape(b.slice(x, begin: [1, 0], counts: [2, 6]), to: [3, 4])
    },
    Example(testDescription: "concatenation along channels", shape: [1, 3, 3, 4]) { b, x in
      b.concat([b.unary(.abs, x), x, b.unary(.negate, x)], axis: 3)
    },
    Example(testDescription: "concatenation in place", shape: [2, 8]) { b, x in
      b.concat([b.unary(.abs, x), b.unary(.negate, x), b.unary(.square, x)], axis: 0)
    },
    Example(testDescription: "concatenation of one tensor with itself", shape: [1, 8]) { b, x in
      let y = b.unary(.abs, x)
      return b.concat([y, y, b.reshape(y, to: [1, 8])], axis: 0)
    },
    Example(testDescription: "concatenation of concatenations", shape: [1, 8]) { b, x in
      let inner = b.concat([b.unary(.abs, x), b.unary(.negate, x)], axis: 0)
      return b.concat([b.unary(.square, x), inner, inner], axis: 0)
    },
    Example(testDescription: "tiles", shape: [2, 3, 2]) { b, x in b.apply(.tile(multiples: [2, 1, 3]), [x]) },
    Example(testDescription: "tiles of four axes", shape: [2, 3, 2, 3]) { b, x in
      b.apply(.tile(multiples: [2, 3, 3, 2]), [x])
    },
    Example(testDescription: "transposition of eight axes", shape: [2, 2, 2, 2, 2, 2, 2, 2]) { b, x in
      b.transpose(x, [7, 6, 5, 4, 3, 2, 1, 0])
    },
    Example(testDescription: "broadcast", shape: [3, 1, 2]) { b, x in
      b.apply(.broadcast, [x], declared: TensorType(.f32, [4, 3, 5, 2]))
    },
    Example(testDescription: "depth to space", shape: [2, 3, 2, 12]) { b, x in
      b.apply(.depthToSpace(block: 2), [x])
    },
    Example(testDescription: "space to depth", shape: [2, 6, 4, 3]) { b, x in
      b.apply(.spaceToDepth(block: 2), [x])
    },
    Example(testDescription: "padding with a value", shape: [2, 3, 4]) { b, x in
      b.apply(.pad(before: [0, 1, 2], after: [1, 0, 1], mode: .constant(2.5)), [x])
    },
    Example(testDescription: "reflection", shape: [1, 3, 4, 2]) {
      $0.pad($1, Padding2D(top: 1, left: 2, bottom: 2, right: 1), mode: .reflect)
    },
    Example(testDescription: "symmetric padding", shape: [1, 3, 4, 2]) {
      $0.pad($1, Padding2D(top: 1, left: 2, bottom: 2, right: 1), mode: .symmetric)
    },
    Example(testDescription: "padding with the other end", shape: [1, 3, 4, 2]) {
      $0.pad($1, Padding2D(top: 3, left: 2, bottom: 2, right: 4), mode: .wrap)
    },
    Example(testDescription: "padding with the edge", shape: [1, 3, 4, 2]) {
      $0.pad($1, Padding2D(top: 4, left: 2, bottom: 2, right: 5), mode: .edge)
    },
    Example(testDescription: "eight axes", shape: [2, 1, 2, 3, 1, 2, 2, 2]) { b, x in
      b.transpose(x, [0, 1, 2, 3, 4, 7, 5, 6])
    },
  ]

  /// Of inputs in -1 to 1.
  static let functions: [Example] =
    ([
      .tan, .asin, .acos, .atan, .sinh, .cosh, .asinh, .atanh, .expm1, .log1p, .softsign, .mish,
      .celu(alpha: 0.5),
      .selu(alpha: 1.5, gamma: 1.25), .thresholdedRelu(alpha: 0.25), .shrink(lambda: 0.5, bias: 0.125),
      .swish(alpha: 2),
    ] as [Unary]).map { unary in
      Example(testDescription: unary.name, shape: [2, 9]) { $0.unary(unary, $1) }
    } + [
      Example(testDescription: "acosh", shape: [2, 9]) { b, x in
        b.unary(.acosh, b.add(b.unary(.abs, x), b.constant("one", shape: [1], [1])))
      },
      Example(testDescription: "remainder with the sign of the first", shape: [2, 9]) { b, x in
        b.apply(.binary(.truncatedModulo, activation: .none), [x, b.constant("c", shape: [1], [-0.375])])
      },
      Example(testDescription: "angle", shape: [2, 9]) { b, x in
        b.apply(.binary(.arcTangent, activation: .none), [x, b.constant("c", shape: [1], [-0.375])])
      },
    ]

  /// f32 sums of up to some hundred terms: their relative error stays below 100 * 2^-24, well within 1e-5.
  @Test(arguments: examples) func agreesWithTheNaiveEvaluator(_ example: Example) throws {
    var b = GraphBuilder(name: example.testDescription, weights: WeightRequest.seeded(3))
    let x = b.input("x", shape: example.shape)
    b.output(example.build(&b, x))
    try expectAgreement(b.build())
  }
}
