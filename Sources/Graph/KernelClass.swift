/// The kinds of kernel that differ in how near they come to a processor's peak. Latency models hold one
/// coefficient for each; the raw value is its name in profiles and records.
public enum KernelClass: String, Sendable, Hashable, Codable, CaseIterable {
  /// A 1x1 convolution with stride 1: a matrix product.
  case pointwise
  case conv3x3s1, conv3x3s2
  /// Any other dense convolution.
  case convKxK
  /// A convolution in more than one group, short of depthwise.
  case groupedConv
  case depthwise3x3s1, depthwise3x3s2
  case depthwise
  case transposeConv
  case fullyConnected
  /// The product of two activations.
  case matmul
  case pooling
  case elementwise
  case reduction
  case softmax
  case normalization
  case resize
  /// Between element types: quantize, dequantize, cast.
  case conversion
  /// Copies: concat, slice, transpose, pad, gather, states.
  case dataMovement

  /// Whether the multiplications bound the time, rather than the bytes.
  public var isProduct: Bool {
    switch self {
    case .pointwise, .conv3x3s1, .conv3x3s2, .convKxK, .groupedConv, .depthwise3x3s1, .depthwise3x3s2,
      .depthwise, .transposeConv, .fullyConnected, .matmul:
      true
    case .pooling, .elementwise, .reduction, .softmax, .normalization, .resize, .conversion, .dataMovement:
      false
    }
  }
}

extension Graph {
  /// The class of a node's kernel, from its operator and the shape of its weights.
  public func kernelClass(of node: Node) -> KernelClass {
    switch node.op {
    case .conv2d(let convolution): convolutionClass(convolution, weights: weightShape(of: node))
    case .depthwiseConv2d(let convolution): depthwiseClass(convolution, weights: weightShape(of: node))
    case .transposeConv2d: .transposeConv
    // A step's product has as many rows as the batch, so the weights' bytes bound it.
    case .fullyConnected, .recurrence: .fullyConnected
    case .matMul, .attention: .matmul
    case .convolution3D(let convolution): convolution.isTransposed ? .transposeConv : .convKxK
    case .deformableConvolution: .convKxK
    case .pool2d, .windowReduction, .regionAlignment: .pooling
    case .unary, .binary, .select: .elementwise
    case .reduce, .argMax, .argMin, .topIndices, .cumulative, .determinant, .detection, .fourier,
      .nonMaxSuppression:
      .reduction
    case .softmax, .logSoftmax: .softmax
    case .layerNorm, .batchNorm, .rmsNorm, .groupNorm: .normalization
    case .resize, .resample, .gridSampling: .resize
    case .quantize, .dequantize, .cast, .castOverflowing: .conversion
    case .concat, .reshape, .transpose, .pad, .slice, .gather, .broadcast, .tile, .readState, .writeState,
      .depthToSpace, .spaceToDepth, .gatherElements, .gatherND, .scatterElements, .scatterND,
      .reverseSequence, .bitcast, .blocksToImage:
      .dataMovement
    }
  }

  private func weightShape(of node: Node) -> Shape? {
    guard node.inputs.count > 1, let weights = node.inputs[1], self[weights].shape.rank == 4 else {
      return nil
    }
    return self[weights].shape
  }

  private func convolutionClass(_ convolution: Convolution, weights: Shape?) -> KernelClass {
    guard let weights else { return .convKxK }
    if convolution.groups > 1 { return .groupedConv }
    let isUndilated = convolution.dilations == .one
    switch (weights[1], weights[2], convolution.strides) {
    case (1, 1, .one): return .pointwise
    case (3, 3, .one) where isUndilated: return .conv3x3s1
    case (3, 3, .square(2)) where isUndilated: return .conv3x3s2
    default: return .convKxK
    }
  }

  private func depthwiseClass(_ convolution: Convolution, weights: Shape?) -> KernelClass {
    guard let weights, weights[1] == 3, weights[2] == 3, convolution.dilations == .one else {
      return .depthwise
    }
    switch convolution.strides {
    case .one: return .depthwise3x3s1
    case .square(2): return .depthwise3x3s2
    default: return .depthwise
    }
  }
}
