import Graph

// Convolutions, pooling, normalization and products.

extension ONNXGraphBuilder {
  private static let imageFrame = Frame(isChannelsFirst: true)
  private static let plainFrame = Frame(isChannelsFirst: false)

  mutating func addConvolution(_ node: Node) throws(ModelWriteError) {
    let x = try input(node, 0)
    let weights = try input(node, 1)
    let shape = graph[weights].shape
    let window: Convolution
    let op: String
    let permutation: [Int]
    var groups = 1
    switch node.op {
    case .conv2d(let convolution):
      // [O, KH, KW, C] to [O, C, KH, KW].
      (window, op, permutation, groups) = (convolution, "Conv", [0, 3, 1, 2], convolution.groups)
    case .depthwiseConv2d(let convolution):
      // [1, KH, KW, C * multiplier] to [C * multiplier, 1, KH, KW].
      (window, op, permutation, groups) = (convolution, "Conv", [3, 0, 1, 2], graph[x].shape[3])
    case .transposeConv2d(let convolution):
      // [O, KH, KW, C] to [C, O, KH, KW].
      (window, op, permutation) = (convolution, "ConvTranspose", [3, 0, 1, 2])
    default: throw unsupported(node, "it is no convolution")
    }
    let padding = window.padding
    // Less than no padding is what ONNX calls output padding.
    let extra = [max(0, -padding.bottom), max(0, -padding.right)]
    if op == "ConvTranspose", extra[0] >= window.strides.height || extra[1] >= window.strides.width {
      throw unsupported(node, "its output is larger than ConvTranspose makes")
    }
    var inputs = [try imageValue(x), try weightValue(weights, permutation)]
    if let bias = try vector(node, 2) { inputs.append(bias) }
    let pads = [padding.top, padding.left, max(0, padding.bottom), max(0, padding.right)]
    let kernel = [shape[1], shape[2]]
    let strides = [window.strides.height, window.strides.width]
    let dilations = [window.dilations.height, window.dilations.width]
    let result: String
    if op == "Conv" {
      result = emit(
        op, inputs, named: name(of: node),
        [
          "kernel_shape": .ints(kernel), "strides": .ints(strides), "dilations": .ints(dilations),
          "pads": .ints(pads), "group": .int(groups),
        ])
    } else {
      result = emit(
        op, inputs, named: name(of: node),
        [
          "kernel_shape": .ints(kernel), "strides": .ints(strides), "dilations": .ints(dilations),
          "pads": .ints(pads), "output_padding": .ints(extra),
        ])
    }
    try finish(node, try activated(result, window.activation, node), Self.imageFrame)
  }

  mutating func addPooling(_ node: Node, _ pooling: Pooling) throws(ModelWriteError) {
    let x = try imageValue(try input(node, 0))
    let padding = pooling.padding
    let kernel = ONNXValue.ints([pooling.window.height, pooling.window.width])
    let strides = ONNXValue.ints([pooling.strides.height, pooling.strides.width])
    let pads = ONNXValue.ints([padding.top, padding.left, padding.bottom, padding.right])
    let result: String
    switch pooling.kind {
    case .max:
      result = emit(
        "MaxPool", [x], named: name(of: node), ["kernel_shape": kernel, "strides": strides, "pads": pads])
    case .average:
      result = emit(
        "AveragePool", [x], named: name(of: node),
        [
          "kernel_shape": kernel, "strides": strides, "pads": pads,
          "count_include_pad": .int(pooling.countsPadding ? 1 : 0),
        ])
    }
    try finish(node, try activated(result, pooling.activation, node), Self.imageFrame)
  }

  mutating func addFullyConnected(
    _ node: Node, _ activation: Activation, _ keepsLeadingAxes: Bool
  ) throws(ModelWriteError) {
    let x = try input(node, 0)
    let weights = try input(node, 1)
    let bias = try vector(node, 2)
    let shape = graph[x].shape
    let result: String
    if keepsLeadingAxes, shape.rank != 2 {
      let product = emit(
        "MatMul", [try value(x), try weightValue(weights, [1, 0])], named: name(of: node))
      result = bias.map { emit("Add", [product, $0], named: "\(name(of: node))/bias") } ?? product
    } else {
      var rows = try value(x)
      if shape.rank != 2 {
        let depth = graph[weights].shape[1]
        rows = emit(
          "Reshape", [rows, try integers([(shape.elementCount ?? 0) / max(1, depth), depth])],
          named: "\(graph[x].name)/rows")
      }
      result = emit(
        "Gemm", [rows, try weightValue(weights, [0, 1])] + (bias.map { [$0] } ?? []), named: name(of: node),
        ["transB": .int(1)])
    }
    try finish(node, try activated(result, activation, node), Self.plainFrame)
  }

  mutating func addMatMul(_ node: Node, _ transposeA: Bool, _ transposeB: Bool) throws(ModelWriteError) {
    var operands: [String] = []
    for (position, isTransposed) in [transposeA, transposeB].enumerated() {
      let id = try input(node, position)
      var permutation = Array(graph[id].shape.dimensions.indices)
      if isTransposed { permutation.swapAt(permutation.count - 1, permutation.count - 2) }
      operands.append(try weightValue(id, permutation))
    }
    try finish(node, emit("MatMul", operands, named: name(of: node)), Self.plainFrame)
  }

