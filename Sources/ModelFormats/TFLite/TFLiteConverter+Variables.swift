import Graph

// Resource variables: states of the graph.

extension TFLiteConverter {
  /// Runs once before the first inference: an initialiser that gives variables their first values.
  mutating func callOnce(_ op: TFLiteOperator) throws(ModelFormatError) {
    let index = Int(try options(op, 103)?.scalar(0, default: Int32(0)) ?? 0)
    guard index != 0 else {
      throw malformed(op, "the main graph as initialiser", expected: "another subgraph")
    }
    guard initialisers.insert(index).inserted else { return }
    let limit = 16
    guard initialisers.count <= limit else {
      throw malformed(op, "more than \(limit) initialisers", expected: "one or a few")
    }
    let initialiser = try model.subgraph(index)
    var names: [Int: String] = [:]
    for op in initialiser.operators {
      switch op.name {
      case "VAR_HANDLE":
        guard let output = op.outputs.first else {
          throw model.file.malformed(op.place, "no output", expected: "1")
        }
        names[output] = try variableName(op)
      case "ASSIGN_VARIABLE":
        guard op.inputs.count == 2, let name = names[op.inputs[0]], op.inputs[1] >= 0 else {
          throw model.file.malformed(op.place, "no variable or no value", expected: "a handle and a constant")
        }
        try initialise(name, to: initialiser.tensors[op.inputs[1]], op)
      default:
        throw unsupported(op.place, "is \(op.name) in an initialiser")
      }
    }
  }

  private mutating func initialise(
    _ name: String, to value: TFLiteTensor, _ op: TFLiteOperator
  ) throws(ModelFormatError) {
    guard let elementType = value.type.elementType, let bytes = value.value else {
      throw unsupported(op.place, "computes the first value of variable '\(name)'")
    }
    let state = State(
      name: name, elementType: elementType, shape: value.shape, quantization: value.quantization,
      initial: model.file.data(bytes))
    if let id = states[name] {
      graph.states[id.index] = state
    } else {
      addState(state)
    }
  }

  mutating func handle(_ op: TFLiteOperator) throws(ModelFormatError) {
    handles[try outputIndex(op)] = try variableName(op)
  }

  mutating func readVariable(_ op: TFLiteOperator) throws(ModelFormatError) {
    let name = try handleName(op)
    let tensor = subgraph.tensors[try outputIndex(op)]
    if states[name] == nil {
      guard let elementType = tensor.type.elementType else {
        throw unsupported(op.place, "reads a variable of type \(tensor.type)")
      }
      addState(
        State(name: name, elementType: elementType, shape: tensor.shape, quantization: tensor.quantization))
    }
    guard let id = states[name] else { return }
    try emit(.readState(id), [], op)
  }

  mutating func assignVariable(_ op: TFLiteOperator) throws(ModelFormatError) {
    let name = try handleName(op)
    let value = try input(op, 1)
    let tensor = graph[value]
    if states[name] == nil {
      addState(
        State(
          name: name, elementType: tensor.elementType, shape: tensor.shape, quantization: tensor.quantization)
      )
    }
    guard let id = states[name] else { return }
    graph.nodes.append(Node(name: name, op: .writeState(id), inputs: [value], outputs: []))
  }

  private mutating func addState(_ state: State) {
    graph.states.append(state)
    states[state.name] = StateID(graph.states.count - 1)
  }

  private func variableName(_ op: TFLiteOperator) throws(ModelFormatError) -> String {
    let options = try options(op, 111)
    let container = try options?.string(0) ?? ""
    let name = try options?.string(1) ?? ""
    return container.isEmpty ? name : "\(container)/\(name)"
  }

  private func handleName(_ op: TFLiteOperator) throws(ModelFormatError) -> String {
    guard let name = handles[try index(op, 0)] else {
      throw malformed(op, "its variable has no handle", expected: "the output of VAR_HANDLE as input 0")
    }
    return name
  }
}
