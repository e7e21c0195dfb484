public import Graph

/// A graph as its 8-bit form will compute, in numbers: what quantization-aware training trains.
///
/// - Source: Jacob et al., arXiv:1712.05877, section 3.
public struct FakeQuantization: Sendable {
  /// Batch normalisations folded, rectifiers fused: the form that is quantized. Its tensors keep their numbers in ``trained``.
  public let prepared: Graph
  /// ``prepared`` with every activation that will be steps rounded to them.
  public let trained: Graph
  /// The axis of the output channels of each layer's weights, which will be 8-bit steps.
  public let weightAxes: [TensorID: Int]

  /// - Parameter table: Ranges of the activations of `graph`.
  /// - Throws: ``CompressionError/notApplicable(recipe:reason:)`` where no layer would be quantized.
  public init(of graph: Graph, _ table: CalibrationTable) throws(CompressionError) {
    let source = graph.wideningWeights().preparedForSteps()
    prepared = source
    var result = source
    result.nodes = []
    var rounded: [TensorID: TensorID] = [:]
    var axes: [TensorID: Int] = [:]
    for id in source.inputs {
      if let made = Self.round(id, table, &result) { rounded[id] = made }
    }
    for var node in source.nodes {
      node.inputs = node.inputs.map { id in id.map { rounded[$0] ?? $0 } }
      result.nodes.append(node)
      if let axis = node.op.weightChannelAxis, node.inputs.count > 1, let weights = node.inputs[1],
        source[weights].constant != nil
      {
        axes[weights] = axis
      }
      guard node.op.roundsToNewSteps, let output = node.outputs.first,
        let made = Self.round(output, table, &result)
      else { continue }
      rounded[output] = made
    }
    guard !axes.isEmpty else {
      throw .notApplicable(recipe: "quantization-aware training", reason: "no layer has constant weights")
    }
    result.outputs = source.outputs.map { rounded[$0] ?? $0 }
    weightAxes = axes
    trained = result
  }

  private static func round(_ id: TensorID, _ table: CalibrationTable, _ graph: inout Graph) -> TensorID? {
    guard graph[id].elementType == .f32, graph[id].constant == nil, let range = table[id] else { return nil }
    var steps = graph[id]
    steps.name += " as i8"
    steps.elementType = .i8
    steps.quantization = .asymmetric(covering: range)
    let narrow = graph.append(steps)
    var numbers = graph[id]
    numbers.name += " rounded"
    let wide = graph.append(numbers)
    graph.nodes.append(
      Node(name: "quantize \(graph[id].name)", op: .quantize(.halfAwayFromZero), inputs: [id], outputs: [narrow]))
    graph.nodes.append(
      Node(name: "dequantize \(graph[id].name)", op: .dequantize, inputs: [narrow], outputs: [wide]))
    return wide
  }
}

extension Operator {
  /// Whether results in 8 bits have a scale of their own, not that of the input.
  fileprivate var roundsToNewSteps: Bool {
    switch self {
    case .conv2d, .depthwiseConv2d, .transposeConv2d, .fullyConnected, .binary, .reduce, .unary: true
    default: false
    }
  }
}
