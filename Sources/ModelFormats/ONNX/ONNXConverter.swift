import Graph

/// Makes a graph of an ONNX model, node by node.
///
/// What each operator becomes is in the extensions, one a family; ``handlers`` is the table of all. A class, so that the table's
/// entries are its methods.
final class ONNXConverter {
  typealias Handler = @Sendable (ONNXConverter) -> (ONNXNode) throws(ModelFormatError) -> Void

  let model: ONNXModel
  let file: ModelBytes
  let options: ReadOptions
  let externalFiles: ONNXExternalFiles
  var assembler: GraphAssembler
  /// What names stand for, innermost graph last: a subgraph sees the names of the graphs around it.
  private var scopes: [ONNXScope] = []
  /// Results of omitted operators whose shape is not known.
  var unknown: Set<String> = []
  /// Extents of symbolic dimensions.
  private(set) var symbols: [String: Int] = [:]
  /// How many functions and subgraphs are open.
  private var depth = 0
  /// The constants of subgraphs that were converted before.
  private var subgraphConstants: [ObjectIdentifier: [String: TensorID]] = [:]

  /// Nodes converted so far, those of unrolled loops and inlined functions counted anew each time.
  private var convertedCount = 0
  private static let mostConverted = 1 << 16

  /// - Parameter name: The graph's; the file's where it is `nil`.
  init(_ model: ONNXModel, _ options: ReadOptions, name: String? = nil) {
    self.model = model
    self.options = options
    file = model.file
    externalFiles = ONNXExternalFiles(beside: model.file)
    assembler = GraphAssembler(
      name: name ?? Self.name(of: model.file.path), fileSize: model.file.bytes.count, options: options)
  }

  func graph() throws(ModelFormatError) -> Graph {
    if let version = model.opsets[""], version < 7 {
      throw .unsupported(path: file.path, place: "the model", feature: "is of opset \(version), older than 7")
    }
    begin()
    try addInitializers(of: model.graph)
    try addInputs(of: model.graph)
    for node in model.graph.nodes { try convertOrOmit(node) }
    for output in model.graph.outputs {
      if unknown.contains(output.name) {
        assembler.omitOutput(output.name)
        continue
      }
      try addOutput(output.name, try use(output.name, "output '\(output.name)' of the model"))
    }
    return try finish()
  }

  func addOutput(_ name: String, _ id: TensorID) throws(ModelFormatError) {
    try inFile("output '\(name)'") { () throws(GraphError) in
      let written = try assembler.inOrder(.written, id)
      assembler.output(try asOutput(written, named: name))
    }
  }

  /// The graph, checked.
  func finish() throws(ModelFormatError) -> Graph {
    do throws(GraphError) {
      return try assembler.finish()
    } catch {
      throw file.malformed(error.place, error.found, expected: error.expected)
    }
  }

  /// Opens the scope that names of the model are in.
  func begin() { scopes = [ONNXScope(opsets: model.opsets)] }

  /// Whether a value has the name in the innermost graph.
  func isBound(_ name: String) -> Bool { scopes.last?.ids[name] != nil }

  // MARK: Names

  /// What `name` stands for.
  func use(_ name: String, _ place: @autoclosure () -> String) throws(ModelFormatError) -> TensorID {
    for index in scopes.indices.reversed() {
      if let id = scopes[index].ids[name] { return id }
      if let tensor = scopes[index].initializers[name] {
        let id = try constant(tensor, name)
        scopes[index].ids[name] = id
        return id
      }
      // A function sees only what it is given.
      if scopes[index].isFunction { break }
    }
    if unknown.contains(name) {
      throw .unsupported(
        path: file.path, place: place(), feature: "\(OmittedOperator.unknownOperand) '\(name)'")
    }
    throw file.malformed(
      place(), "its input '\(name)' has no value yet",
      expected: "an input, an initializer or an earlier result")
  }

  /// What `name` stands for, a tensor or a sequence.
  func value(named name: String, _ place: @autoclosure () -> String) throws(ModelFormatError) -> ONNXBinding {
    for scope in scopes.reversed() {
      if let elements = scope.sequences[name] { return .sequence(elements) }
      if scope.isFunction || scope.ids[name] != nil { break }
    }
    return .tensor(try use(name, place()))
  }

  /// Gives `name` its value, a tensor or a sequence, in the innermost graph.
  func bind(_ value: ONNXBinding, to name: String, _ place: @autoclosure () -> String)
    throws(ModelFormatError)
  {
    switch value {
    case .tensor(let id): try bind(name, id, place())
    case .sequence(let elements): scopes[scopes.count - 1].sequences[name] = elements
    }
  }

