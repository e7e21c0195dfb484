import Graph

/// Builds the graph that a converter reads a model into.
///
/// Every node that is added gets the types of its outputs by shape inference. Results that depend on small constants only
/// become constants at once, so that the shapes that a model computes are known when its next node is converted; what else
/// a shape or a branch depends on is evaluated on demand (``value(of:)``). Tensors keep the order of axes that they were
/// made in; ``inOrder(_:_:)`` gives the other, once.
struct GraphAssembler {
  private(set) var graph: Graph
  let options: ReadOptions
  /// The tensors that are not in the format's own order of axes.
  private var channelsLast: Set<TensorID> = []
  /// The same value in the other order of axes, where it was asked for.
  private var twins: [TensorID: TensorID] = [:]
  private var producers: [TensorID: Int] = [:]
  private var names = UniqueNames()
  /// Values that were evaluated, of tensors that are not constant.
  var traced: [TensorID: TensorData] = [:]
  /// What omitted operators read; they become outputs of the graph once the model's own are known.
  private var omittedOperands: [TensorID] = []
  /// Bytes of constants that may still be made: a small file must not become gigabytes.
  private var budget: Int

  /// - Parameter fileSize: Of the model, in bytes; what is folded stays in proportion to it.
  init(name: String, fileSize: Int, options: ReadOptions) {
    graph = Graph(name: name)
    self.options = options
    budget = options.mostMadeBytes + 8 * min(fileSize, 1 << 40)
  }

  // MARK: Tensors

  mutating func input(_ name: String, _ type: TensorType, quantization: Quantization? = nil) -> TensorID {
    let id = add(name, type, quantization)
    graph.inputs.append(id)
    return id
  }

  mutating func constant(
    _ name: String, _ type: TensorType, _ data: TensorData, quantization: Quantization? = nil
  ) -> TensorID {
    let id = add(name, type, quantization)
    graph[id].constant = data
    return id
  }

  mutating func output(_ id: TensorID) { graph.outputs.append(id) }

  mutating func state(_ state: State) -> StateID {
    graph.states.append(state)
    return StateID(graph.states.count - 1)
  }

  subscript(id: TensorID) -> Tensor { graph[id] }

  func isConstant(_ id: TensorID) -> Bool { graph[id].constant != nil }

  /// The node that makes a tensor; `nil` for inputs and constants.
  func producer(of id: TensorID) -> Node? { producers[id].map { graph.nodes[$0] } }

  func producerIndex(of id: TensorID) -> Int? { producers[id] }

  /// Gives a tensor, made by the node added last, its name in the model.
  mutating func rename(_ id: TensorID, _ name: String) { graph[id].name = names.take(name) }

  mutating func markTraced(_ ids: some Sequence<TensorID>) {
    for id in ids where !graph.tracedInputs.contains(id) { graph.tracedInputs.append(id) }
  }

  // MARK: Nodes

  mutating func setOrder(_ order: AxisOrder, of id: TensorID) {
    if order == .channelsLast, graph[id].shape.rank >= 3 { channelsLast.insert(id) }
  }

  /// Adds a node, or folds it.
  ///
  /// - Parameters:
  ///   - declared: The result's type, where the inputs do not determine it.
  ///   - order: The order of axes that the result is in.
  mutating func add(
    _ op: Operator, _ inputs: [TensorID?], name: String, declared: TensorType? = nil,
    quantization: Quantization? = nil, order: AxisOrder = .written
  ) throws(GraphError) -> TensorID {
    let ids = try addAll(
      op, inputs, name: name, declared: declared.map { [$0] } ?? [], quantizations: [quantization],
      order: order)
    guard ids.count == 1 else {
      throw GraphError(place: "node '\(name)' (\(op.name))", found: "\(ids.count) outputs", expected: "1")
    }
    return ids[0]
  }

