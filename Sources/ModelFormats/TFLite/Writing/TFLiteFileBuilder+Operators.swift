import Graph

extension TFLiteFileBuilder {
  /// Adds the operators of one node of a graph that was made for TFLite.
  mutating func add(_ node: Node) throws(ModelWriteError) {
    switch node.op {
    case .conv2d(let window): try addWindow(node, "CONV_2D", kind: 1, window, activation: 3, dilations: 4)
    case .depthwiseConv2d(let window):
      let weights = try requireInput(node, 1)
      try addWindow(
        node, "DEPTHWISE_CONV_2D", kind: 2, window, activation: 4, dilations: 5,
        multiplier: graph[weights].shape[3] / graph[try requireInput(node, 0)].shape[3])
    case .transposeConv2d(let window): try addTransposedConvolution(node, window)
    case .fullyConnected(let activation, let keepsLeadingAxes):
      try emit(
        "FULLY_CONNECTED", node,
        (
          8,
          [
            0: Self.activation(activation), 2: .bool(keepsLeadingAxes), 3: .bool(isHybrid(node)),
          ]
        ))
    case .matMul(let transposeA, let transposeB):
      try emit("BATCH_MATMUL", node, (101, [0: .bool(transposeA), 1: .bool(transposeB)]))
    case .pool2d(let pooling): try addPooling(node, pooling)
    case .unary(let unary): try addUnary(node, unary)
    case .binary(let binary, let activation): try addBinary(node, binary, activation)
    case .select: try emit("SELECT_V2", node)
    case .reduce(let reduction, let axes, let keepsDimensions):
      guard let name = Self.reductions[reduction] else { throw unsupported(node) }
      try emit(name, node, (27, [0: .bool(keepsDimensions)]), [try integers(axes, node, "axes")])
    case .softmax(_, let beta): try emit("SOFTMAX", node, (9, [0: .float(beta)]))
    case .logSoftmax: try emit("LOG_SOFTMAX", node)
    case .argMax(let axis, false): try addArgReduction(node, "ARG_MAX", 40, axis)
    case .argMin(let axis, false): try addArgReduction(node, "ARG_MIN", 57, axis)
    case .concat(let axis, let activation):
      try emit("CONCATENATION", node, (10, [0: .int(Int32(axis)), 1: Self.activation(activation)]))
    case .quantize: try emit("QUANTIZE", node)
    case .dequantize: try emit("DEQUANTIZE", node)
    case .cast: try addCast(node)
    case .readState(let state):
      let handle = handle(state)
      emit("READ_VARIABLE", [handle], [try index(node.outputs[0])])
    case .writeState(let state):
      let handle = handle(state)
      emit("ASSIGN_VARIABLE", [handle, try index(try requireInput(node, 0))], [])
    default: try addMovement(node)
    }
  }

  // MARK: Windows

  private mutating func addWindow(
    _ node: Node, _ name: String, kind: UInt8, _ window: Convolution, activation: Int, dilations: Int,
    multiplier: Int? = nil
  ) throws(ModelWriteError) {
    guard let padding = graph.tflitePadding(of: node) else { throw unsupported(node) }
    var fields: [Int: FlatObject.Field] = [
      0: .int(padding.rawValue), 1: Self.int(window.strides.width), 2: Self.int(window.strides.height),
      activation: Self.activation(window.activation), dilations: Self.int(window.dilations.width),
      dilations + 1: Self.int(window.dilations.height),
    ]
    if let multiplier { fields[3] = Self.int(multiplier) }
    try emit(name, node, (kind, fields))
  }

  private mutating func addTransposedConvolution(_ node: Node, _ window: Convolution) throws(ModelWriteError)
  {
    guard let padding = graph.tflitePadding(of: node) else { throw unsupported(node) }
    let shape = try integers(graph[node.outputs[0]].shape.dimensions, node, "shape")
    var inputs = [shape, try index(try requireInput(node, 1)), try index(try requireInput(node, 0))]
    if node.inputs.count > 2, let bias = node.inputs[2] { inputs.append(try index(bias)) }
    emit(
      "TRANSPOSE_CONV", version: version("TRANSPOSE_CONV", node), inputs, [try index(node.outputs[0])],
      options: (
        49,
        [
          0: .int(padding.rawValue), 1: Self.int(window.strides.width), 2: Self.int(window.strides.height),
          3: Self.activation(window.activation),
        ]
      ))
  }

