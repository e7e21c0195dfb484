import Graph

// Operators between integers and the real numbers that they stand for.

extension ONNXConverter {
  static let quantizations: [String: Handler] = [
    "ConvInteger": ONNXConverter.integerConvolution,
    "DequantizeLinear": ONNXConverter.dequantizeLinear,
    "DynamicQuantizeLinear": ONNXConverter.dynamicQuantizeLinear,
    "MatMulInteger": ONNXConverter.integerProduct,
    "QLinearConv": ONNXConverter.quantizedConvolution,
    "QLinearMatMul": ONNXConverter.quantizedProduct,
    "QuantizeLinear": ONNXConverter.quantizeLinear,
  ]

  func quantizeLinear(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    var type = node.has(2) ? elementType(try input(node, 2)) : .u8
    if let number = try node.integer("output_dtype"), number != 0 {
      guard let given = ONNXDataType(rawValue: number)?.elementType else {
        throw node.unsupported("quantizes to type \(number)")
      }
      type = given
    }
    if try scalesAsArithmetic(node, x, type) { return try emitQuantizedByArithmetic(node, type) }
    let quantization = try quantization(node, of: x, scale: 1, zeroPoint: 2)
    try emit(
      .quantize(.halfToEven), [x], node, type: type, quantization: quantization, order: assembler.order(of: x)
    )
  }

  func dequantizeLinear(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    if try scalesAsArithmetic(node, x, elementType(x)) {
      return try bind(try dequantizedByArithmetic(node), node)
    }
    try bind(try dequantized(node, 0, scale: 1, zeroPoint: 2), node)
  }

  /// The real numbers that input `position` stands for.
  func dequantized(
    _ node: ONNXNode, _ position: Int, scale: Int, zeroPoint: Int, defaultAxis: Int = 1
  ) throws(ModelFormatError) -> TensorID {
    let x = try input(node, position)
    let quantization = try quantization(
      node, of: x, scale: scale, zeroPoint: zeroPoint, defaultAxis: defaultAxis)
    let order = assembler.order(of: x)
    return try apply(.dequantize, [try quantized(x, quantization, node)], node, type: .f32, order: order)
  }

  /// Makes the integers that stand for `x` the node's output; their type is that of the zero point.
  func emitQuantized(
    _ x: TensorID, _ node: ONNXNode, scale: Int, zeroPoint: Int
  ) throws(ModelFormatError) {
    let type = node.has(zeroPoint) ? elementType(try input(node, zeroPoint)) : .u8
    let quantization = try quantization(node, of: x, scale: scale, zeroPoint: zeroPoint)
    try emit(
      .quantize(.halfToEven), [x], node, type: type, quantization: quantization, order: assembler.order(of: x)
    )
  }

  /// `x` as a tensor whose integers stand for numbers by `quantization`.
  private func quantized(
    _ x: TensorID, _ quantization: Quantization, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    if assembler[x].quantization == quantization { return x }
    let order = assembler.order(of: x)
    guard let data = assembler[x].constant else {
      return try apply(.bitcast, [x], node, quantization: quantization, order: order)
    }
    let id = assembler.constant(
      "\(assembler[x].name)/quantized", assembler[x].type, data, quantization: quantization)
    assembler.setOrder(order, of: id)
    return id
  }

  /// What the node's operands say of the integers of `x`, or of what it is quantized to.
  func quantization(
    _ node: ONNXNode, of x: TensorID, scale: Int, zeroPoint: Int, defaultAxis: Int = 1
  ) throws(ModelFormatError) -> Quantization {
    let scales = try floats(node, scale)
    let zeroPoints = try optionalIntegers(node, zeroPoint)?.map { Int32(clamping: $0) }
    if scales.count == 1 {
      return .perTensor(scale: scales[0], zeroPoint: zeroPoints?.first ?? 0)
    }
    if try node.integer("block_size", default: 0) != 0 { throw node.unsupported("is quantized in blocks") }
    let rank = shape(x).rank
    let axis = try axis(try node.integer("axis", default: defaultAxis), rank: rank, node)
    guard scales.count == shape(x)[axis], zeroPoints == nil || zeroPoints?.count == scales.count else {
      throw node.malformed(
        "\(scales.count) scales along axis \(axis) of \(shape(x))", expected: "\(shape(x)[axis])")
    }
    return Quantization(
      scales: scales, zeroPoints: zeroPoints ?? Array(repeating: 0, count: scales.count),
      axis: assembler.order(of: x).place(of: axis, rank: rank))
  }

  /// A convolution of integers: on the real numbers that they stand for, which lowering does with integer kernels.
  func quantizedConvolution(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try dequantized(node, 0, scale: 1, zeroPoint: 2)
    let weights = try dequantized(node, 3, scale: 4, zeroPoint: 5, defaultAxis: 0)
    var bias: TensorID?
    if node.has(8) {
      let input = try float(node, 1)
      bias = try dequantizedBias(node, 8, scales: try floats(node, 4).map { $0 * input })
    }
    let result = try convolution(node, x: x, weights: weights, bias: bias)
    try emitQuantized(result, node, scale: 6, zeroPoint: 7)
  }

