import Graph

/// What has to be done for LiteRT to have a kernel for a node's element types.
private enum TypeChange {
  case none
  /// Weights are widened to f32 before use.
  case widenWeights
  /// Inputs are brought to the output's scale.
  case requantizeInputs
  /// The node computes on real numbers, between conversions.
  case computeReal
}

extension GraphRewriter {
  /// The node between the conversions that its element types need.
  mutating func legalizeElements() throws(ModelWriteError) {
    switch typeChange() {
    case .none: keep()
    case .widenWeights: try widenOperands { $0 != 0 }
    case .requantizeInputs: try requantizeInputs()
    case .computeReal: try computeReal()
    }
  }

  private func typeChange() -> TypeChange {
    guard let output = node.outputs.first else { return .none }
    let operands = node.inputs.compactMap { $0 }.map { graph[$0] }
    let result = graph[output]
    if node.op.isQuantize || node.op == .dequantize || node.op == .cast { return .none }
    if node.op.hasWeights { return productChange(operands) }
    if operands.contains(where: { $0.elementType == .f16 }) || result.elementType == .f16 {
      return node.op.movesElements ? .none : .computeReal
    }
    guard operands.contains(where: { $0.quantization != nil }) else { return .none }
    return quantizedChange(operands, result)
  }

  private func productChange(_ operands: [Tensor]) -> TypeChange {
    guard let x = operands.first, operands.count > 1 else { return .none }
    guard x.elementType.isFloatingPoint else { return .none }
    if x.elementType == .f16 { return .computeReal }
    let narrow = operands.dropFirst().contains { $0.elementType != .f32 }
    guard narrow else { return .none }
    // Kernels for real activations take 8-bit weights that are constant; groups and transposition they do not know.
    let weights = operands[1]
    guard weights.elementType == .i8, weights.constant != nil,
      weights.quantization?.zeroPoints.allSatisfy({ $0 == 0 }) ?? false,
      operands.dropFirst(2).allSatisfy({ $0.elementType == .f32 })
    else { return .widenWeights }
    switch node.op {
    case .conv2d(let convolution) where convolution.groups == 1: return .none
    case .depthwiseConv2d, .fullyConnected: return .none
    default: return .widenWeights
    }
  }

  private func quantizedChange(_ operands: [Tensor], _ result: Tensor) -> TypeChange {
    let isEqual = operands.allSatisfy { $0.quantization == nil || $0.quantization == result.quantization }
    if node.op.movesElements { return isEqual ? .none : .requantizeInputs }
    let isByte = operands.allSatisfy { $0.elementType == .i8 || $0.elementType == .u8 }
    switch node.op {
    case .pool2d(let pooling):
      return pooling.hasByteKernel ? (isEqual ? .none : .requantizeInputs) : .computeReal
    case .binary(.minimum, _), .binary(.maximum, _): return isEqual ? .none : .requantizeInputs
    case .binary(let binary, let activation): return binary.hasByteKernel(activation) ? .none : .computeReal
    case .unary(let unary): return isByte && unary.hasByteKernel(result) ? .none : .computeReal
    case .reduce(let reduction, _, _):
      switch reduction {
      case .mean, .sum: return isByte ? .none : .computeReal
      case .maximum, .minimum: return isEqual ? .none : .requantizeInputs
      default: return .computeReal
      }
    case .softmax, .logSoftmax: return node.op.hasFixedScale(result) ? .none : .computeReal
    case .argMax, .argMin, .matMul: return .none
    default: return .computeReal
    }
  }

  private mutating func requantizeInputs() throws(ModelWriteError) {
    let target = graph[node.outputs[0]]
    var inputs = node.inputs
    for (position, id) in node.inputs.enumerated() {
      guard let id, graph[id].quantization != nil, graph[id].quantization != target.quantization else {
        continue
      }
      inputs[position] = try step(
        .quantize(.halfAwayFromZero), [id], type: target.elementType, quantization: target.quantization)
    }
    keep(inputs: inputs)
  }
}

extension Operator {
  var hasWeights: Bool {
    switch self {
    case .conv2d, .depthwiseConv2d, .transposeConv2d, .fullyConnected: true
    default: false
    }
  }

  /// Whether results are elements of the inputs, in the inputs' scale.
  fileprivate var movesElements: Bool {
    switch self {
    case .concat(_, .none), .reshape, .transpose, .pad, .slice, .broadcast, .tile, .gather, .resize, .select,
      .depthToSpace, .spaceToDepth, .readState, .writeState:
      true
    default: false
    }
  }

  /// Whether the result's scale is the one that the specification fixes.
  ///
  /// - Source: TensorFlow Lite, "8-bit quantization specification".
  fileprivate func hasFixedScale(_ result: Tensor) -> Bool {
    let (scale, zeroPoint): (Float, Int32)
    switch self {
    case .softmax, .unary(.sigmoid): (scale, zeroPoint) = (1 / 256, -128)
    case .unary(.tanh): (scale, zeroPoint) = (1 / 128, 0)
    case .logSoftmax: (scale, zeroPoint) = (16 / 256, 127)
    default: return true
    }
    switch result.elementType {
    case .i8: return result.quantization == .perTensor(scale: scale, zeroPoint: zeroPoint)
    case .u8: return result.quantization == .perTensor(scale: scale, zeroPoint: zeroPoint + 128)
    default: return true
    }
  }
}

extension Pooling {
  fileprivate var hasByteKernel: Bool { [.none, .relu, .relu6, .reluN1To1].contains(activation) }
}

extension Binary {
  fileprivate func hasByteKernel(_ activation: Activation) -> Bool {
    guard [.none, .relu, .relu6, .reluN1To1].contains(activation) else { return false }
    switch self {
    case .add, .subtract, .multiply, .squaredDifference, .prelu, .equal, .notEqual, .less, .lessEqual,
      .greater, .greaterEqual:
      return true
    default: return false
    }
  }
}

extension Unary {
  fileprivate func hasByteKernel(_ result: Tensor) -> Bool {
    switch self {
    case .relu, .relu6, .reluN1To1, .leakyRelu, .hardSwish: true
    case .elu(1), .gelu, .abs: result.elementType == .i8
    case .sigmoid, .tanh: Operator.unary(self).hasFixedScale(result)
    default: false
    }
  }
}
