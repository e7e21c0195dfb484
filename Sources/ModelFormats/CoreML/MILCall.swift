import Graph

/// An operation of an ML program with its parameters looked up: what the conversion of one works from.
struct MILCall {
  let operation: MILOperation
  let converter: CoreMLConverter

  /// The name of the first result.
  var output: String { operation.outputs.first?.name ?? "" }
  var outputs: [String] { operation.outputs.map(\.name) }

  func has(_ parameter: String) -> Bool { operation.inputs[parameter]?.isEmpty == false }

  // MARK: Tensors

  /// The name of the value bound to a parameter.
  func name(_ parameter: String) throws(ModelFormatError) -> String {
    guard let name = try optionalName(parameter) else {
      throw operation.malformed("no '\(parameter)'", expected: "a value for it")
    }
    return name
  }

  func optionalName(_ parameter: String) throws(ModelFormatError) -> String? {
    guard let binding = operation.inputs[parameter]?.first else { return nil }
    return try converter.name(of: binding)
  }

  func names(_ parameter: String) throws(ModelFormatError) -> [String] {
    var names: [String] = []
    for binding in operation.inputs[parameter] ?? [] { names.append(try converter.name(of: binding)) }
    return names
  }

  /// The value of a parameter, or of an attribute of the name, where it is a constant of the program.
  private func constant(_ parameter: String) -> MILValue? {
    switch operation.inputs[parameter]?.first {
    case .value(let value): value
    case .name(let name): converter.values[name]
    case nil: operation.attributes[parameter]
    }
  }

  func shape(_ parameter: String) throws(ModelFormatError) -> [Int] {
    try converter.shape(try name(parameter))
  }

  // MARK: Numbers and texts

  /// The whole numbers of a parameter; what they are computed from is evaluated where they are no constants.
  func integers(_ parameter: String) throws(ModelFormatError) -> [Int]? {
    if let value = constant(parameter) { return try converter.integers(of: value, operation) }
    guard let name = try optionalName(parameter) else { return nil }
    return try converter.tracedIntegers(name)
  }

  func integer(_ parameter: String) throws(ModelFormatError) -> Int? {
    guard let list = try integers(parameter) else { return nil }
    guard list.count == 1 else {
      throw operation.malformed("\(list.count) numbers for '\(parameter)'", expected: "1")
    }
    return list[0]
  }

  func integer(_ parameter: String, default value: Int) throws(ModelFormatError) -> Int {
    try integer(parameter) ?? value
  }

  func flags(_ parameter: String) throws(ModelFormatError) -> [Bool]? {
    try integers(parameter)?.map { $0 != 0 }
  }

  func flag(_ parameter: String, default value: Bool = false) throws(ModelFormatError) -> Bool {
    try integer(parameter).map { $0 != 0 } ?? value
  }

  /// The numbers of a constant; `nil` where the parameter is none.
  func constantFloats(_ parameter: String) throws(ModelFormatError) -> [Float]? {
    guard let constant = constant(parameter) else { return nil }
    return try converter.floats(of: constant, operation)
  }

  /// A constant as it is stored.
  func stored(_ parameter: String) throws(ModelFormatError) -> (type: TensorType, data: TensorData) {
    guard let constant = constant(parameter) else {
      throw operation.unsupported("has a '\(parameter)' that is itself computed")
    }
    return try converter.contents(constant)
  }

  /// The shape of a constant, or of what is bound.
  func parameterShape(_ parameter: String) throws(ModelFormatError) -> [Int] {
    if let shape = constant(parameter)?.type.shape { return shape.dimensions }
    return try shape(parameter)
  }

  func float(_ parameter: String, default value: Float) throws(ModelFormatError) -> Float {
    guard let constant = constant(parameter) else { return value }
    let list = try converter.floats(of: constant, operation)
    guard list.count == 1 else {
      throw operation.malformed("\(list.count) numbers for '\(parameter)'", expected: "1")
    }
    return list[0]
  }

  func text(_ parameter: String, default value: String) throws(ModelFormatError) -> String {
    try constant(parameter)?.texts().first ?? value
  }

  func texts(_ parameter: String) throws(ModelFormatError) -> [String] {
    try constant(parameter)?.listedTexts() ?? []
  }
}