  /// A bias in steps of the product, as real numbers.
  func dequantizedBias(
    _ node: ONNXNode, _ position: Int, scales: [Float]
  ) throws(ModelFormatError) -> TensorID {
    let bias = try written(node, position)
    let flat = try apply(.reshape, [bias], node, shape: [shape(bias).elementCount ?? 0])
    let quantization =
      scales.count == 1
      ? Quantization.perTensor(scale: scales[0], zeroPoint: 0) : .perChannel(scales: scales, axis: 0)
    return try apply(.dequantize, [try quantized(flat, quantization, node)], node, type: .f32)
  }

  func quantizedProduct(_ node: ONNXNode) throws(ModelFormatError) {
    let a = try dequantized(node, 0, scale: 1, zeroPoint: 2)
    let b = try dequantized(node, 3, scale: 4, zeroPoint: 5)
    let result = try product(try inOrder(.written, a, node), try inOrder(.written, b, node), node)
    try emitQuantized(result, node, scale: 6, zeroPoint: 7)
  }

  /// The bytes of `x`, their scale and their zero point, so that the range of `x` and 0 is covered.
  func dynamicQuantizeLinear(_ node: ONNXNode) throws(ModelFormatError) {
    let result = try dynamicallyQuantized(try written(node, 0), node)
    try bind(result.bytes, node, output: 0)
    try bind(result.scale, node, output: 1)
    try bind(result.zeroPoint, node, output: 2)
  }

  func dynamicallyQuantized(
    _ x: TensorID, _ node: ONNXNode
  ) throws(ModelFormatError) -> (bytes: TensorID, scale: TensorID, zeroPoint: TensorID) {
    let axes = Array(0..<shape(x).rank)
    let zero = try scalar(0, like: x, node)
    let most = try scalar(255, like: x, node)
    let high = try binary(
      .maximum, try reduced(x, .maximum, axes: axes, keepsDimensions: false, node), zero, node)
    let low = try binary(
      .minimum, try reduced(x, .minimum, axes: axes, keepsDimensions: false, node), zero, node)
    let range = try binary(.subtract, high, low, node)
    let isZero = try binary(.equal, range, zero, node)
    let scale = try apply(
      .select, [isZero, try scalar(1, like: x, node), try binary(.divide, range, most, node)], node)
    let place = try binary(.divide, try binary(.subtract, zero, low, node), scale, node)
    let zeroPoint = try bytes(try apply(.unary(.round), [place], node), node)
    let steps = try apply(.unary(.round), [try binary(.divide, x, scale, node)], node)
    let moved = try binary(.add, steps, try apply(.cast, [zeroPoint], node, type: .f32), node)
    return (try bytes(moved, node), scale, zeroPoint)
  }

  /// Whole numbers as unsigned bytes.
  private func bytes(_ x: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try apply(.cast, [try apply(.unary(.clamp(min: 0, max: 255)), [x], node)], node, type: .u8)
  }

  private func binary(
    _ binary: Binary, _ a: TensorID, _ b: TensorID, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    try apply(.binary(binary, activation: .none), [a, b], node)
  }

  /// The bytes of an input less their zero point, as real numbers.
  ///
  /// - Parameter axis: The one that several zero points run along.
  func centred(
    _ node: ONNXNode, _ position: Int, zeroPoint: Int, axis: Int
  ) throws(ModelFormatError) -> TensorID {
    let x = try written(node, position)
    let bytes = assembler[x]
    let offsetIsKnown = try optional(node, zeroPoint).map { assembler.isConstant($0) } ?? true
    if let data = bytes.constant, offsetIsKnown {
      // A constant keeps its bytes: they are widened when the model is prepared.
      let offsets = try optionalIntegers(node, zeroPoint)?.map { Int32(clamping: $0) } ?? [0]
      let place = try self.axis(axis, rank: bytes.shape.rank, node)
      guard offsets.count == 1 || offsets.count == bytes.shape[place] else {
        throw node.malformed(
          "\(offsets.count) zero points for \(bytes.shape)", expected: "1 or one a channel")
      }
      let quantization = Quantization(
        scales: Array(repeating: 1, count: offsets.count), zeroPoints: offsets,
        axis: offsets.count == 1 ? nil : place)
      let integers = assembler.constant(
        "\(bytes.name)/integers", bytes.type, data, quantization: quantization)
      return try apply(.dequantize, [integers], node, type: .f32)
    }
    let numbers = try apply(.cast, [x], node, type: .f32)
    guard node.has(zeroPoint) else { return numbers }
    var offset = try apply(.cast, [try written(node, zeroPoint)], node, type: .f32)
    if axis == -2, let rows = shape(offset).elementCount, rows > 1 {
      offset = try apply(
        .reshape, [offset], node,
        shape: Shape(shape(offset).dimensions + (shape(offset).rank == 1 ? [1] : [])))
    }
    if axis == 0 || axis == 1 {
      // One number, or one along the axis.
      let count = shape(offset).elementCount ?? 1
      var extents = count == 1 ? [] : shape(x).dimensions.map { _ in 1 }
      if count > 1 { extents[axis] = count }
      offset = try apply(.reshape, [offset], node, shape: Shape(extents))
    }
    return try apply(.binary(.subtract, activation: .none), [numbers, offset], node)
  }
}
