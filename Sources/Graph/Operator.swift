/// What a node computes. The inputs and outputs of each are listed in order.
///
/// Quantized operands carry their quantization in the tensor, so one case serves every element type.
public enum Operator: Sendable, Hashable, Codable {
  /// Inputs: `[N, H, W, C]`, weights `[O, KH, KW, C / groups]`, bias `[O]` (optional). Output: `[N, OH, OW, O]`.
  case conv2d(Convolution)
  /// Inputs: `[N, H, W, C]`, weights `[1, KH, KW, C * multiplier]`, bias (optional). Output channel `c * multiplier + m`.
  case depthwiseConv2d(Convolution)
  /// Inputs: `[N, H, W, C]`, weights `[O, KH, KW, C]`, bias (optional). Padding is taken off the output.
  case transposeConv2d(Convolution)
  /// Inputs: `[..., I]`, weights `[O, I]`, bias `[O]` (optional). Output: `[..., O]`, leading axes flattened
  /// to one unless `keepsLeadingAxes`.
  case fullyConnected(activation: Activation, keepsLeadingAxes: Bool)
  /// Inputs: A `[..., M, K]`, B `[..., K, N]` (before the transpositions), broadcast over leading axes. Output: `[..., M, N]`.
  case matMul(transposeA: Bool, transposeB: Bool)
  /// Input: `[N, H, W, C]`. Output: `[N, OH, OW, C]`.
  case pool2d(Pooling)
  case unary(Unary)
  /// Inputs: two tensors, broadcast as in NumPy.
  case binary(Binary, activation: Activation)
  /// Inputs: condition (bool), value if true, value if false; broadcast.
  case select
  case reduce(Reduction, axes: [Int], keepsDimensions: Bool)
  case softmax(axis: Int, beta: Float)
  case logSoftmax(axis: Int)
  /// Inputs: x, scale, bias (each optional after x). Normalises over the last `axes` axes.
  case layerNorm(axes: Int, epsilon: Float)
  /// Inputs: x `[..., C]`, scale, bias, mean, variance, each `[C]`. Folded away by lowering where a convolution precedes.
  case batchNorm(epsilon: Float)
  case concat(axis: Int, activation: Activation)
  /// The output tensor's shape is the new shape.
  case reshape
  case transpose(permutation: [Int])
  /// Padding below and above along each axis, with `value` (in real units; the zero point where quantized means 0).
  case pad(before: [Int], after: [Int], mode: PadMode)
  /// Elements `begin[i] + k * strides[i]` along each axis; the output's shape says how many. Strides may be negative.
  case slice(begin: [Int], strides: [Int])
  /// Inputs: data, indices (i32 or i64). Output: `data.shape[..<axis] + indices.shape + data.shape[(axis + 1)...]`.
  case gather(axis: Int)
  /// Inputs: data, indices `[...]` of as many axes. `output[i0, .., i, ..] = data[i0, .., indices[i0, .., i, ..], ..]`.
  case gatherElements(axis: Int)
  /// Inputs: data, indices `[..., depth]`. Each row of indices names a slice of data behind its first `batchAxes` axes.
  case gatherND(batchAxes: Int)
  /// Inputs: data, indices and updates of one shape. `output[i0, .., indices[i0, .., i, ..], ..] = updates[i0, .., i, ..]`; the
  /// rest is data.
  case scatterElements(axis: Int, Scatter)
  /// Inputs: data, indices `[..., depth]`, updates `[..., slice]`. Each row of indices names the slice of data that is updated.
  case scatterND(Scatter)
  /// Inputs: x, lengths `[batch]`. The first `lengths[b]` elements along the time axis in reverse order.
  case reverseSequence(batchAxis: Int, timeAxis: Int)
  /// Broadcasts the input to the output tensor's shape.
  case broadcast
  /// Repeats the input along each axis.
  case tile(multiples: [Int])
  /// Input: `[N, H, W, C]`. Output: `[N, OH, OW, C]`.
  case resize(Resize)
  /// Index of the largest (or smallest) element along an axis, first one of equals. Output: i32 or i64.
  case argMax(axis: Int, keepsDimensions: Bool)
  case argMin(axis: Int, keepsDimensions: Bool)
  /// Indices of the `count` largest (or smallest) elements along an axis, in order, of equals the lower index first.
  /// Output: i32 or i64.
  case topIndices(axis: Int, count: Int, largest: Bool)
  case cumulative(Cumulation)
  /// Input: `[..., N, N]`, N up to 64. Output: `[...]`.
  case determinant
  /// Real to integer; the output's quantization says how. Between two quantized types it requantizes.
  case quantize(Rounding)
  /// Integer (or f16) to real; the input's quantization says how.
  case dequantize
  /// A conversion of the number itself, without quantization. What an 8-bit float does not hold becomes its largest number.
  case cast
  /// As `cast`, but what an 8-bit float does not hold becomes its infinity, or NaN where it has none.
  case castOverflowing
  /// The bytes as elements of the output's type; the output's shape has as many bytes.
  case bitcast
  /// The value of a state. No inputs.
  case readState(StateID)
  /// Sets a state. One input, no outputs.
  case writeState(StateID)
  case depthToSpace(block: Int)
  case spaceToDepth(block: Int)
  /// Inputs: box encodings `[boxes, 4]`, scores `[boxes, columns]`, the best score of each box `[boxes]`, anchors
  /// `[boxes, 4]`. Output: `[detections * classesPerDetection + 1, 6]`, see ``Detection``.
  case detection(Detection)
  /// Inputs: x, weights `[D, G * H, I]`, recurrent weights `[D, G * H, H]`, and, each optional, biases of both
  /// `[D, 2 * G * H]`, lengths (i32) `[N]`, initial state, initial cell, peepholes of input, output and forget gate
  /// `[D, 3 * H]`. Outputs: all states (0 after a row's length), the last state, an LSTM's last cell.
  case recurrence(Recurrence)
  /// Inputs: q, k, v, each `[N, heads, length, depth]` or `[N, length, heads * depth]`; a mask (optional) that broadcasts
  /// to `[N, heads, queries, keys]`, bool (whether a key is seen) or added; how many keys are there (optional, i32) `[N]`.
  /// A query that sees no key gives 0.
  case attention(Attention)
  /// Inputs: x, scale (optional). x / sqrt(mean of squares + epsilon) over the last `axes` axes.
  case rmsNorm(axes: Int, epsilon: Float)
  /// Inputs: x `[N, ..., C]`, scale, bias (each optional) `[C]`. Normalises over all pixels of each group of channels.
  case groupNorm(groups: Int, epsilon: Float)
  /// Input: `[..., 1 or 2]`, real or complex.
  case fourier(Fourier)
  /// Input: `[N, D, H, W, C]`. The output tensor's shape says how many windows there are.
  case windowReduction(WindowReduction)
  /// Inputs: `[N, D, H, W, C]`, weights `[O, KD, KH, KW, C / groups]`, transposed `[groups, KD, KH, KW, O / groups,
  /// C / groups]`, bias (optional). The output tensor's shape says how large a transposed one's result is.
  case convolution3D(Convolution3D)
  /// Inputs: `[N, H, W, C]`, weights `[O, KH, KW, C / groups]`, offsets of taps (y, x) `[N, OH, OW, offset groups, taps, 2]`,
  /// bias (optional), mask of taps (optional) `[N, OH, OW, offset groups, taps]`.
  case deformableConvolution(Convolution, offsetGroups: Int)
  /// Inputs: x, indices (i32) `[J, T]`, weights `[J, T]`, offsets (optional) `[J]`. Element j along the axis is offset j plus
  /// the sum over t of weight (j, t) times element index (j, t).
  case resample(axis: Int)
  /// Inputs: `[N, H, W, C]`, places `[N, OH, OW, 2]`; or `[N, D, H, W, C]`, `[N, OD, OH, OW, 3]`.
  case gridSampling(GridSampling)
  /// Inputs: `[N, H, W, C]`, boxes (x1, y1, x2, y2) `[R, 4]`, the image of each (i32) `[R]`. Output: `[R, OH, OW, C]`.
  case regionAlignment(RegionAlignment)
  /// Inputs: boxes `[N, boxes, 4]`, scores `[N, classes, boxes]`. Outputs: image, class and box of those that are left, -1 in
  /// unused rows (i64) `[capacity, 3]`; how many are left (i64) `[1]`.
  case nonMaxSuppression(NonMaxSuppression)
  /// Input: `[N, C * taps, blocks]`. Output: `[N, C, D, H, W]`, blocks added up where they lie.
  case blocksToImage(Window3D, image: Size3D)
}