  private mutating func addPooling(_ node: Node, _ pooling: Pooling) throws(ModelWriteError) {
    guard let padding = graph.tflitePadding(of: node) else { throw unsupported(node) }
    try emit(
      pooling.kind == .max ? "MAX_POOL_2D" : "AVERAGE_POOL_2D", node,
      (
        5,
        [
          0: .int(padding.rawValue), 1: Self.int(pooling.strides.width), 2: Self.int(pooling.strides.height),
          3: Self.int(pooling.window.width), 4: Self.int(pooling.window.height),
          5: Self.activation(pooling.activation),
        ]
      ))
  }

  // MARK: Elements

  private mutating func addUnary(_ node: Node, _ unary: Unary) throws(ModelWriteError) {
    switch unary {
    case .leakyRelu(let alpha): try emit("LEAKY_RELU", node, (75, [0: .float(alpha)]))
    case .gelu(let isApproximate): try emit("GELU", node, (116, [0: .bool(isApproximate)]))
    default:
      guard let name = Self.unaries[unary] else { throw unsupported(node) }
      try emit(name, node)
    }
  }

  private mutating func addBinary(
    _ node: Node, _ binary: Binary, _ activation: Activation
  ) throws(ModelWriteError) {
    guard let name = Self.binaries[binary] else { throw unsupported(node) }
    let kinds: [Binary: UInt8] = [.add: 11, .multiply: 21, .subtract: 28, .divide: 29]
    try emit(name, node, kinds[binary].map { ($0, [0: Self.activation(activation)]) })
  }

  private mutating func addArgReduction(
    _ node: Node, _ name: String, _ kind: UInt8, _ axis: Int
  ) throws(ModelWriteError) {
    let type: TFLiteTensorType = graph[node.outputs[0]].elementType == .i64 ? .int64 : .int32
    try emit(
      name, node, (kind, [0: .int(type.rawValue)]), [try integers([axis], node, "axis", shape: .scalar)])
  }

  private mutating func addCast(_ node: Node) throws(ModelWriteError) {
    let types = (graph[try requireInput(node, 0)].elementType, graph[node.outputs[0]].elementType)
    if types == (.f16, .f32) { return try emit("DEQUANTIZE", node) }
    guard let from = TFLiteTensorType(types.0), let to = TFLiteTensorType(types.1) else {
      throw unsupported(node)
    }
    try emit("CAST", node, (37, [0: .int(from.rawValue), 1: .int(to.rawValue)]))
  }

  // MARK: Movement

  private mutating func addMovement(_ node: Node) throws(ModelWriteError) {
    let output = graph[node.outputs[0]]
    switch node.op {
    case .reshape:
      let extents = output.shape.dimensions
      guard !extents.isEmpty else {
        // An empty constant cannot be told from a missing one; the option says it as well.
        return try emit("RESHAPE", node, (17, [0: .ints([Int32]())]))
      }
      try emit(
        "RESHAPE", node, (17, [0: .ints(extents.map { Int32(clamping: $0) })]),
        [try integers(extents, node, "shape")])
    case .transpose(let permutation):
      try emit("TRANSPOSE", node, nil, [try integers(permutation, node, "permutation")])
    case .pad(let before, let after, let mode): try addPadding(node, before, after, mode)
    case .slice(let begin, let strides): try addSlice(node, begin, strides, output.shape)
    case .gather(let axis): try emit("GATHER", node, (23, [0: .int(Int32(axis))]))
    case .broadcast:
      try emit("BROADCAST_TO", node, nil, [try integers(output.shape.dimensions, node, "shape")])
    case .tile(let multiples): try emit("TILE", node, nil, [try integers(multiples, node, "multiples")])
    case .resize(let resize):
      let size = try integers([output.shape[1], output.shape[2]], node, "size")
      let (align, half) = (
        FlatObject.Field.bool(resize.alignsCorners), FlatObject.Field.bool(resize.halfPixelCenters)
      )
      // RESIZE_BILINEAR's first two fields are of an older version.
      if resize.method == .bilinear {
        try emit("RESIZE_BILINEAR", node, (15, [2: align, 3: half]), [size])
      } else if resize.method == .nearest {
        try emit("RESIZE_NEAREST_NEIGHBOR", node, (74, [0: align, 1: half]), [size])
      } else {
        throw unsupported(node)
      }
    case .depthToSpace(let block): try emit("DEPTH_TO_SPACE", node, (94, [0: Self.int(block)]))
    case .spaceToDepth(let block): try emit("SPACE_TO_DEPTH", node, (19, [0: Self.int(block)]))
    default: throw unsupported(node)
    }
  }

