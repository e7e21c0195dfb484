import Graph

/// Makes a graph of a TFLite subgraph, operator by operator.
struct TFLiteConverter {
  let model: TFLiteModel
  let subgraph: TFLiteSubgraph
  var graph: Graph
  /// The graph's tensor for each of the subgraph's, once there is one.
  private(set) var ids: [TensorID?]
  /// Tensors whose value follows from constants: weights widened from f16.
  private var widened: Set<TensorID> = []
  /// Resource variables by name, and the name that each handle tensor stands for.
  var states: [String: StateID] = [:]
  var handles: [Int: String] = [:]
  var initialisers: Set<Int> = []

  init(model: TFLiteModel, subgraph: TFLiteSubgraph) {
    self.model = model
    self.subgraph = subgraph
    graph = Graph(name: Self.name(of: model.file.path))
    ids = Array(repeating: nil, count: subgraph.tensors.count)
  }

  mutating func graph(inputShapes: [String: Shape]) throws(ModelFormatError) -> Graph {
    try addInputs(shapes: inputShapes)
    for op in subgraph.operators { try convert(op) }
    for index in subgraph.outputs {
      graph.outputs.append(try use(index, place: "output '\(subgraph.tensors[index].name)' of the model"))
    }
    do throws(GraphError) {
      try graph.validate()
    } catch {
      throw model.file.malformed(error.place, error.found, expected: error.expected)
    }
    return graph
  }

  private mutating func addInputs(shapes: [String: Shape]) throws(ModelFormatError) {
    let names = subgraph.inputs.map { subgraph.tensors[$0].name }
    for name in shapes.keys.sorted() where !names.contains(name) {
      throw model.file.malformed(
        "input '\(name)'", "the model has no such input",
        expected: "one of \(names.map { "'\($0)'" }.joined(separator: ", "))")
    }
    for index in subgraph.inputs {
      let tensor = subgraph.tensors[index]
      guard ids[index] == nil else {
        throw model.file.malformed("input '\(tensor.name)'", "is listed twice", expected: "each input once")
      }
      graph.inputs.append(
        try define(index, shapes[tensor.name] ?? tensor.shape, place: "input '\(tensor.name)' of the model"))
    }
  }

  // MARK: Tensors

  /// The graph's tensor for one that an operator reads.
  mutating func use(_ index: Int, place: String) throws(ModelFormatError) -> TensorID {
    if let id = ids[index] { return id }
    let tensor = subgraph.tensors[index]
    guard let value = tensor.value, !tensor.isVariable else {
      throw tensor.isVariable
        ? unsupported(place, "keeps a state in the variable tensor '\(tensor.name)'")
        : model.file.malformed(
          place, "its input '\(tensor.name)' has no value yet", expected: "a constant or an earlier result")
    }
    let id = try define(index, tensor.shape, place: place)
    graph[id].constant = model.file.data(value)
    return id
  }

  /// Input `position` of an operator.
  mutating func input(_ op: TFLiteOperator, _ position: Int) throws(ModelFormatError) -> TensorID {
    try use(try index(op, position), place: op.place)
  }

  /// Input `position`; `nil` where it is left out.
  mutating func optionalInput(_ op: TFLiteOperator, _ position: Int) throws(ModelFormatError) -> TensorID? {
    guard op.inputs.indices.contains(position), op.inputs[position] >= 0 else { return nil }
    return try use(op.inputs[position], place: op.place)
  }

  /// The subgraph's index of input `position`.
  func index(_ op: TFLiteOperator, _ position: Int) throws(ModelFormatError) -> Int {
    guard op.inputs.indices.contains(position), op.inputs[position] >= 0 else {
      throw malformed(op, "\(op.inputs.count) inputs", expected: "a tensor as input \(position)")
    }
    return op.inputs[position]
  }

  /// The subgraph's index of output `position`.
  func outputIndex(_ op: TFLiteOperator, _ position: Int = 0) throws(ModelFormatError) -> Int {
    guard op.outputs.indices.contains(position) else {
      throw malformed(op, "\(op.outputs.count) outputs", expected: "at least \(position + 1)")
    }
    return op.outputs[position]
  }

