import Graph
import Lowering

// What the families of operators share: inputs, values, and results of nodes.

extension ONNXConverter {
  // MARK: Inputs

  /// Input `position` in the order of axes that it happens to be in.
  func input(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> TensorID {
    guard node.has(position) else {
      throw node.malformed("\(node.inputs.count) inputs", expected: "a tensor as input \(position)")
    }
    return try use(node.inputs[position], node.place)
  }

  /// Input `position` with the axes as ONNX writes them.
  func written(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> TensorID {
    try inOrder(.written, try input(node, position), node)
  }

  /// Input `position` with the channels last: `[N, C, H, W]` as `[N, H, W, C]`.
  func channelsLast(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> TensorID {
    try inOrder(.channelsLast, try input(node, position), node)
  }

  /// Input `position` as ONNX writes it; `nil` where it is left out.
  func optional(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> TensorID? {
    node.has(position) ? try written(node, position) : nil
  }

  func inOrder(_ order: AxisOrder, _ id: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try inFile(node.place) { () throws(GraphError) in try assembler.inOrder(order, id) }
  }

  /// The order of axes for an operator on elements: channels-last where an operand that is not constant is.
  func commonOrder(_ ids: [TensorID]) -> AxisOrder {
    let rank = ids.map { assembler[$0].shape.rank }.max() ?? 0
    let moved = ids.contains {
      assembler.order(of: $0) == .channelsLast && assembler[$0].shape.rank == rank
        && !assembler.isConstant($0)
    }
    return moved ? .channelsLast : .written
  }

  /// The shape as ONNX writes it.
  func shape(_ id: TensorID) -> Shape { assembler.writtenShape(of: id) }

  func elementType(_ id: TensorID) -> ElementType { assembler[id].elementType }

  /// An axis from 0, of a number that counts from the end where it is negative.
  func axis(_ axis: Int, rank: Int, _ node: ONNXNode) throws(ModelFormatError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw node.malformed("axis \(axis) of \(rank) axes", expected: "\(-rank) to \(rank - 1)")
    }
    return axis < 0 ? axis + rank : axis
  }

  func axes(_ axes: [Int], rank: Int, _ node: ONNXNode) throws(ModelFormatError) -> [Int] {
    var result: [Int] = []
    for axis in axes { result.append(try self.axis(axis, rank: rank, node)) }
    guard Set(result).count == result.count else {
      throw node.malformed("axes \(axes)", expected: "each axis once")
    }
    return result
  }

  func requireRank(_ range: ClosedRange<Int>, _ id: TensorID, _ node: ONNXNode) throws(ModelFormatError) {
    guard range.contains(assembler[id].shape.rank) else {
      throw node.malformed(
        "'\(assembler[id].name)' is \(shape(id))",
        expected: range.count == 1
          ? "\(range.lowerBound) axes" : "\(range.lowerBound) to \(range.upperBound) axes")
    }
  }

  // MARK: Values that decide shapes and branches

  /// The value of `id`: a constant, or what the inputs lead to.
  func value(of id: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorData {
    let id = try written(id, node)
    do throws(EvaluationError) {
      return try assembler.value(of: id)
    } catch {
      throw node.unsupported(
        "depends on the value of '\(assembler[id].name)', and that cannot be evaluated (\(error))")
    }
  }

  /// The integers of input `position`, which decide about shapes; of type i32 or i64.
  func integers(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> [Int] {
    let id = try written(node, position)
    let data = try value(of: id, node)
    switch elementType(id) {
    case .i64: return data.elements(as: Int64.self).map { Int($0) }
    case .i32: return data.elements(as: Int32.self).map { Int($0) }
    case .u8, .bool: return data.elements(as: UInt8.self).map { Int($0) }
    case .i8: return data.elements(as: Int8.self).map { Int($0) }
    case .i16: return data.elements(as: Int16.self).map { Int($0) }
    case .u16: return data.elements(as: UInt16.self).map { Int($0) }
    case .u32: return data.elements(as: UInt32.self).map { Int($0) }
    default:
      throw node.malformed("input \(position) is \(assembler[id].type)", expected: "i32 or i64")
    }
  }

  func optionalIntegers(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> [Int]? {
    node.has(position) ? try integers(node, position) : nil
  }

  /// The one integer of input `position`.
  func integer(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> Int {
    let values = try integers(node, position)
    guard values.count == 1 else {
      throw node.malformed("\(values.count) numbers as input \(position)", expected: "1")
    }
    return values[0]
  }

  /// The numbers of input `position`, of a floating-point type.
  func floats(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> [Float] {
    let id = try written(node, position)
    let data = try value(of: id, node)
    switch elementType(id) {
    case .f32: return data.elements(as: Float.self)
    case .f64: return data.elements(as: Double.self).map { Float($0) }
    case .f16: return data.elements(as: UInt16.self).map { Float(halfBits: $0) }
    case .bf16: return data.elements(as: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    default: return try integers(node, position).map { Float($0) }
    }
  }

  /// The one number of input `position`.
  func float(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> Float {
    let values = try floats(node, position)
    guard values.count == 1 else {
      throw node.malformed("\(values.count) numbers as input \(position)", expected: "1")
    }
    return values[0]
  }

  func optionalFloats(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> [Float]? {
    node.has(position) ? try floats(node, position) : nil
  }

  /// Whether the one boolean of input `position` holds.
  func condition(_ node: ONNXNode, _ position: Int) throws(ModelFormatError) -> Bool {
    let data = try value(of: try written(node, position), node)
    guard data.byteCount == 1 else {
      throw node.malformed("a condition of \(data.byteCount) elements", expected: "1")
    }
    return data.elements(as: UInt8.self)[0] != 0
  }

  // MARK: Results

  /// Adds an operator whose result is output `position` of the node.
  ///
  /// - Parameters:
  ///   - shape: The result's shape in the order `order`, where the operator does not determine it.
  ///   - type: Its element type, where the operator does not determine it.
  @discardableResult
  func emit(
    _ op: Operator, _ inputs: [TensorID?], _ node: ONNXNode, output position: Int = 0, shape: Shape? = nil,
    type: ElementType? = nil, quantization: Quantization? = nil, order: AxisOrder = .written
  ) throws(ModelFormatError) -> TensorID {
    let name = position < node.outputs.count && !node.outputs[position].isEmpty ? node.outputs[position] : nil
    let id = try add(
      op, inputs, node, name: name ?? "\(label(node))/\(position)", shape, type, quantization, order)
    try bind(id, node, output: position)
    return id
  }

  /// Adds an operator whose result only this node's other operators read.
  func apply(
    _ op: Operator, _ inputs: [TensorID?], _ node: ONNXNode, shape: Shape? = nil, type: ElementType? = nil,
    quantization: Quantization? = nil, order: AxisOrder = .written
  ) throws(ModelFormatError) -> TensorID {
    try add(op, inputs, node, name: "\(label(node))/\(op.name)", shape, type, quantization, order)
  }

  /// Adds an operator of several outputs, the first of which are the node's.
  @discardableResult
  func emitAll(
    _ op: Operator, _ inputs: [TensorID?], _ node: ONNXNode, declared: [TensorType] = []
  ) throws(ModelFormatError) -> [TensorID] {
    let ids = try inFile(node.place) { () throws(GraphError) in
      try assembler.addAll(op, inputs, name: label(node), declared: declared)
    }
    for (position, id) in ids.enumerated() { try bind(id, node, output: position) }
    return ids
  }

  /// Makes `id` the node's output `position`; nothing where the node has no such output.
  func bind(_ id: TensorID, _ node: ONNXNode, output position: Int = 0) throws(ModelFormatError) {
    guard node.makes(position) else { return }
    try bind(node.outputs[position], id, node.place)
  }

  /// A constant that the file does not have.
  func constant<Element: BitwiseCopyable>(
    _ values: [Element], _ type: ElementType, shape: Shape? = nil, _ node: ONNXNode, _ role: String
  ) -> TensorID {
    assembler.constant(
      "\(label(node))/\(role)", TensorType(type, shape ?? [values.count]), TensorData(values))
  }

  /// One number as a scalar of a tensor's type: what it is compared to or multiplied by.
  func scalar(_ value: Double, like id: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let type = elementType(id)
    let whole = Int(exactly: value.rounded()) ?? (value > 0 ? .max : .min)
    let data: TensorData
    switch type {
    case .f32: data = TensorData([Float(value)])
    case .f64: data = TensorData([value])
    case .f16: data = TensorData([Float(value).halfBits])
    case .bf16: data = TensorData([Float(value).bfloatBits])
    case .i8: data = TensorData([Int8(clamping: whole)])
    case .u8, .bool: data = TensorData([UInt8(clamping: whole)])
    case .i16: data = TensorData([Int16(clamping: whole)])
    case .u16: data = TensorData([UInt16(clamping: whole)])
    case .i32: data = TensorData([Int32(clamping: whole)])
    case .u32: data = TensorData([UInt32(clamping: whole)])
    case .i64: data = TensorData([Int64(whole)])
    case .u64: data = TensorData([UInt64(clamping: whole)])
    case .i4, .u4, .i2, .u2, .f8e4m3fn, .f8e4m3fnuz, .f8e5m2, .f8e5m2fnuz, .f4e2m1, .f8e8m0:
      throw node.unsupported("computes with \(type)")
    }
    return assembler.constant("\(label(node))/\(value)", TensorType(type, .scalar), data)
  }

  /// The name that the node is known by in the graph.
  func label(_ node: ONNXNode) -> String {
    node.outputs.first { !$0.isEmpty } ?? (node.name.isEmpty ? "\(node.op)_\(node.index)" : node.name)
  }

  private func add(
    _ op: Operator, _ inputs: [TensorID?], _ node: ONNXNode, name: String, _ shape: Shape?,
    _ type: ElementType?, _ quantization: Quantization?, _ order: AxisOrder
  ) throws(ModelFormatError) -> TensorID {
    let first = inputs.first.flatMap { $0 }.map { assembler[$0] }
    let declared = TensorType(type ?? first?.elementType ?? .f32, shape ?? first?.shape ?? .scalar)
    return try inFile(node.place) { () throws(GraphError) in
      try assembler.add(
        op, inputs, name: name, declared: declared, quantization: quantization, order: order)
    }
  }

  private func written(_ id: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try inOrder(.written, id, node)
  }
}
