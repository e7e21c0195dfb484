/// A message with its fields by number, for messages of many small parameters.
///
/// A field that is left out has the value that proto3 gives it: zero, false, empty.
struct ProtobufRecord {
  let message: ProtobufMessage
  private var fields: [Int: [ProtobufMessage.Field]] = [:]

  init(_ message: ProtobufMessage) throws(ModelFormatError) {
    self.message = message
    var fields: [Int: [ProtobufMessage.Field]] = [:]
    var count = 0
    try message.forEachField { (field) throws(ModelFormatError) in
      fields[field.number, default: []].append(field)
      count += 1
    }
    self.fields = fields
    // What a field takes here, two bytes of the file and more.
    try message.file.spend(count * 16, on: message.place)
  }

  func has(_ number: Int) -> Bool { fields[number] != nil }

  /// The last of a field's values counts, as in protobuf's own readers.
  private func last(_ number: Int) -> ProtobufMessage.Field? { fields[number]?.last }

  func integer(_ number: Int, default value: Int = 0) throws(ModelFormatError) -> Int {
    guard let field = last(number) else { return value }
    return try message.integer(field)
  }

  func flag(_ number: Int) throws(ModelFormatError) -> Bool { try integer(number) != 0 }

  func float(_ number: Int, default value: Float = 0) throws(ModelFormatError) -> Float {
    guard let field = last(number) else { return value }
    return try message.float(field)
  }

  func string(_ number: Int) throws(ModelFormatError) -> String {
    guard let field = last(number) else { return "" }
    return try message.string(field)
  }

  func strings(_ number: Int) throws(ModelFormatError) -> [String] {
    var list: [String] = []
    for field in fields[number] ?? [] { list.append(try message.string(field)) }
    return list
  }

  func integers(_ number: Int) throws(ModelFormatError) -> [Int] {
    var list: [Int] = []
    for field in fields[number] ?? [] { try message.appendIntegers(field, to: &list) }
    return list
  }

  func floats(_ number: Int) throws(ModelFormatError) -> [Float] {
    var list: [Float] = []
    for field in fields[number] ?? [] { try message.appendFloats(field, to: &list) }
    return list
  }

  /// The bytes of a field, where it is one run of them: a packed list, or bytes.
  func range(_ number: Int) -> Range<Int>? {
    guard let list = fields[number], list.count == 1, case .bytes(let range) = list[0].value else {
      return nil
    }
    return range
  }

  func message(_ number: Int) throws(ModelFormatError) -> ProtobufMessage? {
    guard let field = last(number) else { return nil }
    return try message.message(field, message.place)
  }

  func messages(_ number: Int) throws(ModelFormatError) -> [ProtobufMessage] {
    var list: [ProtobufMessage] = []
    for field in fields[number] ?? [] { list.append(try message.message(field, message.place)) }
    return list
  }

  /// The parameters in a nested message; those of an empty one where it is left out.
  func record(_ number: Int) throws(ModelFormatError) -> ProtobufRecord {
    if let nested = try message(number) { return try ProtobufRecord(nested) }
    let start = message.range.lowerBound
    return try ProtobufRecord(
      ProtobufMessage(file: message.file, range: start..<start, place: message.place))
  }

  /// The first of the fields `numbers` that is there: which kind of a oneof.
  func first(of numbers: ClosedRange<Int>) -> Int? { fields.keys.filter { numbers.contains($0) }.min() }
}
