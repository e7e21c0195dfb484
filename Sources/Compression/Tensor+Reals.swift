internal import CKernels
internal import Graph

extension Tensor {
  /// The elements of an f32 or f16 constant; `nil` for other types.
  var reals: [Float]? {
    switch elementType {
    case .f32: return constant?.elements(as: Float.self)
    case .f16:
      guard let halves = constant?.elements(as: UInt16.self) else { return nil }
      var values = [Float](repeating: 0, count: halves.count)
      eb_vector_kernels_active().pointee.f16_to_f32(halves.count, halves, &values)
      return values
    default: return nil
    }
  }

  /// The elements of an f32 or f16 constant, all of them finite; `nil` for other tensors.
  func finiteReals() throws(CompressionError) -> [Float]? {
    guard let values = reals else { return nil }
    guard values.allSatisfy(\.isFinite) else { throw .notFinite(tensor: name) }
    return values
  }
}

extension Operator {
  /// The axis of the weights, input 1, that output channels run along; `nil` where there are no weights.
  var weightChannelAxis: Int? {
    switch self {
    case .conv2d, .transposeConv2d, .fullyConnected: 0
    case .depthwiseConv2d: 3
    default: nil
    }
  }
}
