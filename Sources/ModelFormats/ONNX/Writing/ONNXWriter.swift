public import Graph

/// Writes ONNX models (`.onnx`, opset 17) that ONNX Runtime runs.
///
/// Images go channels-first from one operator to the next, their weights transposed in the file; a transposition is
/// left only where the graph's own inputs, outputs or operators without an image's axes need the other order. Integers that
/// stand for numbers are written as ONNX Runtime's quantizer does: QuantizeLinear and DequantizeLinear around operators
/// on numbers.
public struct ONNXWriter {
  static let format = "ONNX"
  static let opset = 17
  /// Of the file format: what opset 17 came with.
  static let irVersion = 8
  /// Protobuf refuses messages of 2 GiB.
  private static let largestByteCount = Int(Int32.max)

  /// The bytes of a file.
  ///
  /// - Precondition: `graph` is valid.
  /// - Throws: ``ModelWriteError`` naming the node or tensor that has no form in ONNX.
  public static func bytes(of graph: Graph) throws(ModelWriteError) -> [UInt8] {
    let size = graph.tensors.reduce(0) { $0 + ($1.constant?.byteCount ?? 0) + 256 } + graph.nodes.count * 512
    guard size <= largestByteCount else {
      throw .tooLarge(format: format, byteCount: size, limit: largestByteCount)
    }
    var builder = ONNXGraphBuilder(graph: try graph.legalizedForONNX())
    let main = try builder.message()
    var opset = ProtobufWriter()
    opset.string(1, "")
    opset.integer(2, Self.opset)
    var model = ProtobufWriter()
    model.integer(1, irVersion)
    model.string(2, "edgebench")
    model.message(7, main)
    model.message(8, opset)
    return model.bytes
  }
}

/// An attribute of an ONNX node.
enum ONNXValue {
  case int(Int)
  case ints([Int])
  case float(Float)
  case string(String)
}

/// Collects the nodes and initializers of an ONNX graph, in the order of the source's nodes.
struct ONNXGraphBuilder {
  let graph: Graph
  /// The node that makes each tensor.
  private let producers: [Int?]
  private var nodes: [ProtobufWriter] = []
  private var initializers: [ProtobufWriter] = []
  /// Names of values by tensor, in the graph's order of axes and channels-first.
  private var plain: [TensorID: String] = [:]
  private var channelsFirst: [TensorID: String] = [:]
  private var taken: Set<String> = []
  /// Initializers of integers made already, by shape and value.
  private var integerConstants: [[Int]: [Bool: String]] = [:]
  /// Constants in another order of axes, by tensor and order.
  var reorderedConstants: [TensorID: [[Int]: String]] = [:]
  /// Initializers of scale and zero point.
  var quantizationConstants: [Quantization: [ElementType: [String]]] = [:]

  init(graph: Graph) {
    self.graph = graph
    var producers = [Int?](repeating: nil, count: graph.tensors.count)
    for (number, node) in graph.nodes.enumerated() {
      for id in node.outputs { producers[id.index] = number }
    }
    self.producers = producers
  }

  mutating func message() throws(ModelWriteError) -> ProtobufWriter {
    var ports: [(field: Int, ProtobufWriter)] = []
    for id in graph.inputs {
      let name = unusedName(graph[id].name)
      plain[id] = name
      ports.append((11, try Self.port(name, graph[id])))
    }
    // The names of outputs are the graph's, whatever comes between.
    var outputNames: [String] = []
    for id in graph.outputs { outputNames.append(unusedName(graph[id].name)) }
    for node in graph.nodes { try add(node) }
    for (id, name) in zip(graph.outputs, outputNames) {
      emit("Identity", [try value(id)], name)
      ports.append((12, try Self.port(name, graph[id])))
    }
    var message = ProtobufWriter()
    for node in nodes { message.message(1, node) }
    message.string(2, graph.name)
    for initializer in initializers { message.message(5, initializer) }
    for (field, port) in ports { message.message(field, port) }
    return message
  }

  // MARK: Names

  mutating func unusedName(_ wanted: String) -> String {
    let base = wanted.isEmpty ? "value" : wanted
    var name = base
    var count = 1
    while !taken.insert(name).inserted {
      name = "\(base)_\(count)"
      count += 1
    }
    return name
  }

  // MARK: Values

