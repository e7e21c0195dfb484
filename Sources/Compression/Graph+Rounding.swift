internal import Graph

extension Graph {
  /// Adds a conversion of `x` to steps of `type` and back, and returns the rounded numbers.
  mutating func roundToSteps(_ x: TensorID, _ type: ElementType, _ quantization: Quantization) -> TensorID {
    let tensor = self[x]
    var steps = tensor
    steps.name += " as \(type)"
    steps.elementType = type
    steps.quantization = quantization
    steps.constant = nil
    let narrow = append(steps)
    var numbers = tensor
    numbers.name += " rounded"
    numbers.constant = nil
    let wide = append(numbers)
    nodes.append(
      Node(name: "quantize \(tensor.name)", op: .quantize(.halfAwayFromZero), inputs: [x], outputs: [narrow]))
    nodes.append(
      Node(name: "dequantize \(tensor.name)", op: .dequantize, inputs: [narrow], outputs: [wide]))
    return wide
  }
}
