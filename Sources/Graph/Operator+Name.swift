extension Operator {
  /// The operator's name in errors and tables: "conv2d", "add", "relu".
  public var name: String {
    switch self {
    case .conv2d: "conv2d"
    case .depthwiseConv2d: "depthwiseConv2d"
    case .transposeConv2d: "transposeConv2d"
    case .fullyConnected: "fullyConnected"
    case .matMul: "matMul"
    case .pool2d(let pooling): pooling.kind == .max ? "maxPool2d" : "averagePool2d"
    case .unary(let unary): unary.name
    case .binary(let binary, _): String(describing: binary)
    case .select: "select"
    case .reduce(let reduction, _, _): "reduce \(reduction)"
    case .softmax: "softmax"
    case .logSoftmax: "logSoftmax"
    case .layerNorm: "layerNorm"
    case .batchNorm: "batchNorm"
    case .concat: "concat"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .pad: "pad"
    case .slice: "slice"
    case .gather: "gather"
    case .gatherElements: "gatherElements"
    case .gatherND: "gatherND"
    case .scatterElements: "scatterElements"
    case .scatterND: "scatterND"
    case .reverseSequence: "reverseSequence"
    case .broadcast: "broadcast"
    case .tile: "tile"
    case .resize(let resize): resize.method == .bilinear ? "resizeBilinear" : "resizeNearest"
    case .argMax: "argMax"
    case .argMin: "argMin"
    case .topIndices: "topIndices"
    case .cumulative(let cumulation): cumulation.kind == .sum ? "cumulativeSum" : "cumulativeProduct"
    case .determinant: "determinant"
    case .quantize: "quantize"
    case .dequantize: "dequantize"
    case .cast: "cast"
    case .castOverflowing: "castOverflowing"
    case .bitcast: "bitcast"
    case .readState: "readState"
    case .writeState: "writeState"
    case .depthToSpace: "depthToSpace"
    case .spaceToDepth: "spaceToDepth"
    case .detection: "detection"
    case .recurrence(let recurrence): String(describing: recurrence.kind)
    case .attention: "attention"
    case .rmsNorm: "rmsNorm"
    case .groupNorm: "groupNorm"
    case .fourier: "fourier"
    case .windowReduction: "windowReduction"
    case .convolution3D(let convolution):
      convolution.isTransposed ? "transposeConvolution3D" : "convolution3D"
    case .deformableConvolution: "deformableConvolution"
    case .resample: "resample"
    case .gridSampling: "gridSampling"
    case .regionAlignment: "regionAlignment"
    case .nonMaxSuppression: "nonMaxSuppression"
    case .blocksToImage: "blocksToImage"
    }
  }
}

extension Unary {
  /// The function's name without its parameters: "leakyRelu".
  public var name: String {
    switch self {
    case .clamp: "clamp"
    case .leakyRelu: "leakyRelu"
    case .elu: "elu"
    case .hardSigmoid: "hardSigmoid"
    case .gelu: "gelu"
    case .celu: "celu"
    case .selu: "selu"
    case .thresholdedRelu: "thresholdedRelu"
    case .shrink: "shrink"
    case .swish: "swish"
    case .isInfinite: "isInfinite"
    default: String(describing: self)
    }
  }
}

extension Unary {
  /// Whether the result is a truth value.
  public var isPredicate: Bool {
    switch self {
    case .isNaN, .isInfinite, .logicalNot: true
    default: false
    }
  }
}

extension Activation {
  /// The function alone; `nil` for no activation and for the sign bit, which has no unary operator.
  public var unary: Unary? {
    switch self {
    case .none, .signBit: nil
    case .relu: .relu
    case .relu6: .relu6
    case .reluN1To1: .reluN1To1
    case .tanh: .tanh
    }
  }
}