  /// Gives `name` its value in the innermost graph.
  func bind(_ name: String, _ id: TensorID, _ place: @autoclosure () -> String) throws(ModelFormatError) {
    guard !name.isEmpty else { return }
    guard scopes[scopes.count - 1].ids.updateValue(id, forKey: name) == nil else {
      throw file.malformed(
        place(), "'\(name)' has a value already", expected: "a name that nothing else makes")
    }
  }

  private func addInitializers(of graph: ONNXGraph) throws(ModelFormatError) {
    for tensor in graph.initializers { scopes[scopes.count - 1].initializers[tensor.name] = tensor }
    for sparse in graph.sparseInitializers {
      try bind(sparse.values.name, try dense(sparse), sparse.place)
    }
  }

  private func addInputs(of graph: ONNXGraph) throws(ModelFormatError) {
    let inputs = graph.trueInputs
    for name in options.inputShapes.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
      throw file.malformed(
        "input '\(name)'", "the model has no such input",
        expected: "one of \(inputs.map { "'\($0.name)'" }.joined(separator: ", "))")
    }
    symbols = options.dimensions
    for input in inputs { note(options.inputShapes[input.name], of: input, in: &symbols) }
    for input in inputs {
      let type = try type(of: input)
      try bind(input.name, assembler.input(input.name, type), "input '\(input.name)' of the model")
      note(type.shape, of: input, in: &symbols)
    }
  }

  /// Takes the extents of symbolic dimensions from a shape that was given for an input.
  private func note(_ shape: Shape?, of input: ONNXValueInfo, in symbols: inout [String: Int]) {
    guard let shape, let dimensions = input.dimensions, dimensions.count == shape.rank else { return }
    for (dimension, extent) in zip(dimensions, shape.dimensions) {
      if case .symbolic(let name) = dimension, !name.isEmpty, symbols[name] == nil { symbols[name] = extent }
    }
  }

  private func type(of input: ONNXValueInfo) throws(ModelFormatError) -> TensorType {
    let place = "input '\(input.name)' of the model"
    if let kind = input.kind { throw .unsupported(path: file.path, place: place, feature: "is \(kind)") }
    guard let elementType = ONNXDataType(rawValue: input.type)?.elementType else {
      let type = ONNXDataType(rawValue: input.type).map { "\($0)" } ?? "\(input.type)"
      throw .unsupported(path: file.path, place: place, feature: "has elements of type \(type)")
    }
    if let shape = options.inputShapes[input.name] { return TensorType(elementType, shape) }
    guard let dimensions = input.dimensions else {
      throw file.malformed(place, "no shape", expected: "'--shape \(input.name)=...' to give it one")
    }
    // An open dimension is 1, as other runtimes' tools take it.
    return TensorType(
      elementType,
      Shape(
        dimensions.map {
          switch $0 {
          case .extent(let extent): extent
          case .symbolic(let name): symbols[name] ?? 1
          }
        }))
  }

  /// An output needs a tensor of its own, with its name.
  private func asOutput(_ id: TensorID, named name: String) throws(GraphError) -> TensorID {
    if assembler[id].name == name { return id }
    if let data = assembler[id].constant {
      return assembler.constant(name, assembler[id].type, data, quantization: assembler[id].quantization)
    }
    if assembler.producer(of: id) != nil, !assembler.graph.outputs.contains(id) {
      assembler.rename(id, name)
      return id
    }
    return try assembler.add(
      .reshape, [id], name: name, declared: assembler[id].type, quantization: assembler[id].quantization)
  }

  // MARK: Nodes

  func convert(_ node: ONNXNode) throws(ModelFormatError) {
    var node = node
    let scope = scopes[scopes.count - 1]
    try scope.resolveReferences(of: &node)
    node.opset = scope.opsets[node.domain] ?? (node.domain.isEmpty ? scope.opsets[""] ?? 1 : 1)
    convertedCount += 1
    guard convertedCount <= Self.mostConverted else {
      throw node.malformed("more than \(Self.mostConverted) nodes with loops unrolled", expected: "fewer")
    }
    if let function = model.functions[ONNXFunction.key(domain: node.domain, name: node.op)] {
      return try inline(function, node)
    }
    let key = node.domain.isEmpty ? node.op : "\(node.domain).\(node.op)"
    guard let handler = Self.handlers[key] else {
      throw node.unsupported("is \(key)")
    }
    try handler(self)(node)
  }

  /// Converts a function's nodes in the place of `call`.
  private func inline(_ function: ONNXFunction, _ call: ONNXNode) throws(ModelFormatError) {
    var scope = ONNXScope(opsets: function.opsets.isEmpty ? model.opsets : function.opsets)
    scope.isFunction = true
    scope.attributes = function.defaults.merging(call.attributes) { $1 }
    for (position, name) in function.inputs.enumerated() where call.has(position) {
      scope.ids[name] = try use(call.inputs[position], call.place)
    }
    let results = try inScope(scope, call) { () throws(ModelFormatError) in
      for node in function.nodes { try convert(node) }
      var results: [TensorID?] = []
      for (position, name) in function.outputs.enumerated() {
        results.append(call.makes(position) ? try use(name, call.place) : nil)
      }
      return results
    }
    for (position, id) in results.enumerated() {
      if let id { try bind(call.outputs[position], id, call.place) }
    }
  }

  /// Converts a subgraph with `inputs` as its inputs; its outputs.
  ///
  /// Its constants are made once, however often it is converted.
  ///
  /// - Parameter inputs: One an input of the subgraph, in its order.
  func convertValues(
    _ graph: ONNXGraph, of node: ONNXNode, inputs: [ONNXBinding] = []
  ) throws(ModelFormatError) -> [ONNXBinding] {
    guard inputs.count <= graph.inputs.count else {
      throw node.malformed("its subgraph has \(graph.inputs.count) inputs", expected: "\(inputs.count)")
    }
    var scope = ONNXScope(opsets: scopes[scopes.count - 1].opsets)
    scope.attributes = scopes[scopes.count - 1].attributes
    scope.ids = subgraphConstants[ObjectIdentifier(graph)] ?? [:]
    for (input, value) in zip(graph.inputs, inputs) {
      switch value {
      case .tensor(let id): scope.ids[input.name] = id
      case .sequence(let elements): scope.sequences[input.name] = elements
      }
    }
    return try inScope(scope, node) { () throws(ModelFormatError) in
      if subgraphConstants[ObjectIdentifier(graph)] == nil { try addInitializers(of: graph) }
      for tensor in graph.initializers where subgraphConstants[ObjectIdentifier(graph)] == nil {
        _ = try use(tensor.name, node.place)
      }
      if subgraphConstants[ObjectIdentifier(graph)] == nil {
        let given = Set(graph.inputs.map(\.name))
        subgraphConstants[ObjectIdentifier(graph)] = scopes[scopes.count - 1].ids.filter {
          !given.contains($0.key)
        }
      }
      for node in graph.nodes { try convert(node) }
      var results: [ONNXBinding] = []
      for output in graph.outputs { results.append(try value(named: output.name, node.place)) }
      return results
    }
  }

  private func inScope<Result>(
    _ scope: ONNXScope, _ node: ONNXNode, _ body: () throws(ModelFormatError) -> Result
  ) throws(ModelFormatError) -> Result {
    guard depth < ONNXGraph.deepest else {
      throw node.malformed(
        "functions and subgraphs \(depth) deep",
        expected: "fewer than \(ONNXGraph.deepest); does one use itself?")
    }
    depth += 1
    scopes.append(scope)
    defer {
      depth -= 1
      scopes.removeLast()
    }
    return try body()
  }

  // MARK: Constants

  /// The graph's constant for a tensor of the file.
  func constant(_ tensor: ONNXTensor, _ name: String) throws(ModelFormatError) -> TensorID {
    let contents = try tensor.contents(in: file, external: externalFiles)
    return assembler.constant(name, contents.type, contents.data)
  }

  // MARK: Errors

  /// Errors of the graph as errors of the file.
  func inFile<Result>(
    _ place: @autoclosure () -> String, _ body: () throws(GraphError) -> Result
  ) throws(ModelFormatError) -> Result {
    do throws(GraphError) {
      return try body()
    } catch {
      throw file.malformed(place(), error.found, expected: error.expected)
    }
  }

  /// The file's name without folder and extension.
  private static func name(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".onnx") ? String(file.dropLast(5)) : file
  }
}

/// What the nodes of one graph or function see.
struct ONNXScope {
  var ids: [String: TensorID] = [:]
  /// Names that stand for sequences.
  var sequences: [String: [TensorID]] = [:]
  /// Constants that no node has read yet.
  var initializers: [String: ONNXTensor] = [:]
  var opsets: [String: Int]
  /// The attributes that a function was called with.
  var attributes: [String: ONNXAttribute] = [:]
  var isFunction = false

  init(opsets: [String: Int]) { self.opsets = opsets }

  /// Replaces attributes that stand for one of the function's by its value.
  func resolveReferences(of node: inout ONNXNode) throws(ModelFormatError) {
    for (name, attribute) in node.attributes where !attribute.reference.isEmpty {
      guard var value = attributes[attribute.reference] else {
        node.attributes[name] = nil
        continue
      }
      value.name = name
      node.attributes[name] = value
    }
  }
}
