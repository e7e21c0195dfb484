internal import Graph

extension ChannelQuantizer {
  /// How far rounding the weights moves the mean of each output channel's sum, which the bias can take back.
  ///
  /// The sum is linear in the weights, so its mean moves by the weights' rounding errors times the means of what they are
  /// multiplied with. Padding is left out of account: it only touches windows at the border.
  ///
  /// - Source: Nagel et al., arXiv:1906.04721, section 4.2, with the means observed.
  /// - Parameters:
  ///   - scales: One an output channel, of the rounded weights.
  ///   - means: Of the input's channels.
  /// - Returns: One an output channel; `nil` where the means are not those of this operator's input.
  func meanErrors(scales: [Float], of op: Operator, means: [Float]?) -> [Float]? {
    guard let means, !means.isEmpty, means.allSatisfy(\.isFinite) else { return nil }
    let outputs = shape[axis]
    /// The input channel that weight `index` of output `output` is multiplied with.
    let inputChannel: (_ index: Int, _ output: Int) -> Int
    switch op {
    case .conv2d(let window):
      let (groups, own) = (max(1, window.groups), shape[3])
      guard means.count == own * groups else { return nil }
      inputChannel = { index, output in output / (outputs / groups) * own + index % own }
    case .depthwiseConv2d:
      guard outputs % means.count == 0 else { return nil }
      inputChannel = { _, output in output / (outputs / means.count) }
    case .fullyConnected:
      guard shape[1] % means.count == 0 else { return nil }
      inputChannel = { index, _ in index % means.count }
    default: return nil
    }
    var errors = [Double](repeating: 0, count: outputs)
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    for (index, step) in steps(scales: scales).enumerated() {
      let output = index / inner % outputs
      let error = Double(step) * Double(scales[output]) - Double(values[index])
      errors[output] += error * Double(means[inputChannel(index, output)])
    }
    return errors.map { Float($0) }
  }
}
