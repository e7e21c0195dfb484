extension Quantization {
  /// Checks that scales and zero points are as many as the axis asks for, and usable with the element type.
  func validate(for type: TensorType, _ place: String) throws(GraphError) {
    guard let range = type.elementType.zeroPointRange else {
      throw GraphError(place: place, found: "\(type) with quantization", expected: "an integer type")
    }
    if let axis {
      guard type.shape.dimensions.indices.contains(axis) else {
        throw GraphError(
          place: place, found: "scales along axis \(axis) of \(type)",
          expected: "an axis from 0 to \(type.shape.rank - 1)")
      }
    }
    let count = axis.map { type.shape[$0] } ?? 1
    guard scales.count == count, zeroPoints.count == count else {
      throw GraphError(
        place: place, found: "\(scales.count) scales and \(zeroPoints.count) zero points",
        expected: "\(count) of each")
    }
    if let scale = scales.first(where: { !($0.isFinite && $0 > 0) }) {
      throw GraphError(place: place, found: "a scale of \(scale)", expected: "a finite number above 0")
    }
    if let zeroPoint = zeroPoints.first(where: { !range.contains($0) }) {
      throw GraphError(
        place: place, found: "a zero point of \(zeroPoint)",
        expected: "\(range.lowerBound) to \(range.upperBound) for \(type.elementType)")
    }
  }
}

extension ElementType {
  /// The zero points that a quantized tensor of this type can have; `nil` for types that are not quantized.
  var zeroPointRange: ClosedRange<Int32>? {
    switch self {
    case .i2: -2...1
    case .u2: 0...3
    case .i4: -8...7
    case .u4: 0...15
    case .i8: -128...127
    case .u8: 0...255
    case .i16: -32768...32767
    case .u16: 0...65535
    case .i32, .u32, .i64, .u64: .min ... .max
    case .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f4e2m1: 0...0
    case .f16, .f32, .f64, .bf16, .f8e8m0, .bool: nil
    }
  }
}

extension Graph {
  /// Checks that integer operands of products say what their elements stand for.
  func validateQuantization(of node: Node, _ place: String) throws(GraphError) {
    let channelAxis: Int
    switch node.op {
    case .conv2d, .transposeConv2d, .fullyConnected: channelAxis = 0
    case .depthwiseConv2d: channelAxis = 3
    case .quantize:
      return try requireQuantization(node.outputs.first, "the output", place)
    case .dequantize:
      guard let input = node.inputs.first, let input, !self[input].elementType.isFloatingPoint else { return }
      return try requireQuantization(input, "the input", place, allowsChannels: true)
    default: return
    }
    // Shape inference has seen to it that there are two inputs.
    guard let x = node.inputs[0], let weights = node.inputs[1] else { return }
    if !self[weights].elementType.isFloatingPoint {
      try requireQuantization(weights, "weights", place, allowsChannels: true)
      if let axis = self[weights].quantization?.axis, axis != channelAxis {
        throw GraphError(
          place: place, found: "weights have scales along axis \(axis)", expected: "axis \(channelAxis)")
      }
    }
    if !self[x].elementType.isFloatingPoint {
      try requireQuantization(x, "the input", place)
      try requireQuantization(node.outputs.first, "the output", place)
    }
  }

  private func requireQuantization(
    _ id: TensorID?, _ role: String, _ place: String, allowsChannels: Bool = false
  ) throws(GraphError) {
    guard let id else { return }
    guard let quantization = self[id].quantization else {
      throw GraphError(
        place: place, found: "\(role) '\(self[id].name)' is \(self[id].elementType) without quantization",
        expected: "a scale and a zero point")
    }
    guard allowsChannels || quantization.axis == nil else {
      throw GraphError(
        place: place, found: "\(role) '\(self[id].name)' has a scale a channel", expected: "one scale")
    }
  }
}
