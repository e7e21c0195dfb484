import Graph

/// Makes a graph of a Core ML model, operation by operation.
///
/// What each operation becomes is in the extensions. ``nodes`` holds the graph; values are known by the names that the model
/// gives them.
final class CoreMLConverter {
  let package: CoreMLPackage
  let options: ReadOptions
  let nodes: ONNXConverter
  /// What is being converted, for errors.
  var place = "the model"
  /// Constants of an ML program that nothing has read yet.
  var values: [String: MILValue] = [:]
  /// What the names of a neural network's blobs stand for at the layer being converted.
  var blobs: [String: String] = [:]
  var layerCount = 0
  /// Files of weights that are open, by the names that the model gives them.
  private var weightFiles: [String: ModelBytes] = [:]
  private var made = 0
  /// The version of ONNX's operator set whose nodes are made here.
  private static let opset = 21
  private static let longestPipeline = 64

  init(_ package: CoreMLPackage, _ options: ReadOptions) throws(ModelFormatError) {
    self.package = package
    self.options = options
    nodes = try ONNXConverter(nodesOf: package.model, name: package.name, options, opset: Self.opset)
  }

  func graph() throws(ModelFormatError) -> Graph {
    let model = try CoreMLModel(ProtobufMessage(rootOf: package.model, place: "the model"))
    try addInputs(of: model)
    try convert(model, depth: 0)
    var isAny = false
    for output in model.outputs {
      guard let name = try resultName(of: output, in: model) else { continue }
      isAny = true
      if nodes.unknown.contains(name) {
        nodes.assembler.omitOutput(output.name)
        continue
      }
      try addOutput(name, output)
    }
    guard isAny else {
      throw package.model.malformed("the model", "no output that is an array", expected: "one or more")
    }
    return try nodes.finish()
  }

  private func convert(_ model: CoreMLModel, depth: Int) throws(ModelFormatError) {
    switch model.body {
    case .neuralNetwork(let network): try convertNetwork(network, of: model)
    case .program(let program): try convertProgram(try MILProgram(program))
    case .pipeline(let pipeline):
      guard depth == 0 else { throw unsupported("is a pipeline inside a pipeline") }
      let stages = try ProtobufRecord(pipeline).messages(1)
      guard stages.count <= Self.longestPipeline else {
        throw malformed("a pipeline of \(stages.count) models", expected: "at most \(Self.longestPipeline)")
      }
      for stage in stages { try convert(try CoreMLModel(stage), depth: depth + 1) }
    case .other(let kind): throw unsupported("is \(kind)")
    case .none: throw malformed("nothing that computes", expected: "a neural network or an ML program")
    }
  }

  // MARK: Inputs and outputs

  private func addInputs(of model: CoreMLModel) throws(ModelFormatError) {
    let names = model.inputs.map(\.name)
    for name in options.inputShapes.keys.sorted() where !names.contains(name) {
      throw package.model.malformed(
        "input '\(name)'", "the model has no such input",
        expected: "one of \(names.map { "'\($0)'" }.joined(separator: ", "))")
    }
    let declared = try declaredInputs(of: model)
    for input in model.inputs {
      place = "input '\(input.name)' of the model"
      guard var type = Self.type(of: input) else { throw unsupported("is neither an array nor an image") }
      if let own = declared[input.name] {
        if type.shape.rank == 0, let shape = own.shape { type.shape = shape }
        if case .image = input.kind, let shape = own.shape { type.shape = shape }
        if own.dataType == .int32 { type.elementType = .i32 }
      }
      if let shape = options.inputShapes[input.name] {
        hasBatch = hasBatch || shape.rank == type.shape.rank + 1
        type.shape = shape
      }
      try nodes.bind(input.name, nodes.assembler.input(input.name, type), place)
    }
  }

