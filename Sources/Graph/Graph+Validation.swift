extension Graph {
  /// Checks that the graph can be run: every name of a tensor or state is one of the graph's, every node's
  /// inputs are there when it runs, shapes and types follow from the operators, constants have the bytes of
  /// their types, and quantization is usable.
  ///
  /// What comes from outside (a model file) is validated once, after which other code may index freely.
  /// - Throws: ``GraphError`` for the first thing that does not fit.
  public func validate() throws(GraphError) {
    for (index, tensor) in tensors.enumerated() { try validate(tensor, at: index) }
    for (index, state) in states.enumerated() { try validate(state, at: index) }
    var isAvailable = tensors.map { $0.constant != nil }
    for id in inputs {
      try requireTensor(id, "graph '\(name)'", "an input")
      guard !isAvailable[id.index] else {
        throw GraphError(
          place: place(of: id), found: "an input of the graph that is constant or listed twice",
          expected: "each input once, without a value")
      }
      isAvailable[id.index] = true
    }
    for node in nodes { try validate(node, isAvailable: &isAvailable) }
    for id in outputs {
      try requireTensor(id, "graph '\(name)'", "an output")
      guard isAvailable[id.index] else {
        throw GraphError(
          place: place(of: id), found: "an output of the graph that no node makes",
          expected: "a graph input, a constant, or a node's output")
      }
    }
  }

  private func validate(_ node: Node, isAvailable: inout [Bool]) throws(GraphError) {
    let nodePlace = "node '\(node.name)' (\(node.op.name))"
    for id in node.inputs {
      guard let id else { continue }
      try requireTensor(id, nodePlace, "an input")
      guard isAvailable[id.index] else {
        throw GraphError(
          place: nodePlace, found: "its input \(place(of: id)) is not there yet",
          expected: "a graph input, a constant, or an earlier node's output")
      }
    }
    for id in node.outputs {
      try requireTensor(id, nodePlace, "an output")
      guard !isAvailable[id.index] else {
        throw GraphError(
          place: nodePlace, found: "its output \(place(of: id)) is already there",
          expected: "a tensor that nothing else makes")
      }
      isAvailable[id.index] = true
    }
    let types = try outputTypes(of: node)
    guard types.count == node.outputs.count else {
      throw GraphError(
        place: nodePlace, found: "\(node.outputs.count) outputs", expected: "\(types.count)")
    }
    for (type, id) in zip(types, node.outputs) where self[id].type != type {
      throw GraphError(
        place: nodePlace, found: "output '\(self[id].name)' is \(self[id].type)", expected: "\(type)")
    }
    try validateQuantization(of: node, nodePlace)
  }

  private func validate(_ tensor: Tensor, at index: Int) throws(GraphError) {
    let place = place(of: TensorID(index))
    let bytes = try validate(tensor.type, place)
    if let constant = tensor.constant, constant.byteCount != bytes {
      throw GraphError(
        place: place, found: "a constant of \(constant.byteCount) bytes",
        expected: "\(bytes) for \(tensor.type)")
    }
    try tensor.quantization?.validate(for: tensor.type, place)
  }

  private func validate(_ state: State, at index: Int) throws(GraphError) {
    let place = "state \(index) '\(state.name)'"
    let bytes = try validate(state.type, place)
    if let initial = state.initial, initial.byteCount != bytes {
      throw GraphError(
        place: place, found: "an initial value of \(initial.byteCount) bytes",
        expected: "\(bytes) for \(state.type)")
    }
    try state.quantization?.validate(for: state.type, place)
  }

  /// A tensor may be empty: no operator takes one, but a model may have an input that only its type matters of.
  private func validate(_ type: TensorType, _ place: String) throws(GraphError) -> Int {
    guard type.shape.rank <= Shape.largestRank,
      type.shape.dimensions.allSatisfy({ $0 >= 0 && $0 <= Shape.largestExtent }),
      let bytes = type.byteCount, bytes <= Shape.largestByteCount
    else {
      throw GraphError(
        place: place, found: "\(type)",
        expected: "at most \(Shape.largestRank) axes, extents from 0, and 1 TiB in all")
    }
    return bytes
  }

  private func requireTensor(_ id: TensorID, _ place: String, _ role: String) throws(GraphError) {
    guard tensors.indices.contains(id.index) else {
      throw GraphError(
        place: place, found: "\(role) is tensor \(id.index)",
        expected: "one of the graph's \(tensors.count) tensors")
    }
  }

  /// "tensor 3 'logits'".
  func place(of id: TensorID) -> String { "tensor \(id.index) '\(self[id].name)'" }
}

extension Shape {
  /// No tensor may be larger: 1 TiB. Sums over a graph's tensors then fit in an `Int`.
  public static let largestByteCount = 1 << 40
}
