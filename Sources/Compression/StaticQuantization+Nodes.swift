internal import Graph

extension StaticQuantization {
  /// How willingly a node computes on steps.
  enum Readiness {
    /// It has 8-bit kernels that are worth a conversion.
    case always
    /// Where one of its inputs comes as steps.
    case withAnyInput
    /// It only moves elements: where all of its inputs come as steps.
    case withAllInputs
    case never
  }

  /// Decides for each node, in order, whether it computes on steps.
  mutating func chooseNodes() {
    var comesAsSteps = [Bool](repeating: false, count: source.tensors.count)
    for id in source.inputs { comesAsSteps[id.index] = isQuantizable(id) }
    isInteger = source.nodes.map { node in
      let activations = activationInputs(of: node)
      let outputs = node.outputs.filter { source[$0].elementType == .f32 }
      guard !activations.isEmpty, (activations + outputs).allSatisfy(isQuantizable) else { return false }
      let isChosen =
        switch readiness(of: node) {
        case .always: true
        case .withAnyInput: activations.contains { comesAsSteps[$0.index] }
        case .withAllInputs: activations.allSatisfy { comesAsSteps[$0.index] }
        case .never: false
        }
      if isChosen { for id in outputs { comesAsSteps[id.index] = true } }
      return isChosen
    }
  }

  /// The inputs that steps may be given for: real numbers that are neither constant nor a product's weights.
  func activationInputs(of node: Node) -> [TensorID] {
    let inputs = node.op.weightChannelAxis == nil ? node.inputs[...] : node.inputs.prefix(1)
    return inputs.compactMap { $0 }.filter { source[$0].constant == nil && source[$0].elementType == .f32 }
  }

  private func isQuantizable(_ id: TensorID) -> Bool {
    source[id].elementType == .f32 && table[id] != nil
  }

  private func readiness(of node: Node) -> Readiness {
    if let activation = node.op.activation, ![.none, .relu, .relu6, .reluN1To1].contains(activation) {
      return .never
    }
    switch node.op {
    case .conv2d, .depthwiseConv2d, .transposeConv2d, .fullyConnected:
      return hasConstantWeights(node) ? .always : .never
    case .unary(let unary): return unary.isSmooth ? .withAnyInput : .never
    case .binary(let binary, _):
      return [.add, .subtract, .multiply].contains(binary) && constantsAreReal(node) ? .withAnyInput : .never
    case .pool2d, .softmax, .argMax, .argMin: return .withAnyInput
    case .reduce(let reduction, _, _): return reduction == .mean ? .withAnyInput : .never
    case .concat(_, let activation):
      return activation == .none && constantsAreReal(node) ? .withAllInputs : .never
    case .reshape, .transpose, .pad, .slice, .broadcast, .tile, .resize, .depthToSpace, .spaceToDepth:
      return .withAllInputs
    case .gather:
      // A table of constants stays as it is: its steps would be made from it at every inference.
      guard case let data?? = node.inputs.first else { return .never }
      return source[data].constant == nil ? .withAllInputs : .never
    case .matMul, .select, .logSoftmax, .layerNorm, .batchNorm, .quantize, .dequantize, .cast,
      .castOverflowing,
      .bitcast, .gatherElements, .gatherND, .scatterElements, .scatterND, .reverseSequence, .topIndices,
      .cumulative, .determinant, .detection, .readState, .writeState, .recurrence, .attention, .rmsNorm,
      .groupNorm,
      .fourier, .windowReduction, .convolution3D, .deformableConvolution, .resample, .gridSampling,
      .regionAlignment, .nonMaxSuppression, .blocksToImage:
      return .never
    }
  }

  private func hasConstantWeights(_ node: Node) -> Bool {
    guard node.inputs.count > 1, let weights = node.inputs[1], source[weights].reals != nil else {
      return false
    }
    guard node.inputs.count > 2, let bias = node.inputs[2] else { return true }
    return source[bias].reals != nil
  }

  private func constantsAreReal(_ node: Node) -> Bool {
    node.inputs.allSatisfy { $0.map { source[$0].elementType == .f32 } ?? false }
  }
}

extension Unary {
  /// Whether results on a few hundred inputs stand for the function: no poles, no steps, no steep growth.
  fileprivate var isSmooth: Bool {
    switch self {
    case .relu, .relu6, .reluN1To1, .clamp, .leakyRelu, .elu, .sigmoid, .tanh, .hardSwish, .silu,
      .hardSigmoid,
      .gelu, .softplus, .erf, .abs, .negate, .square, .softsign, .mish, .celu, .selu, .swish, .atan, .asinh:
      true
    case .exp, .log, .sqrt, .rsqrt, .reciprocal, .floor, .ceil, .round, .sign, .sin, .cos, .tan, .asin, .acos,
      .sinh,
      .cosh, .acosh, .atanh, .expm1, .log1p, .thresholdedRelu, .shrink, .isNaN, .isInfinite, .bitwiseNot,
      .logicalNot:
      false
    }
  }
}
