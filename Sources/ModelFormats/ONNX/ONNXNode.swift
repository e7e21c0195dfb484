import Graph

/// An operator's use as an ONNX file describes it (NodeProto).
struct ONNXNode {
  var name = ""
  var op = ""
  /// "" is ONNX's own.
  var domain = ""
  /// "" where an optional input is left out.
  var inputs: [String] = []
  var outputs: [String] = []
  var attributes: [String: ONNXAttribute] = [:]
  /// Its position in the graph's list.
  let index: Int
  /// The version of its domain's operator set; set once the model's imports are known.
  var opset = 0
  let file: ModelBytes
  /// What the node was made of, where it is in no file: another format's operator.
  var origin: String?

  init(_ message: ProtobufMessage, index: Int, depth: Int) throws(ModelFormatError) {
    self.index = index
    file = message.file
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: inputs.append(try message.string(field))
      case 2: outputs.append(try message.string(field))
      case 3: name = try message.string(field)
      case 4: op = try message.string(field)
      case 5:
        let attribute = try ONNXAttribute(
          try message.message(field, "an attribute of \(message.place)"), depth: depth)
        attributes[attribute.name] = attribute
      case 7: domain = try message.string(field)
      default: break
      }
    }
    if domain == "ai.onnx" { domain = "" }
  }

  /// "node 12 'Conv_5' (Conv, opset 13)".
  var place: String {
    if let origin { return origin }
    let family = domain.isEmpty ? "" : "\(domain)."
    let title = name.isEmpty ? outputs.first ?? "" : name
    return "node \(index) '\(title)' (\(family)\(op), opset \(opset))"
  }

  /// Whether input `position` is given.
  func has(_ position: Int) -> Bool { position < inputs.count && !inputs[position].isEmpty }

  /// Whether something may read output `position`.
  func makes(_ position: Int) -> Bool { position < outputs.count && !outputs[position].isEmpty }

  func malformed(_ found: String, expected: String) -> ModelFormatError {
    file.malformed(place, found, expected: expected)
  }

  /// `feature` goes on as ", which edgebench cannot run".
  func unsupported(_ feature: String) -> ModelFormatError {
    .unsupported(path: file.path, place: place, feature: feature)
  }
}