  /// The inputs' types as a program's main function has them.
  private func declaredInputs(of model: CoreMLModel) throws(ModelFormatError) -> [String: MILType] {
    guard case .program(let program) = model.body else { return [:] }
    var types: [String: MILType] = [:]
    for input in try MILProgram(program).inputs { types[input.name] = input.type }
    return types
  }

  private static func type(of input: CoreMLFeature) -> TensorType? {
    switch input.kind {
    case .array(let shape, let type): TensorType(type, Shape(shape))
    case .image(let height, let width, let channels, _): TensorType(.f32, [1, channels, height, width])
    case .scalar: TensorType(.f32, [1])
    case .other: nil
    }
  }

  /// The value that an output stands for; `nil` for a classifier's label, which is text.
  private func resultName(of output: CoreMLFeature, in model: CoreMLModel) throws(ModelFormatError) -> String?
  {
    if nodes.isBound(output.name) || values[output.name] != nil || nodes.unknown.contains(output.name) {
      return output.name
    }
    if output.name == model.labelOutput { return nil }
    if output.name == model.probabilityOutput, let name = probabilities { return name }
    if case .other = output.kind { return nil }
    throw package.model.malformed(
      "output '\(output.name)' of the model", "nothing makes it", expected: "the name of a result")
  }

  /// What a classifier's probabilities are called inside the model.
  var probabilities: String?

  private func addOutput(_ name: String, _ output: CoreMLFeature) throws(ModelFormatError) {
    place = "output '\(output.name)' of the model"
    var result = try bound(name)
    if networkHasOldAxes { result = try reshaped(result, try outputShape(result, output)) }
    try nodes.addOutput(output.name, try nodes.use(result, place))
  }

  /// Whether an input was given with a batch in front of the axes that the model declares.
  private var hasBatch = false

  /// What Core ML makes of a blob of the older kind, whose axes are sequence, channels, rows and columns: the shape that the model
  /// declares, or the axes that are no ones; a batch in front where there is one.
  private func outputShape(_ blob: String, _ output: CoreMLFeature) throws(ModelFormatError) -> [Int] {
    let extents = try shape(blob)
    guard extents.count == 4, let count = Shape(extents).elementCount else { return extents }
    let own = extents[2] == 1 && extents[3] == 1 ? [extents[1]] : Array(extents.dropFirst())
    if case .array(let shape, _) = output.kind, !shape.isEmpty, shape.allSatisfy({ $0 >= 1 }),
      let declared = Shape(shape).elementCount, count % declared == 0
    {
      return hasBatch || declared < count ? [count / declared] + shape : shape
    }
    return hasBatch ? [extents[0]] + own : extents[0] > 1 ? [extents[0], 1] + own : own
  }

  /// Whether the model is a neural network of the kind whose blobs have a sequence, a batch, channels, rows and columns.
  var networkHasOldAxes = false

  // MARK: Weights

  func weightFile(_ name: String) throws(ModelFormatError) -> ModelBytes {
    if let open = weightFiles[name] { return open }
    let file = try package.weights(name)
    weightFiles[name] = file
    return file
  }

  // MARK: Nodes

  /// A name that nothing in the model has.
  func freshName(_ role: String) -> String {
    made += 1
    return "\(role)#\(made)"
  }

  /// Makes an ONNX node; the name of its first result.
  @discardableResult
  func node(
    _ op: String, _ inputs: [String], _ output: String? = nil, _ attributes: [String: ONNXAttribute] = [:]
  ) throws(ModelFormatError) -> String {
    let output = output ?? freshName(op)
    try node(op, inputs, outputs: [output], attributes)
    return output
  }

  func node(
    _ op: String, _ inputs: [String], outputs: [String], _ attributes: [String: ONNXAttribute] = [:]
  ) throws(ModelFormatError) {
    var bound: [String] = []
    for input in inputs { bound.append(input.isEmpty ? "" : try self.bound(input)) }
    try nodes.convert(described(op, bound, outputs, attributes))
  }