  /// Adds a node of any number of outputs.
  mutating func addAll(
    _ op: Operator, _ inputs: [TensorID?], name: String, declared: [TensorType] = [],
    quantizations: [Quantization?] = [], order: AxisOrder = .written
  ) throws(GraphError) -> [TensorID] {
    let types = try op.outputTypes(
      node: name, inputs: inputs.map { $0.map { graph[$0].type } }, declared: declared, states: graph.states)
    let name = names.take(name)
    let folded = fold(op, inputs, types, declared: declared, quantizations)
    var ids: [TensorID] = []
    for (index, type) in types.enumerated() {
      graph.tensors.append(
        Tensor(
          name: index == 0 ? name : names.take("\(name)/\(index)"), elementType: type.elementType,
          shape: type.shape, quantization: index < quantizations.count ? quantizations[index] : nil,
          constant: folded?[index]))
      ids.append(TensorID(graph.tensors.count - 1))
      setOrder(order, of: ids[index])
    }
    if folded == nil {
      for id in ids { producers[id] = graph.nodes.count }
      graph.nodes.append(Node(name: name, op: op, inputs: inputs, outputs: ids))
    }
    return ids
  }

  private mutating func add(_ name: String, _ type: TensorType, _ quantization: Quantization?) -> TensorID {
    graph.tensors.append(
      Tensor(
        name: names.take(name), elementType: type.elementType, shape: type.shape, quantization: quantization))
    return TensorID(graph.tensors.count - 1)
  }

  /// Takes the bytes of constants that are about to be made off the budget; false where they are too many.
  mutating func spend(_ byteCount: Int) -> Bool {
    guard byteCount <= budget else { return false }
    budget -= byteCount
    return true
  }

  // MARK: Order of axes

  func order(of id: TensorID) -> AxisOrder { channelsLast.contains(id) ? .channelsLast : .written }

  /// The shape as the format writes it.
  func writtenShape(of id: TensorID) -> Shape {
    let shape = graph[id].shape
    guard order(of: id) == .channelsLast else { return shape }
    let inverse = AxisOrder.channelsLast.permutation(rank: shape.rank).inverted
    return Shape(inverse.map { shape[$0] })
  }

  /// The same value in the given order of axes.
  mutating func inOrder(_ order: AxisOrder, _ id: TensorID) throws(GraphError) -> TensorID {
    let current = self.order(of: id)
    let rank = graph[id].shape.rank
    guard current != order, rank >= 3 else { return id }
    if let twin = twins[id] { return twin }
    let forward = AxisOrder.channelsLast.permutation(rank: rank)
    let twin = try transposed(
      id, order == .channelsLast ? forward : forward.inverted,
      name: "\(graph[id].name)/\(order == .channelsLast ? "channelsLast" : "channelsFirst")", order: order)
    twins[id] = twin
    twins[twin] = id
    return twin
  }

  // MARK: Omissions

  /// Leaves an operator of the model out.
  ///
  /// - Parameter operands: What it reads; it is kept.
  mutating func omit(_ op: OmittedOperator, operands: [TensorID]) {
    graph.omit(op)
    omittedOperands += operands
  }

  /// Notes that an output of the model depends on an omitted operator and has no known shape.
  mutating func omitOutput(_ name: String) { graph.omissions?.unknownOutputs.append(name) }

  /// Makes what omitted operators read outputs of the graph.
  private mutating func keepOmittedOperands() {
    graph.omissions?.outputCount = graph.outputs.count
    var known = Set(graph.outputs)
    graph.outputs += omittedOperands.filter { known.insert($0).inserted }
  }

  /// Drops what nothing reads, and checks the whole.
  ///
  /// - Parameter keepsUnread: Whether nodes that nothing depends on stay: they are the model's, not the reader's.
  mutating func finish(keepsUnread: Bool = false) throws(GraphError) -> Graph {
    keepOmittedOperands()
    guard !keepsUnread else {
      try graph.validate()
      return graph
    }
    graph = graph.removingUnread().fusingQuantization().removingUnread()
    try graph.validate()
    return graph
  }
}
