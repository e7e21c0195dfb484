import Graph

// Operators between integers and the real numbers that they stand for.

extension ONNXConverter {
  static let quantizations: [String: Handler] = [
    "DequantizeLinear": ONNXConverter.dequantizeLinear,
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
    let quantization = try quantization(node, of: x, scale: 1, zeroPoint: 2)
    try emit(
      .quantize, [x], node, type: type, quantization: quantization, order: assembler.order(of: x))
  }

  func dequantizeLinear(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let quantization = try quantization(node, of: x, scale: 1, zeroPoint: 2)
    let order = assembler.order(of: x)
    try emit(.dequantize, [try quantized(x, quantization, node)], node, type: .f32, order: order)
  }

  /// `x` as a tensor whose integers stand for numbers by `quantization`.
  func quantized(
    _ x: TensorID, _ quantization: Quantization, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    if assembler[x].quantization == quantization { return x }
    if let data = assembler[x].constant {
      let order = assembler.order(of: x)
      return try inFile(node.place) { () throws(GraphError) in
        let id = assembler.constant(
          "\(assembler[x].name)/quantized", assembler[x].type, data, quantization: quantization)
        assembler.setOrder(order, of: id)
        return id
      }
    }
    return try apply(.reshape, [x], node, quantization: quantization, order: assembler.order(of: x))
  }

  /// What the node's constants say of the integers of `x`, or of what it is quantized to.
  func quantization(
    _ node: ONNXNode, of x: TensorID, scale: Int, zeroPoint: Int
  ) throws(ModelFormatError) -> Quantization {
    let scales = try floats(node, scale)
    let zeroPoints = try optionalIntegers(node, zeroPoint)?.map { Int32(clamping: $0) }
    if scales.count == 1 {
      return .perTensor(scale: scales[0], zeroPoint: zeroPoints?.first ?? 0)
    }
    if try node.integer("block_size", default: 0) != 0 { throw node.unsupported("is quantized in blocks") }
    let rank = shape(x).rank
    let axis = try axis(try node.integer("axis", default: 1), rank: rank, node)
    guard scales.count == shape(x)[axis], zeroPoints == nil || zeroPoints?.count == scales.count else {
      throw node.malformed(
        "\(scales.count) scales along axis \(axis) of \(shape(x))", expected: "\(shape(x)[axis])")
    }
    return Quantization(
      scales: scales, zeroPoints: zeroPoints ?? Array(repeating: 0, count: scales.count),
      axis: assembler.order(of: x).place(of: axis, rank: rank))
  }
}
