import Graph

/// A named parameter of a node (AttributeProto).
struct ONNXAttribute {
  var name = ""
  /// The name of the enclosing function's attribute that this one takes its value from.
  var reference = ""
  var float: Float?
  var integer: Int?
  var text: Range<Int>?
  /// Strings of a node that is in no file.
  var literals: [String] = []
  var tensor: ONNXTensor?
  var graph: ONNXGraph?
  var floats: [Float] = []
  var integers: [Int] = []
  var texts: [Range<Int>] = []
  var sparseTensor: ONNXSparseTensor?
  /// The schema's AttributeType; 0 in files older than it.
  var type = 0

  init(_ message: ProtobufMessage, depth: Int) throws(ModelFormatError) {
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: name = try message.string(field)
      case 2: float = try message.float(field)
      case 3: integer = try message.integer(field)
      case 4: text = try message.bytes(field)
      case 5: tensor = try ONNXTensor(try message.message(field, message.place))
      case 6:
        graph = try ONNXGraph(try message.message(field, "a subgraph of \(message.place)"), depth: depth + 1)
      case 7: try message.appendFloats(field, to: &floats)
      case 8: try message.appendIntegers(field, to: &integers)
      case 9:
        try message.file.spend(16, on: message.place)
        texts.append(try message.bytes(field))
      case 20: type = try message.integer(field)
      case 21: reference = try message.string(field)
      case 22: sparseTensor = try ONNXSparseTensor(try message.message(field, message.place))
      default: break
      }
    }
    // proto3 leaves out a value that is zero.
    switch type {
    case 1 where float == nil: float = 0
    case 2 where integer == nil: integer = 0
    case 3 where text == nil: text = message.range.lowerBound..<message.range.lowerBound
    default: break
    }
  }
}

// What operators read of their attributes.
extension ONNXNode {
  func has(_ name: String) -> Bool { attributes[name] != nil }

  func integer(_ name: String) throws(ModelFormatError) -> Int? {
    guard let attribute = attributes[name] else { return nil }
    guard let value = attribute.integer else { throw wrongAttribute(name, "an integer") }
    return value
  }

  func integer(_ name: String, default value: Int) throws(ModelFormatError) -> Int {
    try integer(name) ?? value
  }

  func flag(_ name: String, default value: Bool) throws(ModelFormatError) -> Bool {
    try integer(name).map { $0 != 0 } ?? value
  }

  func integers(_ name: String) throws(ModelFormatError) -> [Int]? {
    guard let attribute = attributes[name] else { return nil }
    guard attribute.type == 7 || attribute.type == 0 || !attribute.integers.isEmpty else {
      throw wrongAttribute(name, "a list of integers")
    }
    return attribute.integers
  }

  func float(_ name: String) throws(ModelFormatError) -> Float? {
    guard let attribute = attributes[name] else { return nil }
    guard let value = attribute.float else { throw wrongAttribute(name, "a number") }
    return value
  }

  func float(_ name: String, default value: Float) throws(ModelFormatError) -> Float {
    try float(name) ?? value
  }

  func floats(_ name: String) throws(ModelFormatError) -> [Float]? {
    guard let attribute = attributes[name] else { return nil }
    guard attribute.type == 6 || attribute.type == 0 || !attribute.floats.isEmpty else {
      throw wrongAttribute(name, "a list of numbers")
    }
    return attribute.floats
  }

  func string(_ name: String) throws(ModelFormatError) -> String? {
    guard let attribute = attributes[name] else { return nil }
    if let literal = attribute.literals.first { return literal }
    guard let range = attribute.text else { throw wrongAttribute(name, "a string") }
    try file.spend(range.count, on: place)
    return String(printable: file.bytes[range])
  }

  func string(_ name: String, default value: String) throws(ModelFormatError) -> String {
    try string(name) ?? value
  }

  func strings(_ name: String) throws(ModelFormatError) -> [String]? {
    guard let attribute = attributes[name] else { return nil }
    var values = attribute.literals
    for range in attribute.texts {
      try file.spend(range.count, on: place)
      values.append(String(printable: file.bytes[range]))
    }
    return values
  }

  func tensor(_ name: String) throws(ModelFormatError) -> ONNXTensor? {
    guard let attribute = attributes[name] else { return nil }
    guard let value = attribute.tensor else { throw wrongAttribute(name, "a tensor") }
    return value
  }

  func graph(_ name: String) throws(ModelFormatError) -> ONNXGraph {
    guard let value = attributes[name]?.graph else { throw wrongAttribute(name, "a graph") }
    return value
  }

  private func wrongAttribute(_ name: String, _ expected: String) -> ModelFormatError {
    malformed("attribute '\(name)' is missing or of another type", expected: expected)
  }
}
