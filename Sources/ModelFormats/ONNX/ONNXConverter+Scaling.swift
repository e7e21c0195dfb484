import Graph
import Lowering

// Quantization as arithmetic: where scales run along an axis of a tensor that is not constant, or in blocks, and for element
// types that no kernel has scales for.

extension ONNXConverter {
  /// Whether kernels have no form for integers of `type` with the scales of input 1.
  func scalesAsArithmetic(_ node: ONNXNode, _ x: TensorID, _ type: ElementType) throws(ModelFormatError)
    -> Bool
  {
    let scale = try input(node, 1)
    if try node.integer("block_size", default: 0) != 0 || elementType(scale) != .f32 { return true }
    if assembler.isConstant(x) || assembler[x].quantization != nil { return false }
    return shape(scale).elementCount != 1 || ![.i8, .u8, .i16, .u16, .i32].contains(type)
  }

  /// `(x - zeroPoint) * scale`, in the type of the scale.
  func dequantizedByArithmetic(_ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let x = try written(node, 0)
    let scale = try written(node, 1)
    var numbers = try apply(.cast, [x], node, type: .f32)
    if let zeroPoint = try optional(node, 2) {
      let zero = try apply(.cast, [zeroPoint], node, type: .f32)
      numbers = try apply(
        .binary(.subtract, activation: .none), [numbers, try spread(zero, over: x, node)], node)
    }
    let factor = try apply(.cast, [scale], node, type: .f32)
    let result = try apply(
      .binary(.multiply, activation: .none), [numbers, try spread(factor, over: x, node)], node)
    return elementType(scale) == .f32 ? result : try apply(.cast, [result], node, type: elementType(scale))
  }

  /// `x / scale`, rounded half to even, plus the zero point, held to the type's range. Floats of 8 bits round by themselves.
  func emitQuantizedByArithmetic(_ node: ONNXNode, _ type: ElementType) throws(ModelFormatError) {
    let x = try written(node, 0)
    let scale = try apply(.cast, [try written(node, 1)], node, type: .f32)
    var numbers = try apply(.cast, [x], node, type: .f32)
    numbers = try apply(
      .binary(.divide, activation: .none), [numbers, try spread(scale, over: x, node)], node)
    if let range = type.integerBounds {
      numbers = try apply(.unary(.round), [numbers], node)
      if let zeroPoint = try optional(node, 2) {
        let zero = try apply(.cast, [zeroPoint], node, type: .f32)
        numbers = try apply(
          .binary(.add, activation: .none), [numbers, try spread(zero, over: x, node)], node)
      }
      let limits = Unary.clamp(min: Float(range.lowerBound), max: Float(range.upperBound))
      numbers = try apply(.unary(limits), [numbers], node)
    }
    try emit(.cast, [numbers], node, type: type)
  }

  /// A scale or zero point for each element of `x`, or so that it broadcasts: one number, one an index of the axis, or one a block.
  private func spread(_ operand: TensorID, over x: TensorID, _ node: ONNXNode) throws(ModelFormatError)
    -> TensorID
  {
    let own = shape(x)
    let given = shape(operand)
    if given.elementCount == 1 { return try apply(.reshape, [operand], node, shape: .scalar) }
    let axis = try axis(try node.integer("axis", default: 1), rank: own.rank, node)
    let block = try node.integer("block_size", default: 0)
    var dimensions = own.dimensions.map { _ in 1 }
    if block == 0 {
      dimensions[axis] = own[axis]
      guard given.elementCount == own[axis] else {
        throw node.malformed("\(given) scales along axis \(axis) of \(own)", expected: "\(own[axis])")
      }
      return try apply(.reshape, [operand], node, shape: Shape(dimensions))
    }
    guard (1...Shape.largestExtent).contains(block), given.rank == own.rank,
      given[axis] == (own[axis] + block - 1) / block
    else {
      throw node.malformed("\(given) scales in blocks of \(block) for \(own)", expected: "one a block")
    }
    // Each is repeated along its block; the last block may be cut short.
    var split = given.dimensions
    split.insert(1, at: axis + 1)
    var repeated = split
    repeated[axis + 1] = min(block, own[axis])
    var joined = given.dimensions
    joined[axis] *= repeated[axis + 1]
    let columns = try apply(.reshape, [operand], node, shape: Shape(split))
    let blocks = try apply(.broadcast, [columns], node, shape: Shape(repeated))
    let whole = try apply(.reshape, [blocks], node, shape: Shape(joined))
    if joined[axis] == own[axis] { return whole }
    joined[axis] = own[axis]
    return try apply(
      .slice(begin: joined.map { _ in 0 }, strides: joined.map { _ in 1 }), [whole], node,
      shape: Shape(joined))
  }
}
