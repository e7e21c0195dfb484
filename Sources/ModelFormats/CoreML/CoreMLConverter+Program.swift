import Graph
import Lowering

// ML programs: operations in order, and the constants that they read.

extension CoreMLConverter {
  typealias Operation = @Sendable (CoreMLConverter) -> (MILCall) throws(ModelFormatError) -> Void

  /// What each operation is converted by. One is added as a line in its family's table and a method beside it.
  static let operations: [String: Operation] = {
    var table: [String: Operation] = [:]
    for family in [
      activationOperations, arithmeticOperations, compressedOperations, movementOperations, indexOperations,
      normalizationOperations, productOperations, recurrentOperations, reductionOperations,
      resizingOperations,
      windowOperations, blockOperations,
    ] {
      table.merge(family) { first, _ in first }
    }
    return table
  }()

  func convertProgram(_ program: MILProgram) throws(ModelFormatError) {
    for operation in program.operations {
      place = operation.place
      if operation.type == "const" {
        guard let output = operation.outputs.first, let value = operation.attributes["val"] else {
          throw operation.malformed("no value", expected: "an attribute 'val' and an output")
        }
        values[output.name] = value
        continue
      }
      do throws(ModelFormatError) {
        try convert(operation)
      } catch {
        try omit(operation, because: error)
      }
    }
  }

  private func convert(_ operation: MILOperation) throws(ModelFormatError) {
    guard let handler = Self.operations[operation.type] else {
      throw operation.unsupported("is \(operation.type)")
    }
    guard !operation.outputs.isEmpty else {
      throw operation.malformed("no outputs", expected: "at least 1")
    }
    try handler(self)(MILCall(operation: operation, converter: self))
  }

  // MARK: Names

  /// A name that the graph has a value for: a constant becomes the graph's when it is first read.
  func bound(_ name: String) throws(ModelFormatError) -> String {
    guard !nodes.isBound(name), let value = values[name] else { return name }
    try nodes.bind(name, try tensor(value, name), place)
    return name
  }

  func name(of binding: MILOperation.Binding) throws(ModelFormatError) -> String {
    switch binding {
    case .name(let name): return try bound(name)
    case .value(let value):
      let name = freshName("constant")
      try nodes.bind(name, try tensor(value, name), place)
      return name
    }
  }

  /// The graph's tensor for a constant; half precision is widened where it is read.
  private func tensor(_ value: MILValue, _ name: String) throws(ModelFormatError) -> TensorID {
    let stored = try contents(value)
    let id = nodes.assembler.constant(name, stored.type, stored.data)
    guard stored.type.elementType == .f16 else { return id }
    return try nodes.inFile(place) { () throws(GraphError) in
      try nodes.assembler.add(
        .dequantize, [id], name: "\(name)/f32", declared: TensorType(.f32, stored.type.shape))
    }
  }

  // MARK: Contents

  /// A constant's elements as they are stored, integers narrower than a byte widened to one.
  func contents(_ value: MILValue) throws(ModelFormatError) -> (type: TensorType, data: TensorData) {
    guard let dataType = value.type.dataType, let elementType = dataType.elementType else {
      throw unsupported("reads a constant of a type that is no number")
    }
    guard let shape = value.type.shape, let count = shape.elementCount,
      let stored = count.multipliedReportingOverflow(by: dataType.bitWidth).overflow ? nil : count
    else {
      throw malformed("a constant with an open or too large shape", expected: "whole extents")
    }
    let type = TensorType(elementType, shape)
    let bytes = (stored * dataType.bitWidth + 7) / 8
    let data: TensorData
    if let blob = try value.blob() {
      let file = try weightFile(blob.file)
      let range = try MILBlob.range(file, offset: blob.offset)
      guard range.count >= bytes else {
        throw file.malformed(
          "the weights at byte \(blob.offset)", "\(range.count) bytes", expected: "\(bytes) for \(type)")
      }
      data = file.data(range.lowerBound..<range.lowerBound + bytes)
    } else if let immediate = try value.immediate(as: dataType, count: count) {
      data = immediate
    } else {
      throw malformed("a constant without its elements", expected: "\(count) for \(type)")
    }
    guard data.byteCount == bytes else {
      throw malformed("a constant of \(data.byteCount) bytes", expected: "\(bytes) for \(type)")
    }
    guard dataType.bitWidth < 8 else { return (type, data) }
    try spend(count)
    return (type, data.unpacked(bits: dataType.bitWidth, count: count, isSigned: dataType == .int4))
  }

  /// Takes bytes that are made of stored ones off the model's budget: a small file must not become gigabytes.
  func spend(_ byteCount: Int) throws(ModelFormatError) {
    guard nodes.assembler.spend(byteCount) else {
      throw malformed("constants of more than is made of a file of this size", expected: "fewer")
    }
  }

  func integers(of value: MILValue, _ operation: MILOperation) throws(ModelFormatError) -> [Int] {
    let (type, data) = try contents(value)
    guard let numbers = data.integers(type.elementType) else {
      throw operation.malformed("numbers of type \(type.elementType)", expected: "whole numbers")
    }
    return numbers
  }

  func floats(of value: MILValue, _ operation: MILOperation) throws(ModelFormatError) -> [Float] {
    let (type, data) = try contents(value)
    return data.floats(type.elementType)
  }

  /// The whole numbers that a value has for the inputs that the model is read for.
  func tracedIntegers(_ name: String) throws(ModelFormatError) -> [Int] {
    let (type, data) = try traced(name)
    return data.integers(type) ?? data.floats(type).map { Int(exactly: $0.rounded(.towardZero)) ?? 0 }
  }

  func tracedFloats(_ name: String) throws(ModelFormatError) -> [Float] {
    let (type, data) = try traced(name)
    return data.floats(type)
  }

  private func traced(_ name: String) throws(ModelFormatError) -> (ElementType, TensorData) {
    let found = try nodes.use(name, place)
    let id = try nodes.inFile(place) { () throws(GraphError) in try nodes.assembler.inOrder(.written, found) }
    do throws(EvaluationError) {
      return (nodes.elementType(id), try nodes.assembler.value(of: id))
    } catch {
      throw unsupported("depends on the value of '\(name)', and that cannot be evaluated (\(error))")
    }
  }
}
