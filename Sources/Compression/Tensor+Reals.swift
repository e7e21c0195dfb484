internal import CKernels
internal import Graph

extension Tensor {
  /// The numbers that an f32, f16 or quantized 8-bit constant stands for; `nil` for other tensors.
  var reals: [Float]? {
    switch elementType {
    case .f32: return constant?.elements(as: Float.self)
    case .f16:
      guard let halves = constant?.elements(as: UInt16.self) else { return nil }
      var values = [Float](repeating: 0, count: halves.count)
      eb_vector_kernels_active().pointee.f16_to_f32(halves.count, halves, &values)
      return values
    case .i8: return constant.flatMap { numbers($0.elements(as: Int8.self).map(Int32.init)) }
    case .u8: return constant.flatMap { numbers($0.elements(as: UInt8.self).map(Int32.init)) }
    default: return nil
    }
  }

  private func numbers(_ steps: [Int32]) -> [Float]? {
    guard let quantization else { return nil }
    let inner = quantization.axis.map { shape.dimensions[($0 + 1)...].reduce(1, *) } ?? max(1, steps.count)
    return steps.enumerated().map { index, step in
      let channel = index / inner % quantization.scales.count
      return quantization.scales[channel] * Float(step - quantization.zeroPoints[channel])
    }
  }

  /// ``reals``, all of them finite.
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