/// Which of two whole steps a number halfway between them becomes.
public enum Rounding: UInt8, Sendable, Hashable, Codable, CaseIterable {
  /// TensorFlow Lite's and ncnn's.
  case halfAwayFromZero
  /// ONNX's.
  case halfToEven
}

extension Operator {
  /// Whether it is a quantization, however it rounds.
  public var isQuantize: Bool { if case .quantize = self { true } else { false } }
}

/// What follows an operator's sum, fused into it.
public enum Activation: UInt8, Sendable, Hashable, Codable, CaseIterable {
  case none, relu, relu6
  /// Clamps to [-1, 1].
  case reluN1To1
  case tanh
  case signBit
}

/// The sliding window of a convolution. Padding is explicit: readers resolve "SAME".
public struct Convolution: Sendable, Hashable, Codable {
  public var strides: Size2D
  public var dilations: Size2D
  public var padding: Padding2D
  public var groups: Int
  public var activation: Activation

  public init(
    strides: Size2D = .one, dilations: Size2D = .one, padding: Padding2D = .zero, groups: Int = 1,
    activation: Activation = .none
  ) {
    self.strides = strides
    self.dilations = dilations
    self.padding = padding
    self.groups = groups
    self.activation = activation
  }
}

public struct Pooling: Sendable, Hashable, Codable {
  public enum Kind: Sendable, Hashable, Codable { case max, average }
  public var kind: Kind
  public var window: Size2D
  public var strides: Size2D
  public var padding: Padding2D
  /// Whether padding counts as elements of the average (ONNX's `count_include_pad`; TFLite: no).
  public var countsPadding: Bool
  public var activation: Activation

