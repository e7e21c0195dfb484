import Graph

extension Activation {
  /// Whether ``differentiate(_:output:count:into:)`` has a gradient for it.
  func apply(to values: UnsafeMutablePointer<Float>, count: Int) {
    switch self {
    case .none, .signBit: return
    case .relu: for i in 0..<count { values[i] = max(0, values[i]) }
    case .relu6: for i in 0..<count { values[i] = min(6, max(0, values[i])) }
    case .reluN1To1: for i in 0..<count { values[i] = min(1, max(-1, values[i])) }
    case .tanh: for i in 0..<count { values[i] = hyperbolicTangent(values[i]) }
    }
  }

  /// The gradient before the activation, from that behind it and the activation's results.
  func differentiate(
    _ gradient: UnsafePointer<Float>, output: UnsafePointer<Float>, count: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    switch self {
    case .none, .signBit: for i in 0..<count { result[i] = gradient[i] }
    case .relu: for i in 0..<count { result[i] = output[i] > 0 ? gradient[i] : 0 }
    case .relu6: for i in 0..<count { result[i] = output[i] > 0 && output[i] < 6 ? gradient[i] : 0 }
    case .reluN1To1:
      for i in 0..<count { result[i] = output[i] > -1 && output[i] < 1 ? gradient[i] : 0 }
    case .tanh: for i in 0..<count { result[i] = gradient[i] * (1 - output[i] * output[i]) }
    }
  }
}

extension Tape {
  /// The gradient of a node's output before its fused activation; `nil` where the output has none.
  func gradientBeforeActivation(
    _ output: TensorID, _ activation: Activation, count: Int
  ) -> UnsafePointer<Float>? {
    guard let gradient = gradient(output) else { return nil }
    if activation == .none { return UnsafePointer(gradient) }
    let result = scratch(2, count)
    activation.differentiate(gradient, output: value(output), count: count, into: result)
    return UnsafePointer(result)
  }
}

/// `sums[c] += column c` of rows of `columns`.
func addColumnSums(
  _ rows: UnsafePointer<Float>, count: Int, columns: Int, to sums: UnsafeMutablePointer<Float>
) {
  for row in 0..<count {
    let start = rows + row * columns
    for column in 0..<columns { sums[column] += start[column] }
  }
}

/// Each row of `columns` becomes `bias`, or zeros, plus itself.
func addBias(
  _ bias: UnsafePointer<Float>, to rows: UnsafeMutablePointer<Float>, count: Int, columns: Int
) {
  for row in 0..<count {
    let start = rows + row * columns
    for column in 0..<columns { start[column] += bias[column] }
  }
}
