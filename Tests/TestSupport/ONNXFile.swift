package import ModelFormats

/// An ONNX model to be written: one graph, as tests need it.
package struct ONNXFile {
  package enum Attribute {
    case int(Int)
    case float(Float)
    case string(String)
    case ints([Int])
    case floats([Float])
    case tensor(Tensor)
    case graph(ONNXGraphWriter)
    /// The value of the enclosing function's attribute of this name.
    case reference(String)
  }

  package struct Tensor {
    package var name: String
    /// The schema's DataType: 1 float, 2 uint8, 3 int8, 6 int32, 7 int64.
    package var type: Int
    package var dimensions: [Int]
    /// The elements' bytes; in the field of raw data unless `fields` says otherwise.
    package var raw: [UInt8]
    /// Writes the elements into other fields.
    package var fields: ((inout ProtobufWriter) -> Void)?

    package init(_ name: String, type: Int, _ dimensions: [Int], raw: [UInt8] = []) {
      self.name = name
      self.type = type
      self.dimensions = dimensions
      self.raw = raw
    }

    package init(_ name: String, _ dimensions: [Int], floats: [Float]) {
      self.init(name, type: 1, dimensions, raw: littleEndian(floats.map(\.bitPattern)))
    }

    package init(_ name: String, _ dimensions: [Int], int64s: [Int]) {
      self.init(name, type: 7, dimensions, raw: littleEndian(int64s.map { Int64($0) }))
    }

    package init(_ name: String, _ dimensions: [Int], int8s: [Int8]) {
      self.init(name, type: 3, dimensions, raw: int8s.map { UInt8(bitPattern: $0) })
    }

    package var message: ProtobufWriter {
      var writer = ProtobufWriter()
      writer.integers(1, dimensions)
      writer.integer(2, type)
      writer.string(8, name)
      if let fields { fields(&writer) } else { writer.bytes(9, raw) }
      return writer
    }
  }

  package var graph = ONNXGraphWriter()
  package var opset: Int
  package var otherOpsets: [String: Int] = [:]
  /// Functions: name, inputs, outputs and nodes.
  package var functions: [(name: String, inputs: [String], outputs: [String], nodes: ONNXGraphWriter)] = []

  package init(opset: Int = 17) { self.opset = opset }

  package func bytes() -> [UInt8] {
    var model = ProtobufWriter()
    model.integer(1, 8)
    for (domain, version) in [("", opset)] + otherOpsets.sorted(by: { $0.key < $1.key }) {
      var set = ProtobufWriter()
      set.string(1, domain)
      set.integer(2, version)
      model.message(8, set)
    }
    model.message(7, graph.message)
    for function in functions {
      var writer = ProtobufWriter()
      writer.string(1, function.name)
      for name in function.inputs { writer.string(4, name) }
      for name in function.outputs { writer.string(5, name) }
      for node in function.nodes.nodes { writer.message(7, node) }
      writer.string(10, "local")
      model.message(25, writer)
    }
    return model.bytes
  }
}

/// A graph to be written: the model's, or one inside a node.
package struct ONNXGraphWriter {
  package fileprivate(set) var nodes: [ProtobufWriter] = []
  private var initializers: [ProtobufWriter] = []
  private var inputs: [ProtobufWriter] = []
  private var outputs: [ProtobufWriter] = []
  private var values: [ProtobufWriter] = []

  package init() {}

  package mutating func node(
    _ op: String, _ inputs: [String], _ outputs: [String], _ attributes: [String: ONNXFile.Attribute] = [:],
    name: String = "", domain: String = ""
  ) {
    var writer = ProtobufWriter()
    for input in inputs { writer.string(1, input) }
    for output in outputs { writer.string(2, output) }
    writer.string(3, name)
    writer.string(4, op)
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      writer.message(5, Self.attribute(name, value))
    }
    if !domain.isEmpty { writer.string(7, domain) }
    nodes.append(writer)
  }

  package mutating func initializer(_ tensor: ONNXFile.Tensor) { initializers.append(tensor.message) }

  /// - Parameter dimensions: Extents, or the names of open ones.
  package mutating func input(_ name: String, type: Int = 1, _ dimensions: [Any]) {
    inputs.append(Self.value(name, type, dimensions))
  }

  package mutating func output(_ name: String, _ dimensions: [Any] = []) {
    outputs.append(Self.value(name, 1, dimensions))
  }

  /// The type of a node's result.
  package mutating func value(_ name: String, type: Int = 1, _ dimensions: [Any]) {
    values.append(Self.value(name, type, dimensions))
  }

  package var message: ProtobufWriter {
    var writer = ProtobufWriter()
    for node in nodes { writer.message(1, node) }
    writer.string(2, "graph")
    for initializer in initializers { writer.message(5, initializer) }
    for input in inputs { writer.message(11, input) }
    for output in outputs { writer.message(12, output) }
    for value in values { writer.message(13, value) }
    return writer
  }

  private static func attribute(_ name: String, _ value: ONNXFile.Attribute) -> ProtobufWriter {
    var writer = ProtobufWriter()
    writer.string(1, name)
    let type: Int
    switch value {
    case .float(let value):
      writer.float(2, value)
      type = 1
    case .int(let value):
      writer.integer(3, value)
      type = 2
    case .string(let value):
      writer.string(4, value)
      type = 3
    case .tensor(let tensor):
      writer.message(5, tensor.message)
      type = 4
    case .graph(let graph):
      writer.message(6, graph.message)
      type = 5
    case .floats(let values):
      writer.floats(7, values)
      type = 6
    case .ints(let values):
      writer.integers(8, values)
      type = 7
    case .reference(let name):
      writer.string(21, name)
      type = 2
    }
    writer.integer(20, type)
    return writer
  }

  private static func value(_ name: String, _ type: Int, _ dimensions: [Any]) -> ProtobufWriter {
    var shape = ProtobufWriter()
    for dimension in dimensions {
      var writer = ProtobufWriter()
      if let extent = dimension as? Int { writer.integer(1, extent) }
      if let symbol = dimension as? String { writer.string(2, symbol) }
      shape.message(1, writer)
    }
    var tensor = ProtobufWriter()
    tensor.integer(1, type)
    tensor.message(2, shape)
    var typeWriter = ProtobufWriter()
    typeWriter.message(1, tensor)
    var writer = ProtobufWriter()
    writer.string(1, name)
    writer.message(2, typeWriter)
    return writer
  }
}
