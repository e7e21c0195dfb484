public import Graph

/// Writes TFLite models (`.tflite`, schema version 3) that LiteRT runs.
///
/// A graph that came from a TFLite file is written as the same operators; what TFLite lacks takes several.
public struct TFLiteWriter {
  static let format = "TFLite"
  /// Offsets are signed 32-bit numbers in places.
  private static let largestByteCount = Int(Int32.max)

  /// The bytes of a file.
  ///
  /// - Precondition: `graph` is valid.
  /// - Throws: ``ModelWriteError`` naming the node or tensor that has no form in TFLite.
  public static func bytes(of graph: Graph) throws(ModelWriteError) -> [UInt8] {
    // The constants, and a generous sum for each of the rest.
    let size = graph.tensors.reduce(0) { $0 + ($1.constant?.byteCount ?? 0) + 256 } + graph.nodes.count * 256
    guard size <= largestByteCount else {
      throw .tooLarge(format: format, byteCount: size, limit: largestByteCount)
    }
    var file = TFLiteFileBuilder(graph: try graph.legalizedForTFLite())
    return FlatBufferWriter.file(
      try file.model(), identifier: String(decoding: TFLiteModel.identifier, as: UTF8.self))
  }
}

/// Collects the tables of a TFLite file, in the order of their first use.
struct TFLiteFileBuilder {
  let graph: Graph
  private var tensors: [FlatObject] = []
  private var operators: [FlatObject] = []
  /// The first one is empty, as the format has it.
  private var buffers = [FlatObject()]
  private var codes: [Code] = []
  private var indices: [TensorID: Int32] = [:]
  /// Constants of integers that options are given as, by value.
  private var parameters: [[Int32]: [Shape: Int32]] = [:]
  /// Handles of variables, by state.
  var handles: [StateID: Int32] = [:]
  private var initialiser: FlatObject?

  private struct Code: Hashable {
    var builtin: Int32
    var version: Int32
  }

  init(graph: Graph) { self.graph = graph }

  mutating func model() throws(ModelWriteError) -> FlatObject {
    var inputs: [Int32] = []
    for id in graph.inputs { inputs.append(try index(id)) }
    if !graph.states.isEmpty { try addInitialiser() }
    for node in graph.nodes { try add(node) }
    var outputs: [Int32] = []
    for id in graph.outputs { outputs.append(try index(id)) }
    let main = FlatObject([
      0: .tables(tensors), 1: .ints(inputs), 2: .ints(outputs), 3: .tables(operators), 4: .string("main"),
    ])
    let codeTables = codes.map { code in
      // Numbers beyond 127 have a field of their own; older readers see a placeholder.
      FlatObject([0: .int(Int8(min(127, code.builtin))), 2: .int(code.version), 3: .int(code.builtin)])
    }
    return FlatObject([
      0: .int(UInt32(3)), 1: .tables(codeTables), 2: .tables([main] + (initialiser.map { [$0] } ?? [])),
      3: .string(graph.name), 4: .tables(buffers),
    ])
  }

  // MARK: Tensors

  /// The file's index of a tensor of the graph.
  mutating func index(_ id: TensorID) throws(ModelWriteError) -> Int32 {
    if let known = indices[id] { return known }
    let index: Int32
    if let sparse = TFLiteSparseConstant(graph[id]) {
      index = try add(sparse)
    } else {
      index = try add(graph[id])
    }
    indices[id] = index
    return index
  }

  private mutating func add(
    _ tensor: Tensor, sparsity: FlatObject? = nil
  ) throws(ModelWriteError) -> Int32 {
    var table = try Self.table(of: tensor, buffers: &buffers)
    if let sparsity { table.fields[6] = .table(sparsity) }
    tensors.append(table)
    return Int32(tensors.count - 1)
  }

  /// A constant without its zeros, and the operator that gives it back.
  private mutating func add(_ sparse: TFLiteSparseConstant) throws(ModelWriteError) -> Int32 {
    let stored = try add(sparse.stored, sparsity: sparse.sparsity)
    let dense = try add(sparse.dense)
    emit("DENSIFY", [stored], [dense], options: (99, [:]))
    return dense
  }

  /// A constant of integers that belongs to an operator: axes, a shape.
  ///
  /// - Parameter shape: A vector where none is given.
  mutating func integers(
    _ values: [Int], _ node: Node, _ role: String, shape: Shape? = nil
  ) throws(ModelWriteError) -> Int32 {
    let narrow = values.map { Int32(clamping: $0) }
    let shape = shape ?? [narrow.count]
    if let known = parameters[narrow]?[shape] { return known }
    let index = try add(
      Tensor(name: "\(node.name)/\(role)", elementType: .i32, shape: shape, constant: TensorData(narrow)))
    parameters[narrow, default: [:]][shape] = index
    return index
  }

  /// A constant of one element, in the scale of `tensor`.
  mutating func padValue(_ value: Float, like tensor: Tensor, _ node: Node) throws(ModelWriteError) -> Int32?
  {
    guard let data = tensor.element(value) else { return nil }
    return try add(
      Tensor(
        name: "\(node.name)/value", elementType: tensor.elementType, shape: [1],
        quantization: tensor.quantization, constant: data))
  }

  /// The handle of a variable: a tensor of type RESOURCE without a value.
  mutating func addHandle(_ state: StateID) -> Int32 {
    tensors.append(Self.handle(of: graph.states[state.index]))
    return Int32(tensors.count - 1)
  }