  mutating func addBatchNorm(_ node: Node, _ epsilon: Float) throws(ModelWriteError) {
    let x = try input(node, 0)
    let isImage = graph[x].shape.rank == 4
    guard isImage || graph[x].shape.rank == 2 else {
      throw unsupported(node, "it normalizes \(graph[x].type); ONNX expects images or rows")
    }
    let frame = Frame(isChannelsFirst: isImage)
    var inputs = [try operand(x, frame)]
    for position in 1...4 { inputs.append(try value(try input(node, position))) }
    try finish(
      node, emit("BatchNormalization", inputs, named: name(of: node), ["epsilon": .float(epsilon)]), frame)
  }

  mutating func addLayerNorm(_ node: Node, _ axes: Int, _ epsilon: Float) throws(ModelWriteError) {
    let x = try input(node, 0)
    var inputs = [try value(x)]
    if node.inputs.count > 1, let scale = node.inputs[1] {
      inputs.append(try value(scale))
    } else {
      // ONNX's scale is not optional.
      let extents = Array(graph[x].shape.dimensions.suffix(axes))
      let ones = unusedName("\(node.name)/scale")
      try addInitializer(
        ones, .f32, extents, TensorData([Float](repeating: 1, count: extents.reduce(1, *))))
      inputs.append(ones)
    }
    if node.inputs.count > 2, let bias = node.inputs[2] { inputs.append(try value(bias)) }
    let result = emit(
      "LayerNormalization", inputs, named: name(of: node), ["axis": .int(-axes), "epsilon": .float(epsilon)])
    try finish(node, result, Self.plainFrame)
  }

  // MARK: Weights

  /// Weights with their axes in another order: constants in the file, widened after that where they are narrow.
  mutating func weightValue(_ id: TensorID, _ permutation: [Int]) throws(ModelWriteError) -> String {
    if graph[id].constant != nil { return try constant(id, reordered: permutation) }
    if let name = try widenedConstant(id, reordered: permutation) { return name }
    if permutation == Array(permutation.indices) { return try value(id) }
    return emit(
      "Transpose", [try value(id)], named: "\(graph[id].name)/transposed", ["perm": .ints(permutation)])
  }

  /// The value of a tensor that is a constant, made f32; `nil` for any other.
  mutating func widenedConstant(
    _ id: TensorID, reordered permutation: [Int]
  ) throws(ModelWriteError) -> String? {
    guard let node = producer(of: id), node.op == .dequantize || node.op == .cast,
      case let narrow?? = node.inputs.first, graph[narrow].constant != nil, graph[id].elementType == .f32
    else { return nil }
    if let known = reorderedConstants[id]?[permutation] { return known }
    let constant = try constant(narrow, reordered: permutation)
    let quantization = graph[narrow].quantization
    let name: String
    if node.op == .dequantize, let quantization {
      name = try dequantized(
        constant, quantization, graph[narrow].elementType, named: graph[id].name,
        axis: quantization.axis.flatMap { permutation.firstIndex(of: $0) })
    } else {
      name = emit("Cast", [constant], named: graph[id].name, ["to": .int(ONNXDataType.float.rawValue)])
    }
    reorderedConstants[id, default: [:]][permutation] = name
    return name
  }

  // MARK: Quantization

  mutating func dequantized(
    _ x: String, _ quantization: Quantization, _ type: ElementType, named: String, axis: Int?
  ) throws(ModelWriteError) -> String {
    let operands = try scaleAndZeroPoint(quantization, type)
    guard let axis else { return emit("DequantizeLinear", [x] + operands, named: named) }
    return emit("DequantizeLinear", [x] + operands, named: named, ["axis": .int(axis)])
  }

  /// The initializers of a scale and a zero point: scalars, or vectors along an axis.
  mutating func scaleAndZeroPoint(
    _ quantization: Quantization, _ type: ElementType
  ) throws(ModelWriteError) -> [String] {
    if let known = quantizationConstants[quantization]?[type] { return known }
    let shape = quantization.axis == nil ? [] : [quantization.scales.count]
    let scale = unusedName("scale")
    try addInitializer(scale, .f32, shape, TensorData(quantization.scales))
    var names = [scale]
    // Of i32 the zero point is 0, and left out.
    let zeroPoints = quantization.zeroPoints
    let data: TensorData? =
      switch type {
      case .i8: TensorData(zeroPoints.map { Int8(clamping: $0) })
      case .u8: TensorData(zeroPoints.map { UInt8(clamping: $0) })
      default: nil
      }
    if let data {
      let zeroPoint = unusedName("zero_point")
      try addInitializer(zeroPoint, type, shape, data)
      names.append(zeroPoint)
    }
    quantizationConstants[quantization, default: [:]][type] = names
    return names
  }
}