  private mutating func addPadding(
    _ node: Node, _ before: [Int], _ after: [Int], _ mode: PadMode
  ) throws(ModelWriteError) {
    let extents = zip(before, after).flatMap { [$0, $1] }
    let paddings = try integers(extents, node, "paddings", shape: [before.count, 2])
    switch mode {
    case .constant(0): try emit("PAD", node, nil, [paddings])
    case .constant(let value):
      guard let element = try padValue(value, like: graph[node.outputs[0]], node) else {
        throw unsupported(node)
      }
      try emit("PADV2", node, nil, [paddings, element])
    case .reflect: try emit("MIRROR_PAD", node, (77, [0: .int(Int8(0))]), [paddings])
    case .symmetric: try emit("MIRROR_PAD", node, (77, [0: .int(Int8(1))]), [paddings])
    case .edge, .wrap: throw unsupported(node)
    }
  }

  private mutating func addSlice(
    _ node: Node, _ begin: [Int], _ strides: [Int], _ shape: Shape
  ) throws(ModelWriteError) {
    let starts = try integers(begin, node, "begin")
    if strides.allSatisfy({ $0 == 1 }) {
      return try emit("SLICE", node, nil, [starts, try integers(shape.dimensions, node, "size")])
    }
    // One past the last element taken; backwards past the first element that is no index, and the mask says so.
    let ends = begin.indices.map { begin[$0] + (shape[$0] - 1) * strides[$0] + (strides[$0] > 0 ? 1 : -1) }
    let mask = ends.indices.reduce(Int32(0)) { ends[$1] < 0 ? $0 | (1 << Int32($1)) : $0 }
    try emit(
      "STRIDED_SLICE", node, (32, [1: .int(mask)]),
      [starts, try integers(ends, node, "end"), try integers(strides, node, "strides")])
  }

  // MARK: Common

  /// Adds an operator whose inputs are the node's and then `parameters`.
  private mutating func emit(
    _ name: String, _ node: Node, _ options: (kind: UInt8, fields: [Int: FlatObject.Field])? = nil,
    _ parameters: [Int32] = []
  ) throws(ModelWriteError) {
    var inputs: [Int32] = []
    for id in node.inputs { inputs.append(try id.map { id throws(ModelWriteError) in try index(id) } ?? -1) }
    var outputs: [Int32] = []
    for id in node.outputs { outputs.append(try index(id)) }
    emit(name, version: version(name, node), inputs + parameters, outputs, options: options)
  }

  func requireInput(_ node: Node, _ position: Int) throws(ModelWriteError) -> TensorID {
    guard node.inputs.indices.contains(position), let id = node.inputs[position] else {
      throw .unsupported(
        format: TFLiteWriter.format, node: node.name, op: node.op.name,
        reason: "input \(position) is left out")
    }
    return id
  }

  private func unsupported(_ node: Node) -> ModelWriteError {
    let types = node.inputs.compactMap { $0 }.map { "\(graph[$0].type)" }.joined(separator: ", ")
    return .unsupported(
      format: TFLiteWriter.format, node: node.name, op: node.op.name,
      reason: "TFLite has no such operator on \(types)")
  }

  private static func int(_ value: Int) -> FlatObject.Field { .int(Int32(clamping: value)) }

  private static func activation(_ activation: Activation) -> FlatObject.Field {
    switch activation {
    case .none: .int(Int8(0))
    case .relu: .int(Int8(1))
    case .reluN1To1: .int(Int8(2))
    case .relu6: .int(Int8(3))
    case .tanh: .int(Int8(4))
    case .signBit: .int(Int8(5))
    }
  }

  /// The reader's tables, the other way round.
  private static let unaries = Dictionary(
    TFLiteConverter.unaries.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  private static let binaries = Dictionary(
    TFLiteConverter.binaries.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  private static let reductions = Dictionary(
    TFLiteConverter.reductions.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
}