  /// The name of a tensor's value in the graph's order of axes.
  mutating func value(_ id: TensorID) throws(ModelWriteError) -> String {
    if let known = plain[id] { return known }
    let name: String
    if let constant = graph[id].constant {
      name = unusedName(graph[id].name)
      try addInitializer(name, graph[id].elementType, graph[id].shape.dimensions, constant)
    } else if let widened = try widenedConstant(id, reordered: Array(graph[id].shape.dimensions.indices)) {
      name = widened
    } else if let first = channelsFirst[id] {
      name = emit(
        "Transpose", [first], named: graph[id].name, ["perm": .ints(ImageAxes.toChannelsLast)])
    } else {
      preconditionFailure("the graph is valid: tensor \(id.index) has a value by now")
    }
    plain[id] = name
    return name
  }

  /// The name of an image's value with channels first.
  mutating func imageValue(_ id: TensorID) throws(ModelWriteError) -> String {
    if let known = channelsFirst[id] { return known }
    let name: String
    if graph[id].constant != nil {
      name = try constant(id, reordered: ImageAxes.toChannelsFirst)
    } else {
      name = emit(
        "Transpose", [try value(id)], named: "\(graph[id].name)/channels_first",
        ["perm": .ints(ImageAxes.toChannelsFirst)])
    }
    channelsFirst[id] = name
    return name
  }

  /// Whether an image's value is there with channels first, and not in the graph's order.
  func isChannelsFirst(_ id: TensorID) -> Bool { channelsFirst[id] != nil && plain[id] == nil }

  /// Gives a tensor its value, in the graph's order of axes or with channels first.
  mutating func define(_ id: TensorID, _ name: String, isChannelsFirst: Bool = false) {
    if isChannelsFirst { channelsFirst[id] = name } else { plain[id] = name }
  }

  /// The value of a tensor that is there already in this order of axes; `nil` where it would have to be made.
  func knownValue(_ id: TensorID, isChannelsFirst: Bool) -> String? {
    isChannelsFirst ? channelsFirst[id] : plain[id]
  }

  /// The name of a constant with its axes in another order.
  ///
  /// - Parameter shape: Of as many elements, to be taken for the tensor's own.
  mutating func constant(
    _ id: TensorID, reordered permutation: [Int], shape: [Int]? = nil
  ) throws(ModelWriteError) -> String {
    let tensor = graph[id]
    let shape = shape ?? tensor.shape.dimensions
    if permutation == Array(permutation.indices), shape == tensor.shape.dimensions { return try value(id) }
    if let known = reorderedConstants[id]?[permutation] { return known }
    guard let moved = tensor.constant?.permuted(permutation, shape: shape, tensor.elementType) else {
      throw .type(
        format: ONNXWriter.format, tensor: tensor.name,
        type: "\(tensor.elementType) with axes in another order"
      )
    }
    let name = unusedName(tensor.name)
    try addInitializer(name, tensor.elementType, permutation.map { shape[$0] }, moved)
    reorderedConstants[id, default: [:]][permutation] = name
    return name
  }

  /// The node that makes a tensor; `nil` for inputs and constants.
  func producer(of id: TensorID) -> Node? { producers[id.index].map { graph.nodes[$0] } }

  // MARK: Initializers

  mutating func addInitializer(
    _ name: String, _ type: ElementType, _ shape: [Int], _ data: TensorData
  ) throws(ModelWriteError) {
    guard let number = type.onnxNumber else {
      throw .type(format: ONNXWriter.format, tensor: name, type: "\(type)")
    }
    var tensor = ProtobufWriter()
    tensor.integers(1, shape)
    tensor.integer(2, number)
    tensor.string(8, name)
    tensor.data(9, data)
    initializers.append(tensor)
  }

  /// An i64 constant: a vector, or a scalar.
  mutating func integers(_ values: [Int], isScalar: Bool = false) throws(ModelWriteError) -> String {
    if let known = integerConstants[values]?[isScalar] { return known }
    let name = unusedName(isScalar ? "axis" : "integers")
    try addInitializer(
      name, .i64, isScalar ? [] : [values.count], TensorData(values.map { Int64($0).littleEndian }))
    integerConstants[values, default: [:]][isScalar] = name
    return name
  }

  mutating func scalar(_ value: Float, _ role: String = "constant") throws(ModelWriteError) -> String {
    let name = unusedName(role)
    try addInitializer(name, .f32, [], TensorData([value]))
    return name
  }

  // MARK: Nodes

