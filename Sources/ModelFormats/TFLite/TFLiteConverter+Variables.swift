import Graph

// Resource variables, and the variable tensors of older operators: states of the graph.

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
    let isNested = isInitialising
    isInitialising = true
    defer { isInitialising = isNested }
    _ = try call(index, [], op)
  }

  mutating func handle(_ op: TFLiteOperator) throws(ModelFormatError) {
    scope.handles[try outputIndex(op)] = try variableName(op)
  }

  mutating func readVariable(_ op: TFLiteOperator) throws(ModelFormatError) {
    let name = try handleName(op)
    let tensor = subgraph.tensors[try outputIndex(op)]
    if states[name] == nil {
      guard let elementType = tensor.type.elementType else {
        throw unsupported(op.place, "reads a variable of type \(tensor.type)")
      }
      try addState(name, TensorType(elementType, tensor.shape), tensor.quantization, op)
    }
    guard let id = states[name] else { return }
    try emit(.readState(id), [], op)
  }

  mutating func assignVariable(_ op: TFLiteOperator) throws(ModelFormatError) {
    let name = try handleName(op)
    let value = try input(op, 1)
    if isInitialising {
      guard states[name] == nil else {
        throw unsupported(describe(op), "gives variable '\(name)' a first value after its use")
      }
      initialValues[name] = value
      return
    }
    if states[name] == nil { try addState(name, graph[value].type, graph[value].quantization, op) }
    guard let id = states[name] else { return }
    try write(value, to: id, name, op)
  }

  /// Sets a state.
  mutating func write(_ value: TensorID, to state: StateID, _ name: String, _ op: TFLiteOperator)
    throws(ModelFormatError)
  {
    do throws(GraphError) {
      _ = try assembler.addAll(.writeState(state), [value], name: name)
    } catch {
      throw malformed(op, error.found, expected: error.expected)
    }
  }

  /// The state of the variable tensor that is input `position`, zeros at first.
  mutating func state(_ op: TFLiteOperator, _ position: Int) throws(ModelFormatError) -> StateID {
    let index = try index(op, position)
    let tensor = subgraph.tensors[index]
    guard tensor.isVariable, let elementType = tensor.type.elementType else {
      throw unsupported(describe(op), "has the state '\(tensor.name)', which is no variable tensor")
    }
    let name = "\(tensor.name)#\(scope.index).\(index)"
    if let id = states[name] { return id }
    var state = State(
      name: tensor.name, elementType: elementType, shape: tensor.shape, quantization: tensor.quantization)
    if elementType == .i8, let zeroPoint = tensor.quantization?.zeroPoints.first, zeroPoint != 0,
      let count = tensor.shape.elementCount, assembler.spend(count)
    {
      // The numbers are zeros at first, not the bytes.
      state.initial = TensorData([Int8](repeating: Int8(truncatingIfNeeded: zeroPoint), count: count))
    }
    let id = assembler.state(state)
    states[name] = id
    return id
  }

  private mutating func addState(
    _ name: String, _ type: TensorType, _ quantization: Quantization?, _ op: TFLiteOperator
  ) throws(ModelFormatError) {
    var state = State(
      name: name, elementType: type.elementType, shape: type.shape, quantization: quantization)
    if let first = initialValues[name] {
      let data = try value(of: first, op)
      // The first value says how many elements there are; the file's shape of a read may be open.
      state = State(
        name: name, elementType: graph[first].elementType, shape: shape(of: first),
        quantization: quantization,
        initial: data)
    }
    states[name] = assembler.state(state)
  }

  private func variableName(_ op: TFLiteOperator) throws(ModelFormatError) -> String {
    let options = try options(op, 111)
    let container = try options?.string(0) ?? ""
    let name = try options?.string(1) ?? ""
    return container.isEmpty ? name : "\(container)/\(name)"
  }

  private func handleName(_ op: TFLiteOperator) throws(ModelFormatError) -> String {
    guard let name = scope.handles[try index(op, 0)] else {
      throw malformed(op, "its variable has no handle", expected: "the output of VAR_HANDLE as input 0")
    }
    return name
  }
}
