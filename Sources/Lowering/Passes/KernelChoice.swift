internal import CKernels
internal import Graph

/// Whether kernels exist for a node's element types, and what is to be done where none does.
struct KernelChoice {
  enum Decision: Hashable {
    case native
    /// The elements are only moved: every input must stand for the same numbers as the output.
    case requantizeInputs
    /// Convert these inputs, and the outputs.
    case widen(to: ElementType, inputs: [Int])
  }

  private let node: Node
  private let graph: Graph

  init(_ node: Node, _ graph: Graph) {
    self.node = node
    self.graph = graph
  }

  var decision: Decision {
    switch node.op {
    case .quantize, .dequantize, .cast, .castOverflowing, .bitcast, .readState, .writeState: .native
    case .conv2d, .depthwiseConv2d, .transposeConv2d, .fullyConnected: product
    case .reshape, .transpose, .pad, .slice, .broadcast, .tile, .depthToSpace, .spaceToDepth, .concat:
      .requantizeInputs
    case .resize(let resize):
      resize.method == .nearest
        ? .requantizeInputs : hasType(0, [.f32, .i8]) ? .requantizeInputs : widenAll(.f32)
    case .gather, .gatherElements, .gatherND, .scatterElements, .scatterND, .reverseSequence:
      isIndex(1) ? .native : .widen(to: .i32, inputs: [1])
    case .select: .native
    case .pool2d(let pooling): pool(pooling)
    case .unary(let unary): self.unary(unary)
    case .binary(let binary, _): self.binary(binary)
    case .reduce(let reduction, _, _): reduce(reduction)
    case .argMax, .argMin, .topIndices: hasWholeBytes(0) ? .native : widenAll(.f32)
    case .cumulative: hasWholeBytes(0) && tensor(0)?.quantization == nil ? .native : widenAll(.f32)
    case .determinant: areAll(.f32) ? .native : widenAll(.f32)
    case .softmax: softmax
    case .recurrence: .widen(to: .f32, inputs: [0, 1, 2, 3, 5, 6, 7])
    case .attention: .widen(to: .f32, inputs: hasType(3, [.bool]) ? [0, 1, 2] : [0, 1, 2, 3])
    case .resample: .widen(to: .f32, inputs: [0, 2, 3])
    case .regionAlignment: .widen(to: .f32, inputs: [0, 1])
    case .rmsNorm, .groupNorm, .fourier, .windowReduction, .convolution3D, .deformableConvolution,
      .gridSampling,
      .nonMaxSuppression, .blocksToImage:
      widenAll(.f32)
    case .matMul, .logSoftmax, .layerNorm, .batchNorm, .detection: areAll(.f32) ? .native : widenAll(.f32)
    }
  }

  private func tensor(_ position: Int) -> Tensor? {
    guard position < node.inputs.count, let id = node.inputs[position] else { return nil }
    return graph[id]
  }

  private var output: Tensor { graph[node.outputs[0]] }
  private var operands: [Tensor] { node.inputs.compactMap { $0.map { graph[$0] } } }

  private func hasType(_ position: Int, _ types: Set<ElementType>) -> Bool {
    tensor(position).map { types.contains($0.elementType) } ?? false
  }

  private func isIndex(_ position: Int) -> Bool { hasType(position, [.i32, .i64]) }

  private func hasWholeBytes(_ position: Int) -> Bool {
    tensor(position).map { $0.elementType.bitWidth >= 8 } ?? false
  }

  private func areAll(_ type: ElementType) -> Bool {
    (operands + [output]).allSatisfy { $0.elementType == type }
  }

  /// Whether operands and output are 8-bit, with one scale each.
  private var areAllQuantized: Bool {
    (operands + [output]).allSatisfy { $0.elementType == .i8 && $0.quantization?.single != nil }
  }

  private func widenAll(_ type: ElementType) -> Decision {
    .widen(to: type, inputs: Array(node.inputs.indices))
  }

