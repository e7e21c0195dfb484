import Graph

/// Writes a graph anew, node by node, for a format that lacks some of its operators.
///
/// Tensors of the source keep their numbers; what takes several steps gets intermediate ones after them.
struct GraphRewriter {
  let source: Graph
  /// The format's name, for errors.
  let format: String
  var graph: Graph
  /// The node that is being rewritten.
  private(set) var node: Node
  /// f32 versions made already, by the narrow tensor.
  var widenedVersions: [TensorID: TensorID] = [:]
  private var steps = 0

  init(_ source: Graph, format: String) {
    self.source = source
    self.format = format
    graph = source
    graph.nodes = []
    node = Node(name: "", op: .reshape, inputs: [], outputs: [])
  }

  /// Rewrites every node with `rewrite`, which appends to the graph what takes the node's place.
  mutating func run(
    _ rewrite: (inout GraphRewriter) throws(ModelWriteError) -> Void
  ) throws(ModelWriteError) -> Graph {
    for node in source.nodes {
      self.node = node
      steps = 0
      try rewrite(&self)
    }
    return graph
  }

  func tensor(_ position: Int) throws(ModelWriteError) -> TensorID {
    guard node.inputs.indices.contains(position), let id = node.inputs[position] else {
      throw unsupported("input \(position) is left out")
    }
    return id
  }

  /// The node as it is, with other inputs or another operator where given.
  mutating func keep(_ op: Operator? = nil, inputs: [TensorID?]? = nil) {
    graph.nodes.append(
      Node(name: node.name, op: op ?? node.op, inputs: inputs ?? node.inputs, outputs: node.outputs))
  }

  /// A step on the way: a node whose result is no tensor of the source.
  ///
  /// - Parameters:
  ///   - shape: Where the inputs do not determine it.
  ///   - type: Where the inputs do not determine it: of a conversion.
  mutating func step(
    _ op: Operator, _ inputs: [TensorID], shape: Shape? = nil, type: ElementType? = nil,
    quantization: Quantization? = nil, name: String? = nil
  ) throws(ModelWriteError) -> TensorID {
    let first = graph[inputs[0]]
    let declared = TensorType(type ?? first.elementType, shape ?? first.shape)
    let result: TensorType
    do throws(GraphError) {
      let types = try op.outputTypes(
        node: node.name, inputs: inputs.map { graph[$0].type }, declared: [declared], states: graph.states)
      result = types.first ?? declared
    } catch { throw unsupported("\(error.found) where \(error.expected) is expected") }
    let name = name ?? unusedName(op.name)
    graph.tensors.append(
      Tensor(
        name: name, elementType: result.elementType, shape: result.shape, quantization: quantization))
    let id = TensorID(graph.tensors.count - 1)
    graph.nodes.append(Node(name: name, op: op, inputs: inputs, outputs: [id]))
    return id
  }

  /// A constant of numbers.
  mutating func constant(_ values: [Float], shape: Shape = .scalar, _ role: String) -> TensorID {
    graph.tensors.append(
      Tensor(
        name: unusedName(role), elementType: .f32, shape: shape, constant: TensorData(values)))
    return TensorID(graph.tensors.count - 1)
  }

  mutating func constant(_ tensor: Tensor) -> TensorID {
    graph.tensors.append(tensor)
    return TensorID(graph.tensors.count - 1)
  }

  /// The last step: makes the node's own outputs.
  mutating func finish(_ op: Operator, _ inputs: [TensorID]) { keep(op, inputs: inputs) }

  func unsupported(_ reason: String) -> ModelWriteError {
    .unsupported(format: format, node: node.name, op: node.op.name, reason: reason)
  }

  private mutating func unusedName(_ role: String) -> String {
    steps += 1
    return "\(node.name)/\(role)_\(steps)"
  }
}

extension GraphRewriter {
  func binary(_ op: Binary) -> Operator { .binary(op, activation: .none) }

  mutating func add(_ a: TensorID, _ b: TensorID) throws(ModelWriteError) -> TensorID {
    try step(binary(.add), [a, b])
  }

  mutating func multiply(_ a: TensorID, _ b: TensorID) throws(ModelWriteError) -> TensorID {
    try step(binary(.multiply), [a, b])
  }
}

extension Graph {
  /// The numbers of an f32 constant; `nil` for any other tensor.
  func numbers(_ id: TensorID) -> [Float]? {
    guard self[id].elementType == .f32 else { return nil }
    return self[id].constant?.elements(as: Float.self)
  }
}
