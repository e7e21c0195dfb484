import Graph
import Lowering

/// Makes a graph of a TFLite model, operator by operator, starting from one of its subgraphs.
struct TFLiteConverter {
  /// The subgraph that is being converted, and what stands for its tensors.
  struct Scope {
    let subgraph: TFLiteSubgraph
    let index: Int
    /// The graph's tensor for each of the subgraph's, once there is one.
    var ids: [TensorID?]
    /// The resource variable that each handle tensor stands for.
    var handles: [Int: String] = [:]
    /// The real and the imaginary part of each complex tensor.
    var complexParts: [Int: (real: TensorID, imaginary: TensorID)] = [:]

    init(subgraph: TFLiteSubgraph, index: Int) {
      self.subgraph = subgraph
      self.index = index
      ids = Array(repeating: nil, count: subgraph.tensors.count)
    }
  }

  let model: TFLiteModel
  var assembler: GraphAssembler
  var scope: Scope
  /// The callers' scopes, outermost first.
  var scopes: [Scope] = []
  var decodedSubgraphs: [Int: TFLiteSubgraph] = [:]
  /// Operators converted in calls; a file that calls itself over and over ends there.
  var calledOperators = 0
  /// Whether a branch or a loop was followed: what it depended on is no part of the graph.
  var hasDecided = false
  /// Tensors whose value follows from constants: weights widened from f16.
  private var widened: Set<TensorID> = []
  /// Resource variables and variable tensors by name.
  var states: [String: StateID] = [:]
  /// First values of resource variables that have no state yet.
  var initialValues: [String: TensorID] = [:]
  /// Whether an initialiser is being converted: what it assigns are first values.
  var isInitialising = false
  var initialisers: Set<Int> = []
  /// Results of omitted operators, in the main subgraph, whose shape is not known.
  var unknown: Set<Int> = []

  init(model: TFLiteModel, subgraph: Int, options: ReadOptions) throws(ModelFormatError) {
    self.model = model
    scope = Scope(subgraph: try model.subgraph(subgraph), index: subgraph)
    assembler = GraphAssembler(
      name: Self.name(of: model.file.path), fileSize: model.file.bytes.count, options: options)
  }

  var graph: Graph { assembler.graph }
  var subgraph: TFLiteSubgraph { scope.subgraph }