  private var product: Decision {
    guard let x = tensor(0), let weights = tensor(1) else { return .native }
    let bias = tensor(2)
    let isConvolution: Bool
    if case .transposeConv2d = node.op { isConvolution = false } else { isConvolution = true }
    switch (x.elementType, weights.elementType) {
    case (.f32, .f32), (.f32, .f16):
      if weights.elementType == .f16, weights.constant == nil || !isConvolution { return widenAll(.f32) }
      return bias.map { $0.elementType == .f32 } ?? true ? .native : .widen(to: .f32, inputs: [2])
    case (.f32, .i8), (.f32, .i4):
      return isConvolution && hasPlainScales(weights) && output.elementType == .f32 ? .native : widenAll(.f32)
    case (.i8, .i8), (.i8, .i4):
      let isStatic =
        x.quantization?.single != nil && output.elementType == .i8 && output.quantization?.single != nil
        && hasPlainScales(weights) && (bias.map { $0.constant != nil && $0.elementType == .i32 } ?? true)
      return isStatic ? .native : widenAll(.f32)
    default: return widenAll(.f32)
    }
  }

  /// Whether weights are constant, symmetric, with one scale or one an output channel.
  private func hasPlainScales(_ weights: Tensor) -> Bool {
    guard weights.constant != nil, let quantization = weights.quantization, quantization.isSymmetric else {
      return false
    }
    guard let axis = quantization.axis else { return quantization.scales.count == 1 }
    if case .depthwiseConv2d = node.op { return axis == 3 }
    return axis == 0
  }

  private func pool(_ pooling: Pooling) -> Decision {
    if areAll(.f32) { return .native }
    if areAll(.i8) {
      if areAllQuantized { return pooling.kind == .max ? .requantizeInputs : .native }
      return pooling.kind == .max && operands[0].quantization == nil ? .native : widenAll(.f32)
    }
    return widenAll(.f32)
  }

  private func unary(_ unary: Unary) -> Decision {
    guard let x = tensor(0) else { return .native }
    if unary == .bitwiseNot { return wholeNumbers(x.elementType) }
    switch x.elementType {
    case .f32, .bool: return .native
    case .f64: return eb_math_params(unary) != nil ? .native : widenAll(.f32)
    case .i8: return areAllQuantized ? .native : widenAll(.f32)
    case .i32, .i64:
      return [.square, .relu, .negate, .abs].contains(unary) && x.quantization == nil
        ? .native : widenAll(.f32)
    default: return widenAll(.f32)
    }
  }

  private func binary(_ binary: Binary) -> Decision {
    guard let a = tensor(0) else { return .native }
    switch a.elementType {
    case .f32, .bool: return .native
    case .i8 where [.add, .subtract, .multiply].contains(binary) && areAllQuantized: return .native
    case .i32, .i64: return operands.allSatisfy { $0.quantization == nil } ? .native : widenAll(.f32)
    case .f64, .u64: return .native
    case .i4, .u4, .i2, .u2, .i8, .u8, .i16, .u16, .u32:
      return operands.contains { $0.quantization != nil } ? widenAll(.f32) : wholeNumbers(a.elementType)
    case .f16, .bf16, .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f4e2m1, .f8e8m0: return widenAll(.f32)
    }
  }

  /// The signed type that holds all numbers of `type`, or at least its bits.
  private func wholeNumbers(_ type: ElementType) -> Decision {
    switch type {
    case .i32, .i64: .native
    case .u32, .u64: widenAll(.i64)
    default: widenAll(.i32)
    }
  }

  private func reduce(_ reduction: Reduction) -> Decision {
    guard let x = tensor(0) else { return .native }
    if areAllQuantized { return reduction == .mean ? .native : widenAll(.f32) }
    switch x.elementType {
    case .f32: return .native
    case .f64: return .native
    case .i32, .i64, .u32, .u64:
      return x.quantization == nil && reduction != .l2Norm ? .native : widenAll(.f32)
    case let type where type.isFloatingPoint: return widenAll(.f32)
    default: return x.quantization == nil && reduction != .l2Norm ? widenAll(.i32) : widenAll(.f32)
    }
  }

  private var softmax: Decision {
    if areAll(.f32) { return .native }
    if case .softmax = node.op, areAllQuantized, let (scale, zeroPoint) = output.quantization?.single,
      scale == 1 / 256, zeroPoint == -128
    {
      return .native
    }
    return widenAll(.f32)
  }
}
