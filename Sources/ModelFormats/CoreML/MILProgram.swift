/// One operation of an ML program (Operation).
struct MILOperation {
  var type = ""
  /// What is bound to each parameter: names of values, or values written in place.
  var inputs: [String: [Binding]] = [:]
  var outputs: [(name: String, type: MILType)] = []
  var attributes: [String: MILValue] = [:]
  var hasBlocks = false
  let index: Int
  let file: ModelBytes

  enum Binding {
    case name(String)
    case value(MILValue)
  }

  init(_ message: ProtobufMessage, index: Int) throws(ModelFormatError) {
    self.index = index
    file = message.file
    try message.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 1: type = try message.string(field)
      case 2:
        let entry = try ProtobufRecord(try message.message(field, message.place))
        var bindings: [Binding] = []
        for binding in try entry.record(2).messages(1) {
          let record = try ProtobufRecord(binding)
          if let value = try record.message(2) {
            bindings.append(.value(try MILValue(value)))
          } else {
            bindings.append(.name(try record.string(1)))
          }
        }
        inputs[try entry.string(1)] = bindings
      case 3: outputs.append(try Self.named(try message.message(field, message.place)))
      case 4: hasBlocks = true
      case 5:
        let entry = try ProtobufRecord(try message.message(field, message.place))
        if let value = try entry.message(2) { attributes[try entry.string(1)] = try MILValue(value) }
      default: break
      }
    }
  }

  /// A name and its type (NamedValueType).
  static func named(_ message: ProtobufMessage) throws(ModelFormatError) -> (name: String, type: MILType) {
    let record = try ProtobufRecord(message)
    return (try record.string(1), try MILType(try record.record(2).message))
  }

  /// "operation 12 'conv_5' (conv)".
  var place: String { "operation \(index) '\(outputs.first?.name ?? "")' (\(type))" }

  func malformed(_ found: String, expected: String) -> ModelFormatError {
    file.malformed(place, found, expected: expected)
  }

  /// `feature` goes on as ", which edgebench cannot run".
  func unsupported(_ feature: String) -> ModelFormatError {
    .unsupported(path: file.path, place: place, feature: feature)
  }
}

/// The main function of an ML program (Program): its inputs, its operations in order, and the names of its outputs.
///
/// - Source: coremltools, mlmodel/format/MIL.proto.
struct MILProgram {
  private(set) var inputs: [(name: String, type: MILType)] = []
  private(set) var operations: [MILOperation] = []
  private(set) var outputs: [String] = []

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    var functions: [(name: String, body: ProtobufMessage)] = []
    for entry in try ProtobufRecord(message).messages(2) {
      let record = try ProtobufRecord(entry)
      functions.append((try record.string(1), try record.record(2).message))
    }
    guard let function = functions.first(where: { $0.name == "main" }) ?? functions.first else {
      throw message.file.malformed("the program", "no function", expected: "one named 'main'")
    }
    let record = try ProtobufRecord(function.body)
    for input in try record.messages(1) { inputs.append(try MILOperation.named(input)) }
    let opset = try record.string(2)
    var blocks: [(opset: String, block: ProtobufMessage)] = []
    for entry in try record.messages(3) {
      let block = try ProtobufRecord(entry)
      blocks.append((try block.string(1), try block.record(2).message))
    }
    guard let block = blocks.first(where: { $0.opset == opset }) ?? blocks.last else {
      throw message.file.malformed(
        "function '\(function.name)'", "no block", expected: "one for opset '\(opset)'")
    }
    try block.block.forEachField { (field) throws(ModelFormatError) in
      switch field.number {
      case 2: outputs.append(try block.block.string(field))
      case 3:
        let place = "operation \(operations.count)"
        operations.append(
          try MILOperation(try block.block.message(field, place), index: operations.count))
      default: break
      }
    }
  }
}
