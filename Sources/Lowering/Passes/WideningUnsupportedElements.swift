internal import Graph

extension Graph {
  /// With every node computing in element types that kernels exist for: where there is none for a node's own, its
  /// operands are converted to f32 (whole numbers to i32), and its results back.
  func wideningUnsupportedElements() -> Graph {
    var widening = Widening(graph: self)
    widening.graph.nodes = []
    for node in nodes { widening.add(node) }
    return widening.graph
  }
}

/// Rewrites one node after the other.
private struct Widening {
  var graph: Graph
  /// Wide versions made already, by the narrow tensor and the wide type.
  private var wide: [TensorID: [ElementType: TensorID]] = [:]

  init(graph: Graph) { self.graph = graph }

  mutating func add(_ node: Node) {
    let kernels = KernelChoice(node, graph)
    switch kernels.decision {
    case .native: graph.nodes.append(node)
    case .requantizeInputs: addRequantized(node)
    case .widen(let type, let positions): addWidened(node, to: type, inputs: positions)
    }
  }

  /// Inputs with another scale or zero point than the output are brought to the output's. Those without any are steps
  /// already: the output only says what they stand for.
  private mutating func addRequantized(_ node: Node) {
    var moved = node
    let target = graph[node.outputs[0]]
    for (position, id) in node.inputs.enumerated() {
      guard let id, graph[id].elementType == target.elementType,
        graph[id].quantization != nil, target.quantization != nil,
        graph[id].quantization != target.quantization
      else { continue }
      var tensor = graph[id]
      tensor.name += " requantized"
      tensor.quantization = target.quantization
      tensor.constant = nil
      let requantized = graph.append(tensor)
      graph.nodes.append(
        Node(
          name: "\(node.name) requantize", op: .quantize(.halfAwayFromZero), inputs: [id],
          outputs: [requantized]))
      moved.inputs[position] = requantized
    }
    graph.nodes.append(moved)
  }

  private mutating func addWidened(_ node: Node, to type: ElementType, inputs positions: [Int]) {
    var inner = node
    for position in positions where position < node.inputs.count {
      guard let id = node.inputs[position] else { continue }
      inner.inputs[position] = widened(id, to: type)
    }
    var conversions: [Node] = []
    for (position, id) in node.outputs.enumerated() where converts(graph[id], to: type, node) {
      var tensor = graph[id]
      tensor.name += " as \(type)"
      tensor.elementType = type
      tensor.quantization = nil
      let wide = graph.append(tensor)
      inner.outputs[position] = wide
      let op: Operator = graph[id].quantization == nil ? .cast : .quantize(.halfAwayFromZero)
      conversions.append(
        Node(name: "\(node.name) to \(graph[id].elementType)", op: op, inputs: [wide], outputs: [id]))
    }
    graph.nodes.append(inner)
    graph.nodes += conversions
  }

  /// Predicates and indices keep their types; all other results are of the type that the operands have.
  private func converts(_ output: Tensor, to type: ElementType, _ node: Node) -> Bool {
    switch node.op {
    case .argMax, .argMin, .topIndices, .nonMaxSuppression: false
    case .unary(let unary): !unary.isPredicate && output.elementType != type
    case .windowReduction(let reduction): !reduction.kind.isPlace && output.elementType != type
    case .binary(let binary, _): !binary.isPredicate && output.elementType != type
    default: output.elementType != type
    }
  }

  private mutating func widened(_ id: TensorID, to type: ElementType) -> TensorID {
    if graph[id].elementType == type, graph[id].quantization == nil { return id }
    if let made = wide[id]?[type] { return made }
    var tensor = graph[id]
    tensor.name += " as \(type)"
    tensor.elementType = type
    tensor.quantization = nil
    tensor.constant = nil
    if type == .f32, graph[id].constant != nil, let reals = graph[id].reals {
      tensor.constant = TensorData(reals)
    }
    let result = graph.append(tensor)
    if tensor.constant == nil {
      let op: Operator = graph[id].quantization == nil ? .cast : .dequantize
      graph.nodes.append(Node(name: "\(graph[id].name) to \(type)", op: op, inputs: [id], outputs: [result]))
    }
    wide[id, default: [:]][type] = result
    return result
  }
}
