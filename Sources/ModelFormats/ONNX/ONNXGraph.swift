import Graph

/// A graph of an ONNX file (GraphProto): the model's own, or one that a node holds.
///
/// A class, because an attribute holds a graph that holds nodes that hold attributes.
final class ONNXGraph {
  private(set) var name = ""
  private(set) var nodes: [ONNXNode] = []
  private(set) var initializers: [ONNXTensor] = []
  private(set) var sparseInitializers: [ONNXSparseTensor] = []
  private(set) var inputs: [ONNXValueInfo] = []
  private(set) var outputs: [ONNXValueInfo] = []
  /// Descriptions of values in between, which only a graph with omissions is read by.
  private var values: [ProtobufMessage] = []

  /// Graphs within graphs; deeper ones come from no exporter.
  static let deepest = 32

  /// The inputs that a caller feeds: files before IR version 4 list initializers, too.
  var trueInputs: [ONNXValueInfo] {
    let constants = Set(initializers.map(\.name) + sparseInitializers.map(\.values.name))
    return inputs.filter { !constants.contains($0.name) }
  }

  /// The types that the file declares for the results of nodes, by name; those that cannot be read are left out.
  private(set) lazy var declaredResults: [String: ONNXValueInfo] = {
    var declared: [String: ONNXValueInfo] = [:]
    for output in outputs { declared[output.name] = output }
    for message in values {
      if let value = try? ONNXValueInfo(message) { declared[value.name] = value }
    }
    return declared
  }()

  /// - Parameter depth: How many graphs this one is inside of.
  init(_ message: ProtobufMessage, depth: Int) throws(ModelFormatError) {
    guard depth < Self.deepest else {
      throw message.file.malformed(
        message.place, "graphs \(depth) deep", expected: "fewer than \(Self.deepest) inside each other")
    }
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1:
        // A node takes far more memory than the bytes of an empty one.
        try message.file.spend(16, on: message.place)
        let place = "node \(nodes.count) of \(message.place)"
        nodes.append(
          try ONNXNode(try message.message(field, place), index: nodes.count, depth: depth))
      case 2: name = try message.string(field)
      case 5:
        try message.file.spend(16, on: message.place)
        let place = "initializer \(initializers.count) of \(message.place)"
        initializers.append(try ONNXTensor(try message.message(field, place)))
      case 11: inputs.append(try ONNXValueInfo(try message.message(field, "input \(inputs.count)")))
      case 12: outputs.append(try ONNXValueInfo(try message.message(field, "output \(outputs.count)")))
      case 13: values.append(try message.message(field, "value \(values.count)"))
      case 15:
        let place = "sparse initializer \(sparseInitializers.count) of \(message.place)"
        sparseInitializers.append(try ONNXSparseTensor(try message.message(field, place)))
      default: break
      }
    }
  }
}

/// A tensor of which only some elements are not zero (SparseTensorProto).
struct ONNXSparseTensor {
  var values: ONNXTensor
  var indices: ONNXTensor
  var dimensions: [Int]
  let place: String

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    place = message.place
    var heldValues: ONNXTensor?
    var heldIndices: ONNXTensor?
    var extents: [Int] = []
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: heldValues = try ONNXTensor(try message.message(field, "values of \(message.place)"))
      case 2: heldIndices = try ONNXTensor(try message.message(field, "indices of \(message.place)"))
      case 3: try message.appendIntegers(field, to: &extents)
      default: break
      }
    }
    guard let heldValues, let heldIndices else {
      throw message.file.malformed(message.place, "no values or no indices", expected: "both")
    }
    values = heldValues
    indices = heldIndices
    dimensions = extents
  }
}

/// The name and type of a graph's input or output (ValueInfoProto).
struct ONNXValueInfo {
  var name = ""
  /// The schema's DataType; 0 where it is not said.
  var type = 0
  /// `nil` where not even the rank is said.
  var dimensions: [Dimension]?
  /// What it is, where it is no tensor: "a sequence".
  var kind: String?

  enum Dimension {
    case extent(Int)
    /// Left open, perhaps under a name that stands for the same extent everywhere.
    case symbolic(String)
  }

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: name = try message.string(field)
      case 2: try readType(try message.message(field, message.place))
      default: break
      }
    }
  }

  private mutating func readType(_ message: ProtobufMessage) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: try readTensorType(try message.message(field, message.place))
      case 4: kind = "a sequence"
      case 5: kind = "a map"
      case 8: kind = "a sparse tensor"
      case 9: kind = "an optional"
      default: break
      }
    }
  }

  private mutating func readTensorType(_ message: ProtobufMessage) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: type = try message.integer(field)
      case 2: dimensions = try Self.dimensions(try message.message(field, message.place))
      default: break
      }
    }
  }

  private static func dimensions(_ message: ProtobufMessage) throws(ModelFormatError) -> [Dimension] {
    var dimensions: [Dimension] = []
    try message.forEachField { (field) throws(ModelFormatError) in
      guard field.number == 1 else { return }
      try message.file.spend(16, on: message.place)
      let dimension = try message.message(field, message.place)
      var result = Dimension.symbolic("")
      try dimension.forEachField { (field) throws(ModelFormatError) in
        switch field.number {
        case 1:
          let extent = try dimension.integer(field)
          if extent >= 0 { result = .extent(extent) }
        case 2: result = .symbolic(try dimension.string(field))
        default: break
        }
      }
      dimensions.append(result)
    }
    return dimensions
  }
}
