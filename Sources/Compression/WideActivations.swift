internal import Graph

/// Weights as 8-bit steps and activations as 16-bit ones: nearly the float model's answers at a quarter of its weights.
///
/// Activations are symmetric, one scale a tensor; weights symmetric, one scale an output channel. This engine has no
/// kernels for 16-bit activations: numbers are rounded to their steps and computed with as f32.
///
/// - Source: TensorFlow Lite, "Post-training integer quantization with int16 activations".
enum WideActivations {
  static func apply(
    to graph: Graph, _ table: CalibrationTable, recipe: String
  ) throws(CompressionError) -> Graph {
    guard table.tensorCount == graph.tensors.count else {
      throw .foreignCalibration(recipe: recipe, found: table.tensorCount, expected: graph.tensors.count)
    }
    let source = graph.wideningWeights()
    var result = source
    result.nodes = []
    var rounded: [TensorID: TensorID] = [:]
    var narrow: [TensorID: TensorID] = [:]
    for var node in source.nodes {
      if let axis = node.op.weightChannelAxis, node.inputs.count > 1, let x = node.inputs[0],
        let weights = node.inputs[1], let range = table[x],
        let values = source[weights].elementType == .f32 ? try source[weights].finiteReals() : nil
      {
        node.inputs[0] = rounded[x] ?? result.roundToSteps(x, covering: range)
        rounded[x] = node.inputs[0]
        node.inputs[1] = narrow[weights] ?? result.narrow(weights, values, axis)
        narrow[weights] = node.inputs[1]
      }
      result.nodes.append(node)
    }
    guard !narrow.isEmpty else {
      throw .notApplicable(
        recipe: recipe,
        reason: "no convolution or fully connected layer has constant weights and calibrated activations")
    }
    return result
  }
}

extension Graph {
  /// Adds a conversion of `x` to 16-bit steps and back.
  fileprivate mutating func roundToSteps(_ x: TensorID, covering range: ClosedRange<Float>) -> TensorID {
    let largest = max(range.lowerBound.magnitude, range.upperBound.magnitude)
    let scale = largest == 0 ? 1 : (largest / 32767).asScale
    return roundToSteps(x, .i16, .perTensor(scale: scale, zeroPoint: 0))
  }

  /// Adds i8 weights and their conversion to numbers.
  fileprivate mutating func narrow(_ weights: TensorID, _ values: [Float], _ axis: Int) -> TensorID {
    let quantizer = ChannelQuantizer(shape: self[weights].shape, axis: axis, values: values)
    let scales = quantizer.scales().map { $0 == 0 ? 1 : $0.asScale }
    let steps = append(quantizer.tensor(name: "\(self[weights].name) as i8", scales: scales))
    var numbers = self[weights]
    numbers.constant = nil
    let wide = append(numbers)
    nodes.append(Node(name: "dequantize \(numbers.name)", op: .dequantize, inputs: [steps], outputs: [wide]))
    return wide
  }
}