  mutating func convert() throws(ModelFormatError) -> Graph {
    try addInputs(shapes: assembler.options.inputShapes)
    for op in subgraph.operators { try convertOrOmit(op) }
    for index in subgraph.outputs {
      if unknown.contains(index) {
        assembler.omitOutput(subgraph.tensors[index].name)
        continue
      }
      assembler.output(try use(index, place: "output '\(subgraph.tensors[index].name)' of the model"))
    }
    do throws(GraphError) {
      return try assembler.finish(keepsUnread: !hasDecided && graph.omissions == nil)
    } catch {
      throw model.file.malformed(error.place, error.found, expected: error.expected)
    }
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
      guard scope.ids[index] == nil else {
        throw model.file.malformed("input '\(tensor.name)'", "is listed twice", expected: "each input once")
      }
      let type = try type(
        of: index, shapes[tensor.name] ?? tensor.shape, "input '\(tensor.name)' of the model")
      scope.ids[index] = assembler.input(tensor.name, type, quantization: tensor.quantization)
    }
  }

  // MARK: Tensors

  /// The graph's tensor for one that an operator reads.
  mutating func use(_ index: Int, place: String) throws(ModelFormatError) -> TensorID {
    if let id = scope.ids[index] { return id }
    let tensor = subgraph.tensors[index]
    if scope.complexParts[index] != nil {
      throw unsupported(place, "uses the complex numbers '\(tensor.name)'")
    }
    guard !tensor.isVariable else {
      throw unsupported(place, "keeps a state in the variable tensor '\(tensor.name)'")
    }
    if scopes.isEmpty, unknown.contains(index) {
      throw unsupported(place, "\(OmittedOperator.unknownOperand) '\(tensor.name)'")
    }
    guard let value = tensor.value else {
      throw model.file.malformed(
        place, "its input '\(tensor.name)' has no value yet", expected: "a constant or an earlier result")
    }
    let id = try constant(of: tensor, value, type: try type(of: index, tensor.shape, place), place: place)
    scope.ids[index] = id
    return id
  }

  /// Input `position` of an operator.
  mutating func input(_ op: TFLiteOperator, _ position: Int) throws(ModelFormatError) -> TensorID {
    try wholeBytes(try use(try index(op, position), place: op.place), op)
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

  /// The type that a graph's tensor has for one of the subgraph's.
  private func type(of index: Int, _ shape: Shape, _ place: String) throws(ModelFormatError) -> TensorType {
    let tensor = subgraph.tensors[index]
    guard let elementType = tensor.type.elementType else {
      throw unsupported(place, "uses '\(tensor.name)' of type \(tensor.type)")
    }
    if let feature = tensor.unsupportedFeature {
      throw unsupported(place, "uses '\(tensor.name)', which is \(feature)")
    }
    return TensorType(elementType, shape)
  }

  /// Makes `id` the value of one of the subgraph's tensors.
  mutating func bind(_ index: Int, _ id: TensorID, place: String) throws(ModelFormatError) {
    guard scope.ids[index] == nil else {
      throw model.file.malformed(
        place, "'\(subgraph.tensors[index].name)' has a value already",
        expected: "a tensor that nothing else makes")
    }
    scope.ids[index] = id
  }

  mutating func addConstant(
    _ name: String, _ elementType: ElementType, _ shape: Shape, _ data: TensorData,
    quantization: Quantization? = nil
  ) -> TensorID {
    assembler.constant(name, TensorType(elementType, shape), data, quantization: quantization)
  }

  func isConstant(_ id: TensorID) -> Bool { assembler.isConstant(id) || widened.contains(id) }

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
    let id = try node(
      kind, inputs, op, name: tensor.name, TensorType(elementType, shape ?? tensor.shape), tensor.quantization
    )
    guard graph[id].elementType == elementType else {
      throw malformed(
        op, "its output '\(tensor.name)' is \(elementType)", expected: "\(graph[id].elementType)")
    }
    try bind(index, id, place: op.place)
    if kind == .dequantize, let input = inputs.first, let input, assembler.isConstant(input) {
      widened.insert(id)
    }
  }

  /// Makes output `position` of the operator what is there already.
  mutating func emit(_ id: TensorID, _ op: TFLiteOperator, output position: Int = 0) throws(ModelFormatError)
  {
    try bind(try outputIndex(op, position), id, place: op.place)
  }

  /// Adds a node whose result is not one of the file's tensors; `quantization` is that of the result.
  mutating func intermediate(
    _ kind: Operator, _ inputs: [TensorID?], _ op: TFLiteOperator, shape: Shape? = nil,
    elementType: ElementType? = nil, quantization: Quantization? = nil
  ) throws(ModelFormatError) -> TensorID {
    guard let first = inputs.first, let first else { throw malformed(op, "no input", expected: "one") }
    let declared = TensorType(elementType ?? graph[first].elementType, shape ?? graph[first].shape)
    let name = "\(subgraph.tensors[try outputIndex(op)].name)/\(kind.name)"
    return try node(kind, inputs, op, name: name, declared, quantization)
  }

  private mutating func node(
    _ kind: Operator, _ inputs: [TensorID?], _ op: TFLiteOperator, name: String, _ declared: TensorType,
    _ quantization: Quantization?
  ) throws(ModelFormatError) -> TensorID {
    do throws(GraphError) {
      return try assembler.add(kind, inputs, name: name, declared: declared, quantization: quantization)
    } catch {
      throw malformed(op, error.found, expected: error.expected)
    }
  }

  /// The value of `id`, constant or as the inputs' values lead to it; see ``ReadOptions``.
  mutating func value(of id: TensorID, _ op: TFLiteOperator) throws(ModelFormatError) -> TensorData {
    do throws(EvaluationError) {
      return try assembler.value(of: id)
    } catch {
      throw unsupported(describe(op), "depends on a value that cannot be computed (\(error.description))")
    }
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