  static func handle(of state: State) -> FlatObject {
    FlatObject([
      0: .ints([Int32]()), 1: .int(TFLiteTensorType.resource.rawValue), 3: .string(state.name),
    ])
  }

  static func table(of tensor: Tensor, buffers: inout [FlatObject]) throws(ModelWriteError) -> FlatObject {
    guard let type = TFLiteTensorType(tensor.elementType) else {
      throw .type(format: TFLiteWriter.format, tensor: tensor.name, type: "\(tensor.elementType)")
    }
    var fields: [Int: FlatObject.Field] = [
      0: .ints(tensor.shape.dimensions.map { Int32(clamping: $0) }), 3: .string(tensor.name),
    ]
    // Fields at their default are left out.
    if type != .float32 { fields[1] = .int(type.rawValue) }
    if let data = tensor.constant {
      fields[2] = .int(UInt32(buffers.count))
      buffers.append(FlatObject([0: .data(data)]))
    }
    if let quantization = tensor.quantization {
      var parameters: [Int: FlatObject.Field] = [
        2: .floats(quantization.scales), 3: .ints(quantization.zeroPoints.map(Int64.init)),
      ]
      if let axis = quantization.axis, axis != 0 { parameters[6] = .int(Int32(axis)) }
      fields[4] = .table(FlatObject(parameters))
    }
    return FlatObject(fields)
  }

  // MARK: Operators

  /// Adds an operator of the main graph.
  mutating func emit(
    _ name: String, version: Int32 = 1, _ inputs: [Int32], _ outputs: [Int32],
    options: (kind: UInt8, fields: [Int: FlatObject.Field])? = nil
  ) {
    operators.append(self.operator(name, version: version, inputs, outputs, options: options))
  }

  mutating func `operator`(
    _ name: String, version: Int32 = 1, _ inputs: [Int32], _ outputs: [Int32],
    options: (kind: UInt8, fields: [Int: FlatObject.Field])? = nil
  ) -> FlatObject {
    let builtin = TFLiteBuiltins.names.firstIndex(of: name).map(Int32.init)
    precondition(builtin != nil, "\(name) is no operator of the schema")
    let code = Code(builtin: builtin ?? 0, version: version)
    let index = codes.firstIndex(of: code) ?? codes.count
    if index == codes.count { codes.append(code) }
    var fields: [Int: FlatObject.Field] = [1: .ints(inputs), 2: .ints(outputs)]
    if index != 0 { fields[0] = .int(UInt32(index)) }
    if let options {
      fields[3] = .int(options.kind)
      fields[4] = .table(FlatObject(options.fields))
    }
    return FlatObject(fields)
  }

  // MARK: Variables

  /// A graph of its own that gives every variable its first value, and the call of it.
  private mutating func addInitialiser() throws(ModelWriteError) {
    var tensors: [FlatObject] = []
    var assignments: [FlatObject] = []
    for state in graph.states {
      let handle = Int32(tensors.count)
      tensors.append(Self.handle(of: state))
      let zeros = TensorData([UInt8](repeating: 0, count: state.type.byteCount ?? 0))
      tensors.append(
        try Self.table(
          of: Tensor(
            name: "\(state.name)/initial", elementType: state.elementType, shape: state.shape,
            quantization: state.quantization, constant: state.initial ?? zeros), buffers: &buffers))
      assignments.append(variableHandle(state, handle))
      assignments.append(self.operator("ASSIGN_VARIABLE", [handle, handle + 1], []))
    }
    initialiser = FlatObject([
      0: .tables(tensors), 1: .ints([Int32]()), 2: .ints([Int32]()), 3: .tables(assignments),
      4: .string("initialiser"),
    ])
    emit("CALL_ONCE", [], [], options: (103, [0: .int(Int32(1))]))
  }

  mutating func variableHandle(_ state: State, _ handle: Int32) -> FlatObject {
    self.operator("VAR_HANDLE", [], [handle], options: (111, [0: .string(""), 1: .string(state.name)]))
  }

  /// The handle of a variable, made where it is first used.
  mutating func handle(_ state: StateID) -> Int32 {
    if let known = handles[state] { return known }
    let handle = addHandle(state)
    operators.append(variableHandle(graph.states[state.index], handle))
    handles[state] = handle
    return handle
  }
}

extension TFLiteTensorType {
  /// `nil` for types that TFLite does not have.
  init?(_ type: ElementType) {
    switch type {
    case .f32: self = .float32
    case .f16: self = .float16
    case .f64: self = .float64
    case .i8: self = .int8
    case .u8: self = .uint8
    case .i16: self = .int16
    case .u16: self = .uint16
    case .i32: self = .int32
    case .u32: self = .uint32
    case .i64: self = .int64
    case .u64: self = .uint64
    case .bool: self = .bool
    case .i4: self = .int4
    case .bf16, .u4, .i2, .u2, .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f4e2m1, .f8e8m0: return nil
    }
  }
}

extension Tensor {
  /// The bytes of one element that stands for `value`, saturating; `nil` for types that no padding is written for.
  func element(_ value: Float) -> TensorData? {
    let scale = quantization?.scales.first ?? 1
    let step = (value / scale).rounded() + Float(quantization?.zeroPoints.first ?? 0)
    switch elementType {
    case .f32: return TensorData([value])
    case .i8: return TensorData([Int8(max(-128, min(127, step)))])
    case .u8: return TensorData([UInt8(max(0, min(255, step)))])
    case .i16: return TensorData([Int16(max(-32768, min(32767, step)))])
    case .i32: return TensorData([Int32(max(-0x1p31, min(0x1.fffffep30, step)))])
    default: return nil
    }
  }
}