  private func described(
    _ op: String, _ inputs: [String], _ outputs: [String], _ attributes: [String: ONNXAttribute]
  ) -> ONNXNode {
    ONNXNode(
      op: op, inputs: inputs, outputs: outputs, attributes: attributes, file: package.model, origin: place)
  }

  /// Adds one of the graph's own operators, on values in the model's order of axes.
  @discardableResult
  func apply(
    _ op: Operator, _ inputs: [String], _ output: String? = nil, shape: [Int]? = nil, type: ElementType? = nil
  ) throws(ModelFormatError) -> String {
    let output = output ?? freshName(op.name)
    var names: [String] = []
    for input in inputs { names.append(input.isEmpty ? "" : try bound(input)) }
    let node = described(op.name, names, [output], [:])
    // Functions of elements leave the order of axes as it is.
    switch op {
    case .unary(let unary):
      try nodes.emit(unary, node)
      return output
    case .binary(let binary, .none):
      try nodes.emit(binary, try nodes.input(node, 0), try nodes.input(node, 1), node)
      return output
    default: break
    }
    var ids: [TensorID?] = []
    for position in names.indices { ids.append(try nodes.optional(node, position)) }
    try nodes.emit(op, ids, node, shape: shape.map { Shape($0) }, type: type)
    return output
  }

  /// Gives a value a second name.
  func alias(_ name: String, _ output: String) throws(ModelFormatError) {
    try nodes.bind(output, try nodes.use(try bound(name), place), place)
  }

  // MARK: Constants

  func constant(_ type: TensorType, _ data: TensorData, _ role: String = "constant") throws(ModelFormatError)
    -> String
  {
    let name = freshName(role)
    try nodes.bind(name, nodes.assembler.constant(name, type, data), place)
    return name
  }

  func floats(_ values: [Float], _ shape: [Int]? = nil) throws(ModelFormatError) -> String {
    try constant(TensorType(.f32, Shape(shape ?? [values.count])), TensorData(values))
  }

  func scalar(_ value: Float) throws(ModelFormatError) -> String { try floats([value], []) }

  func integers(_ values: [Int]) throws(ModelFormatError) -> String {
    try constant(TensorType(.i64, [values.count]), TensorData(values.map { Int64($0) }))
  }

  // MARK: Values

  func shape(_ name: String) throws(ModelFormatError) -> [Int] {
    nodes.shape(try nodes.use(try bound(name), place)).dimensions
  }

  func elementType(_ name: String) throws(ModelFormatError) -> ElementType {
    nodes.elementType(try nodes.use(try bound(name), place))
  }

  func reshaped(_ x: String, _ shape: [Int], _ output: String? = nil) throws(ModelFormatError) -> String {
    if output == nil, try self.shape(x) == shape { return x }
    return try node("Reshape", [x, try integers(shape)], output)
  }

  func transposed(_ x: String, _ permutation: [Int], _ output: String? = nil) throws(ModelFormatError)
    -> String
  {
    try node("Transpose", [x], output, ["perm": ONNXAttribute(integers: permutation)])
  }

  /// An axis from 0, of a number that counts from the end where it is negative.
  func axis(_ axis: Int, rank: Int) throws(ModelFormatError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw malformed("axis \(axis) of \(rank) axes", expected: "\(-rank) to \(rank - 1)")
    }
    return axis < 0 ? axis + rank : axis
  }

  func axes(_ axes: [Int], rank: Int) throws(ModelFormatError) -> [Int] {
    var result: [Int] = []
    for axis in axes { result.append(try self.axis(axis, rank: rank)) }
    return result
  }

  // MARK: Errors

  func malformed(_ found: String, expected: String) -> ModelFormatError {
    package.model.malformed(place, found, expected: expected)
  }

  /// `feature` goes on as ", which edgebench cannot run".
  func unsupported(_ feature: String) -> ModelFormatError {
    .unsupported(path: package.model.path, place: place, feature: feature)
  }
}