  /// Adds the graph's tensor for one that has none yet.
  mutating func define(_ index: Int, _ shape: Shape, place: String) throws(ModelFormatError) -> TensorID {
    let tensor = subgraph.tensors[index]
    guard let elementType = tensor.type.elementType else {
      throw unsupported(place, "uses '\(tensor.name)' of type \(tensor.type)")
    }
    if let feature = tensor.unsupportedFeature {
      throw unsupported(place, "uses '\(tensor.name)', which is \(feature)")
    }
    guard ids[index] == nil else {
      throw model.file.malformed(
        place, "'\(tensor.name)' has a value already", expected: "a tensor that nothing else makes")
    }
    let id = add(
      Tensor(name: tensor.name, elementType: elementType, shape: shape, quantization: tensor.quantization))
    ids[index] = id
    return id
  }

  mutating func add(_ tensor: Tensor) -> TensorID {
    graph.tensors.append(tensor)
    return TensorID(graph.tensors.count - 1)
  }

  func isConstant(_ id: TensorID) -> Bool { graph[id].constant != nil || widened.contains(id) }

  // MARK: Nodes

  /// Adds a node whose result is output `position` of the operator.
  ///
  /// - Parameter shape: The result's shape where the node's inputs do not determine it.
  mutating func emit(
    _ kind: Operator, _ inputs: [TensorID?], _ op: TFLiteOperator, output position: Int = 0,
    shape: Shape? = nil
  ) throws(ModelFormatError) {
    let index = try outputIndex(op, position)
    let tensor = subgraph.tensors[index]
    guard let elementType = tensor.type.elementType else {
      throw unsupported(op.place, "makes '\(tensor.name)' of type \(tensor.type)")
    }
    let type = try result(kind, inputs, op, TensorType(elementType, shape ?? tensor.shape))
    guard type.elementType == elementType else {
      throw malformed(op, "its output '\(tensor.name)' is \(elementType)", expected: "\(type.elementType)")
    }
    let id = try define(index, type.shape, place: op.place)
    if let value = try folded(kind, inputs, type, op) {
      graph[id].constant = value
      return
    }
    graph.nodes.append(Node(name: tensor.name, op: kind, inputs: inputs, outputs: [id]))
    if kind == .dequantize, let input = inputs.first, let input, graph[input].constant != nil {
      widened.insert(id)
    }
  }

  /// Adds a node whose result is not one of the file's tensors; `quantization` is that of the result.
  mutating func intermediate(
    _ kind: Operator, _ inputs: [TensorID?], _ op: TFLiteOperator, shape: Shape? = nil,
    quantization: Quantization? = nil
  ) throws(ModelFormatError) -> TensorID {
    guard let first = inputs.first, let first else { throw malformed(op, "no input", expected: "one") }
    let declared = TensorType(graph[first].elementType, shape ?? graph[first].shape)
    let type = try result(kind, inputs, op, declared)
    let name = "\(subgraph.tensors[try outputIndex(op)].name)/\(kind.name)"
    let id = add(
      Tensor(name: name, elementType: type.elementType, shape: type.shape, quantization: quantization))
    if let value = try folded(kind, inputs, type, op) {
      graph[id].constant = value
      return id
    }
    graph.nodes.append(Node(name: name, op: kind, inputs: inputs, outputs: [id]))
    return id
  }

  private func result(
    _ kind: Operator, _ inputs: [TensorID?], _ op: TFLiteOperator, _ declared: TensorType
  ) throws(ModelFormatError) -> TensorType {
    do throws(GraphError) {
      let types = try kind.outputTypes(
        node: subgraph.tensors[try name(op)].name, inputs: inputs.map { $0.map { graph[$0].type } },
        declared: [declared], states: graph.states)
      return types.first ?? declared
    } catch {
      throw malformed(op, error.found, expected: error.expected)
    }
  }

  /// The tensor that an operator is known by: its first output.
  private func name(_ op: TFLiteOperator) throws(GraphError) -> Int {
    guard let first = op.outputs.first else {
      throw GraphError(place: op.place, found: "no outputs", expected: "at least 1")
    }
    return first
  }

  // MARK: Errors

  func malformed(_ op: TFLiteOperator, _ found: String, expected: String) -> ModelFormatError {
    model.file.malformed(describe(op), found, expected: expected)
  }

  func unsupported(_ place: String, _ feature: String) -> ModelFormatError {
    .unsupported(path: model.file.path, place: place, feature: feature)
  }

  /// "operator 3 (CONV_2D) of subgraph 0, 'logits'".
  func describe(_ op: TFLiteOperator) -> String {
    guard let output = op.outputs.first else { return op.place }
    return "\(op.place), '\(subgraph.tensors[output].name)'"
  }

  /// The file's name without folder and extension.
  private static func name(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".tflite") ? String(file.dropLast(7)) : file
  }
}
