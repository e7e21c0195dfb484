import Graph

// Calls of other subgraphs: they are converted in place, as often as they are called. Branches and loops follow the
// values that decide them while the model is read; see ReadOptions.

extension TFLiteConverter {
  /// What a subgraph is called with, or gives back: a tensor, or the name of a resource variable.
  enum Argument {
    case tensor(TensorID)
    case variable(String)
  }

  /// Calls may be nested so deep.
  private static let deepestCall = 16
  /// Operators that calls and loops may make of a file, all together.
  private static let mostCalledOperators = 1 << 14

  /// Converts subgraph `index` with `arguments` in place of its inputs, and returns its outputs.
  mutating func call(_ index: Int, _ arguments: [Argument], _ op: TFLiteOperator) throws(ModelFormatError)
    -> [Argument]
  {
    let callee = try calledSubgraph(index)
    guard callee.inputs.count == arguments.count else {
      throw malformed(
        op, "\(arguments.count) inputs for subgraph \(index)", expected: "its \(callee.inputs.count)")
    }
    guard scopes.count < Self.deepestCall else {
      throw malformed(op, "calls more than \(Self.deepestCall) deep", expected: "subgraphs that end")
    }
    calledOperators += callee.operators.count + 1
    guard calledOperators <= Self.mostCalledOperators else {
      throw unsupported(
        describe(op), "unrolls to more than \(Self.mostCalledOperators) operators")
    }
    scopes.append(scope)
    scope = Scope(subgraph: callee, index: index)
    defer { scope = scopes.removeLast() }
    for (input, argument) in zip(callee.inputs, arguments) {
      switch argument {
      case .tensor(let id): scope.ids[input] = id
      case .variable(let name): scope.handles[input] = name
      }
    }
    for op in callee.operators { try convert(op) }
    var results: [Argument] = []
    for output in callee.outputs { results.append(try argument(output, place: "subgraph \(index)")) }
    return results
  }

  private mutating func calledSubgraph(_ index: Int) throws(ModelFormatError) -> TFLiteSubgraph {
    if let known = decodedSubgraphs[index] { return known }
    let decoded = try model.subgraph(index)
    decodedSubgraphs[index] = decoded
    return decoded
  }

  private mutating func argument(_ index: Int, place: String) throws(ModelFormatError) -> Argument {
    if let name = scope.handles[index] { return .variable(name) }
    return .tensor(try use(index, place: place))
  }

  /// The operator's inputs from `first` on.
  private mutating func arguments(_ op: TFLiteOperator, from first: Int = 0) throws(ModelFormatError)
    -> [Argument]
  {
    var arguments: [Argument] = []
    for position in op.inputs.indices.dropFirst(first) {
      arguments.append(try argument(try index(op, position), place: op.place))
    }
    return arguments
  }

  /// Makes the operator's outputs what a subgraph gave back.
  private mutating func bind(_ results: [Argument], _ op: TFLiteOperator) throws(ModelFormatError) {
    guard results.count >= op.outputs.count else {
      throw malformed(op, "\(op.outputs.count) outputs", expected: "the subgraph's \(results.count)")
    }
    for (position, result) in results.prefix(op.outputs.count).enumerated() {
      let index = try outputIndex(op, position)
      switch result {
      case .variable(let name): scope.handles[index] = name
      case .tensor(let id): try bind(index, id, place: op.place)
      }
    }
  }

  mutating func callSubgraph(_ op: TFLiteOperator) throws(ModelFormatError) {
    let index: UInt32 = try options(op, 16)?.scalar(0, default: 0) ?? 0
    try bind(try call(Int(index), try arguments(op), op), op)
  }

  /// A composite is what its decomposition computes.
  mutating func composite(_ op: TFLiteOperator) throws(ModelFormatError) {
    let index: Int32 = try options2(op, 21)?.scalar(1, default: 0) ?? 0
    try bind(try call(Int(index), try arguments(op), op), op)
  }

  mutating func branch(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 92)
    let isTaken = try decision(try input(op, 0), op)
    let index: Int32 = try options?.scalar(isTaken ? 0 : 1, default: 0) ?? 0
    try bind(try call(Int(index), try arguments(op, from: 1), op), op)
  }

  /// Unrolled, for as many rounds as the values lead to.
  mutating func loop(_ op: TFLiteOperator, condition: Int, body: Int) throws(ModelFormatError) {
    var carried = try arguments(op)
    while true {
      let answer = try call(condition, carried, op)
      guard case .tensor(let id)? = answer.first else {
        throw malformed(op, "a condition without a result", expected: "a truth value")
      }
      guard try decision(id, op) else { break }
      carried = try call(body, carried, op)
    }
    try bind(carried, op)
  }

  mutating func whileLoop(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options(op, 93)
    let condition: Int32 = try options?.scalar(0, default: 0) ?? 0
    let body: Int32 = try options?.scalar(1, default: 0) ?? 0
    try loop(op, condition: Int(condition), body: Int(body))
  }

  mutating func stableWhile(_ op: TFLiteOperator) throws(ModelFormatError) {
    let options = try options2(op, 15)
    let condition: Int32 = try options?.scalar(0, default: 0) ?? 0
    let body: Int32 = try options?.scalar(1, default: 0) ?? 0
    try loop(op, condition: Int(condition), body: Int(body))
  }

  /// The truth value that a branch depends on.
  private mutating func decision(_ id: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> Bool {
    guard graph[id].elementType == .bool, graph[id].shape.elementCount == 1 else {
      throw malformed(op, "its condition is \(graph[id].type)", expected: "one bool")
    }
    hasDecided = true
    return try value(of: id, op).elements(as: UInt8.self).first != 0
  }
}
