import Graph

extension TFLiteFileBuilder {
  /// Whether a node multiplies real activations by integer weights.
  func isHybrid(_ node: Node) -> Bool {
    guard node.op.hasWeights, case let x?? = node.inputs.first, node.inputs.count > 1,
      let weights = node.inputs[1]
    else { return false }
    return graph[x].elementType == .f32 && !graph[weights].elementType.isFloatingPoint
  }

  /// The lowest version of an operator that has the node's element types and options.
  ///
  /// - Source: TensorFlow Lite, tools/versioning/op_version.cc and kernels/register.cc.
  func version(_ name: String, _ node: Node) -> Int32 {
    let operands = node.inputs.compactMap { $0 }.map { graph[$0] }
    let type = operands.first?.elementType
    let isChannelwise = operands.count > 1 && operands[1].quantization?.axis != nil
    switch name {
    case "CONV_2D":
      if case .conv2d(let window) = node.op, window.groups > 1 { return 6 }
      if isHybrid(node) { return isChannelwise ? 5 : 2 }
      return type == .i16 ? 4 : type == .i8 ? 3 : 1
    case "DEPTHWISE_CONV_2D":
      if isHybrid(node) { return isChannelwise ? 6 : 4 }
      if type == .i16 { return 5 }
      if type == .i8 { return 3 }
      if case .depthwiseConv2d(let window) = node.op, window.dilations != .one { return 2 }
      return 1
    case "FULLY_CONNECTED":
      if isChannelwise { return 12 }
      if isHybrid(node) { return 9 }
      if type == .i16 { return 7 }
      if node.inputs.count < 3 || node.inputs[2] == nil { return 6 }
      if case .fullyConnected(_, true) = node.op { return 5 }
      return type == .i8 ? 4 : 1
    case "TRANSPOSE_CONV":
      if case .transposeConv2d(let window) = node.op, window.activation != .none { return 4 }
      return node.inputs.count > 2 ? 3 : type == .i8 ? 2 : 1
    case "BROADCAST_TO": return 2
    case "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR":
      if case .resize(let resize) = node.op, resize.halfPixelCenters || resize.alignsCorners { return 3 }
      return type == .i8 ? 2 : 1
    case "DEQUANTIZE":
      if operands.first?.quantization?.axis != nil { return 5 }
      return type == .f16 || type == .i16 ? 3 : type == .i8 ? 2 : 1
    default: return type == .i8 && Self.hasByteVersion.contains(name) ? 2 : 1
    }
  }

  /// Operators whose second version brought signed bytes.
  private static let hasByteVersion: Set<String> = Set(
    """
    ABS ADD ARG_MAX ARG_MIN AVERAGE_POOL_2D BATCH_MATMUL CONCATENATION DEPTH_TO_SPACE EQUAL GATHER GREATER \
    GREATER_EQUAL LEAKY_RELU LESS LESS_EQUAL LOGISTIC LOG_SOFTMAX MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD \
    MUL NOT_EQUAL PAD PADV2 QUANTIZE REDUCE_MAX REDUCE_MIN RELU RELU6 SLICE SOFTMAX SPACE_TO_DEPTH \
    SQUARED_DIFFERENCE STRIDED_SLICE SUB SUM TANH TILE TRANSPOSE
    """.split(separator: " ").map(String.init))
}
