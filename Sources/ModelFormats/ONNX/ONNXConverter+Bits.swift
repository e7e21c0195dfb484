import Graph

// Operators on the bits of whole numbers, on truth values, and remainders.

extension ONNXConverter {
  static let bits: [String: Handler] = [
    "BitwiseAnd": binary(.bitwiseAnd), "BitwiseOr": binary(.bitwiseOr), "BitwiseXor": binary(.bitwiseXor),
    "Xor": binary(.notEqual),
    "BitCast": ONNXConverter.bitCast,
    "BitShift": ONNXConverter.bitShift,
    "Mod": ONNXConverter.modulo,
  ]

  func bitShift(_ node: ONNXNode) throws(ModelFormatError) {
    let shift: Binary
    switch try node.string("direction") {
    case "LEFT": shift = .shiftLeft
    case "RIGHT": shift = .shiftRight
    case let name: throw node.malformed("direction '\(name ?? "")'", expected: "LEFT or RIGHT")
    }
    try emit(shift, try input(node, 0), try input(node, 1), node)
  }

  func modulo(_ node: ONNXNode) throws(ModelFormatError) {
    let a = try input(node, 0)
    let isTruncated = try node.flag("fmod", default: false)
    try emit(isTruncated ? .truncatedModulo : .floorModulo, a, try input(node, 1), node)
  }

  func bitCast(_ node: ONNXNode) throws(ModelFormatError) {
    let number = try node.integer("to", default: 0)
    guard let type = ONNXDataType(rawValue: number)?.elementType else {
      throw node.unsupported("converts to type \(number)")
    }
    try emit(.bitcast, [try written(node, 0)], node, type: type)
  }
}
