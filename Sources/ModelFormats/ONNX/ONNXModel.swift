import Graph

/// An ONNX file, parsed: graphs, nodes and where their tensors are.
///
/// - Source: onnx.proto3, IR versions 3 and later.
struct ONNXModel {
  let file: ModelBytes
  let graph: ONNXGraph
  /// Version of each domain's operator set.
  let opsets: [String: Int]
  /// The model's own operators, by domain and name.
  let functions: [String: ONNXFunction]

  init(_ file: ModelBytes) throws(ModelFormatError) {
    self.file = file
    var graph: ONNXGraph?
    var opsets: [String: Int] = [:]
    var functions: [String: ONNXFunction] = [:]
    let message = ProtobufMessage(rootOf: file, place: "the model")
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 7: graph = try ONNXGraph(try message.message(field, "the graph"), depth: 0)
      case 8: try Self.readOpset(try message.message(field, "an operator set"), into: &opsets)
      case 25:
        let function = try ONNXFunction(try message.message(field, "function \(functions.count)"))
        functions[function.key] = function
      default: break
      }
    }
    guard let graph else {
      throw file.malformed("the model", "no graph", expected: "an ONNX model (ModelProto)")
    }
    self.graph = graph
    self.opsets = opsets.isEmpty ? ["": 1] : opsets
    self.functions = functions
  }

  static func readOpset(
    _ message: ProtobufMessage, into opsets: inout [String: Int]
  ) throws(ModelFormatError) {
    var domain = ""
    var version = 1
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: domain = try message.string(field)
      case 2: version = try message.integer(field)
      default: break
      }
    }
    opsets[domain == "ai.onnx" ? "" : domain] = version
  }

  /// Whether the bytes can be the start of an ONNX model: fields of ModelProto, in any order.
  static func isLikely(_ file: ModelBytes) -> Bool {
    var cursor = ProtobufCursor(file: file, range: 0..<file.bytes.count, place: "the model")
    // Every known writer starts with the IR version or the opset; a few fields tell.
    guard let field = try? cursor.nextField() else { return false }
    switch (field.number, field.value) {
    case (1, .varint(let version)): return version < 1000
    case (2, .bytes), (3, .bytes), (4, .bytes), (6, .bytes), (7, .bytes), (8, .bytes): return true
    default: return false
    }
  }
}

/// An operator that a model defines for itself (FunctionProto).
struct ONNXFunction {
  var name = ""
  var domain = ""
  var inputs: [String] = []
  var outputs: [String] = []
  var nodes: [ONNXNode] = []
  /// Attributes that a node may leave out.
  var defaults: [String: ONNXAttribute] = [:]
  var opsets: [String: Int] = [:]

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: name = try message.string(field)
      case 4: inputs.append(try message.string(field))
      case 5: outputs.append(try message.string(field))
      case 7:
        let place = "node \(nodes.count) of \(message.place)"
        nodes.append(try ONNXNode(try message.message(field, place), index: nodes.count, depth: 0))
      case 9: try ONNXModel.readOpset(try message.message(field, message.place), into: &opsets)
      case 10: domain = try message.string(field)
      case 11:
        let attribute = try ONNXAttribute(try message.message(field, message.place), depth: 0)
        defaults[attribute.name] = attribute
      default: break
      }
    }
    if domain == "ai.onnx" { domain = "" }
  }

  var key: String { Self.key(domain: domain, name: name) }

  static func key(domain: String, name: String) -> String { "\(domain):\(name)" }
}