  /// Adds a node; its first output is called `output`.
  mutating func emit(
    _ op: String, _ inputs: [String], _ output: String, _ attributes: KeyValuePairs<String, ONNXValue> = [:]
  ) {
    var node = ProtobufWriter()
    for input in inputs { node.string(1, input) }
    node.string(2, output)
    node.string(3, output)
    node.string(4, op)
    for (name, value) in attributes { node.message(5, Self.attribute(name, value)) }
    nodes.append(node)
  }

  /// Adds a node, and returns the name of its output: `named`, or that with a number where it is taken.
  mutating func emit(
    _ op: String, _ inputs: [String], named: String, _ attributes: KeyValuePairs<String, ONNXValue> = [:]
  ) -> String {
    let output = unusedName(named)
    emit(op, inputs, output, attributes)
    return output
  }

  private static func attribute(_ name: String, _ value: ONNXValue) -> ProtobufWriter {
    var attribute = ProtobufWriter()
    attribute.string(1, name)
    switch value {
    case .float(let number):
      attribute.float(2, number)
      attribute.integer(20, 1)
    case .int(let number):
      attribute.integer(3, number)
      attribute.integer(20, 2)
    case .string(let text):
      attribute.string(4, text)
      attribute.integer(20, 3)
    case .ints(let numbers):
      attribute.integers(8, numbers)
      attribute.integer(20, 7)
    }
    return attribute
  }

  private static func port(_ name: String, _ tensor: Tensor) throws(ModelWriteError) -> ProtobufWriter {
    guard let number = tensor.elementType.onnxNumber else {
      throw .type(format: ONNXWriter.format, tensor: tensor.name, type: "\(tensor.elementType)")
    }
    var shape = ProtobufWriter()
    for extent in tensor.shape.dimensions {
      var dimension = ProtobufWriter()
      dimension.integer(1, extent)
      shape.message(1, dimension)
    }
    var type = ProtobufWriter()
    type.integer(1, number)
    type.message(2, shape)
    var wrapped = ProtobufWriter()
    wrapped.message(1, type)
    var port = ProtobufWriter()
    port.string(1, name)
    port.message(2, wrapped)
    return port
  }

  func unsupported(_ node: Node, _ reason: String) -> ModelWriteError {
    .unsupported(format: ONNXWriter.format, node: node.name, op: node.op.name, reason: reason)
  }
}

/// Where the axes of an image are.
enum ImageAxes {
  /// Axes of `[N, H, W, C]` in the order `[N, C, H, W]`.
  static let toChannelsFirst = [0, 3, 1, 2]
  /// And back.
  static let toChannelsLast = [0, 2, 3, 1]
  /// Where an axis of `[N, H, W, C]` is in `[N, C, H, W]`.
  static func channelsFirst(_ axis: Int) -> Int { [0, 2, 3, 1][axis] }
}

extension ElementType {
  /// The number of ONNX's TensorProto.DataType; `nil` where opset 17 has none.
  var onnxNumber: Int? {
    let type: ONNXDataType? =
      switch self {
      case .f32: .float
      case .f16: .float16
      case .f64: .double
      case .i8: .int8
      case .u8: .uint8
      case .i16: .int16
      case .u16: .uint16
      case .i32: .int32
      case .u32: .uint32
      case .i64: .int64
      case .u64: .uint64
      case .bool: .bool
      case .i4, .bf16, .u4, .i2, .u2, .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f4e2m1, .f8e8m0: nil
      }
    return type?.rawValue
  }
}

extension TensorData {
  /// The elements of a tensor of this shape with its axes in another order; `nil` for elements that are no whole bytes.
  func permuted(_ permutation: [Int], shape: [Int], _ type: ElementType) -> TensorData? {
    guard type.bitWidth % 8 == 0 else { return nil }
    let width = type.bitWidth / 8
    var strides = [Int](repeating: width, count: shape.count)
    for axis in shape.indices.reversed().dropFirst() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let extents = permutation.map { shape[$0] }
    let steps = permutation.map { strides[$0] }
    var moved = [UInt8](repeating: 0, count: byteCount)
    withUnsafeBytes { bytes in
      moved.withUnsafeMutableBytes { target in
        var index = [Int](repeating: 0, count: extents.count)
        var source = 0
        for place in stride(from: 0, to: bytes.count, by: width) {
          for byte in 0..<width { target[place + byte] = bytes[source + byte] }
          // The next index, the last axis first.
          for axis in extents.indices.reversed() {
            index[axis] += 1
            source += steps[axis]
            if index[axis] < extents[axis] { break }
            source -= steps[axis] * extents[axis]
            index[axis] = 0
          }
        }
      }
    }
    return TensorData(moved)
  }
}
