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
    case .broadcast: "broadcast"
    case .tile: "tile"
    case .resize(let resize): resize.method == .bilinear ? "resizeBilinear" : "resizeNearest"
    case .argMax: "argMax"
    case .argMin: "argMin"
    case .quantize: "quantize"
    case .dequantize: "dequantize"
    case .cast: "cast"
    case .readState: "readState"
    case .writeState: "writeState"
    case .depthToSpace: "depthToSpace"
    case .spaceToDepth: "spaceToDepth"
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
    default: String(describing: self)
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