  public init(
    kind: Kind, window: Size2D, strides: Size2D, padding: Padding2D = .zero,
    countsPadding: Bool = false, activation: Activation = .none
  ) {
    self.kind = kind
    self.window = window
    self.strides = strides
    self.padding = padding
    self.countsPadding = countsPadding
    self.activation = activation
  }
}

public struct Size2D: Sendable, Hashable, Codable {
  public var height: Int
  public var width: Int
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
  public static let one = Size2D(height: 1, width: 1)
  public static func square(_ side: Int) -> Size2D { Size2D(height: side, width: side) }
}

/// Rows and columns added around an image.
public struct Padding2D: Sendable, Hashable, Codable {
  public var top: Int
  public var left: Int
  public var bottom: Int
  public var right: Int
  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }
  public static let zero = Padding2D(top: 0, left: 0, bottom: 0, right: 0)
}

public enum PadMode: Sendable, Hashable, Codable {
  case constant(Float)
  /// Mirror without the edge element.
  case reflect
  /// Mirror with the edge element.
  case symmetric
  case edge
  /// The elements of the other end.
  case wrap
}

public enum Unary: Sendable, Hashable, Codable {
  case relu, relu6, reluN1To1
  case clamp(min: Float, max: Float)
  case leakyRelu(alpha: Float)
  case elu(alpha: Float)
  case sigmoid, tanh, hardSwish, silu
  /// max(0, min(1, alpha * x + beta))
  case hardSigmoid(alpha: Float, beta: Float)
  case gelu(approximate: Bool)
  case softplus, erf
  case exp, log, sqrt, rsqrt, square, abs, negate, reciprocal
  case floor, ceil, round, sign, sin, cos
  case tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh
  /// e^x - 1 and ln(1 + x)
  case expm1, log1p
  /// x / (1 + |x|)
  case softsign
  /// x * tanh(softplus(x))
  case mish
  /// max(0, x) + min(0, alpha * (e^(x / alpha) - 1))
  case celu(alpha: Float)
  /// gamma * x where x > 0, else gamma * alpha * (e^x - 1)
  case selu(alpha: Float, gamma: Float)
  /// x where x > alpha, else 0
  case thresholdedRelu(alpha: Float)
  /// x + bias where x < -lambda, x - bias where x > lambda, else 0
  case shrink(lambda: Float, bias: Float)
  /// x / (1 + e^(-alpha * x))
  case swish(alpha: Float)
  /// Output: bool.
  case isNaN
  /// Output: bool.
  case isInfinite(positive: Bool, negative: Bool)
  case bitwiseNot
  case logicalNot
}

public enum Binary: UInt8, Sendable, Hashable, Codable, CaseIterable {
  case add, subtract, multiply, divide, minimum, maximum, power, squaredDifference
  case floorDivide, floorModulo
  case equal, notEqual, less, lessEqual, greater, greaterEqual
  case logicalAnd, logicalOr
  /// x where x >= 0, else slope * x; the slope is the second input.
  case prelu
  /// The remainder with the sign of the first operand; `floorModulo` has that of the second.
  case truncatedModulo
  case bitwiseAnd, bitwiseOr, bitwiseXor
  /// By the width or more: 0. To the right the sign fills up.
  case shiftLeft, shiftRight
  /// The angle of the point (b, a).
  case arcTangent
}

public enum Reduction: UInt8, Sendable, Hashable, Codable, CaseIterable {
  case sum, mean, maximum, minimum, product, any, all
  case sumOfSquares, l2Norm
}

/// Running sums or products along an axis.
public struct Cumulation: Sendable, Hashable, Codable {
  public enum Kind: Sendable, Hashable, Codable { case sum, product }
  public var kind: Kind
  public var axis: Int
  /// Whether an element's own value is left out.
  public var isExclusive: Bool
  /// Whether it runs from the end.
  public var isReversed: Bool

  public init(kind: Kind, axis: Int, isExclusive: Bool = false, isReversed: Bool = false) {
    self.kind = kind
    self.axis = axis
    self.isExclusive = isExclusive
    self.isReversed = isReversed
  }
}

/// What an update does to the element it falls on; several on one do it one after the other.
public enum Scatter: UInt8, Sendable, Hashable, Codable, CaseIterable {
  case set, add, multiply, minimum, maximum
}

public struct Resize: Sendable, Hashable, Codable {
  public enum Method: Sendable, Hashable, Codable { case nearest, bilinear }
  public var method: Method
  public var alignsCorners: Bool
  public var halfPixelCenters: Bool
  public init(method: Method, alignsCorners: Bool, halfPixelCenters: Bool) {
    self.method = method
    self.alignsCorners = alignsCorners
    self.halfPixelCenters = halfPixelCenters
  }
}
