// Operators on each element, along an axis, and conversions of type.

extension ShapeInference {
  func unary(_ unary: Unary) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let isLogical = unary == .logicalNot
    if unary == .bitwiseNot {
      try require(!x.elementType.isFloatingPoint, "x is \(x)", expected: "whole numbers")
    }
    try require(
      (x.elementType == .bool) == isLogical, "x is \(x)", expected: isLogical ? "bool" : "numbers")
    return unary.isPredicate ? TensorType(.bool, x.shape) : x
  }

  func binary(_ binary: Binary) throws(GraphError) -> TensorType {
    try requireInputs(2...2)
    let a = try input(0, "a")
    let b = try input(1, "b")
    try require(a.elementType == b.elementType, "a is \(a), b is \(b)", expected: "the same type")
    guard let shape = a.shape.broadcast(with: b.shape) else {
      throw mismatch("a is \(a), b is \(b)", expected: "shapes that broadcast")
    }
    switch binary {
    case .bitwiseAnd, .bitwiseOr, .bitwiseXor, .shiftLeft, .shiftRight:
      try require(
        !a.elementType.isFloatingPoint && a.elementType != .bool, "a is \(a)", expected: "whole numbers")
      return TensorType(a.elementType, shape)
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual:
      return TensorType(.bool, shape)
    case .logicalAnd, .logicalOr:
      try require(a.elementType == .bool, "a is \(a)", expected: "bool")
      return TensorType(.bool, shape)
    default:
      try require(a.elementType != .bool, "a is \(a)", expected: "numbers")
      return TensorType(a.elementType, shape)
    }
  }

  func select() throws(GraphError) -> TensorType {
    try requireInputs(3...3)
    let condition = try input(0, "condition")
    let a = try input(1, "a")
    let b = try input(2, "b")
    try require(condition.elementType == .bool, "condition is \(condition)", expected: "bool")
    try require(a.elementType == b.elementType, "a is \(a), b is \(b)", expected: "the same type")
    guard let values = a.shape.broadcast(with: b.shape), let shape = values.broadcast(with: condition.shape)
    else {
      throw mismatch(
        "condition is \(condition), a is \(a), b is \(b)", expected: "shapes that broadcast")
    }
    return TensorType(a.elementType, shape)
  }

  func reduce(axes: [Int], keepsDimensions: Bool) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    for axis in axes { try requireAxis(axis, of: x) }
    try require(Set(axes).count == axes.count, "axes \(axes)", expected: "each axis once")
    return TensorType(x.elementType, reduced(x.shape, axes: Set(axes), keepsDimensions: keepsDimensions))
  }

  func argReduce(axis: Int, keepsDimensions: Bool) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try requireAxis(axis, of: x)
    let indices = declared.first?.elementType ?? .i32
    try require(
      indices == .i32 || indices == .i64, "the output is \(indices)", expected: "i32 or i64")
    return TensorType(indices, reduced(x.shape, axes: [axis], keepsDimensions: keepsDimensions))
  }

  func softmax(axis: Int, beta: Float) throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    try requireAxis(axis, of: x)
    try require(beta.isFinite, "beta is \(beta)", expected: "a finite number")
    return x
  }

  func layerNorm(axes: Int, epsilon: Float) throws(GraphError) -> TensorType {
    try requireInputs(1...3)
    let x = try input(0, "x")
    try require(
      axes >= 1 && axes <= x.shape.rank, "\(axes) axes of \(x)", expected: "1 to \(x.shape.rank)")
    try require(epsilon.isFinite && epsilon >= 0, "epsilon is \(epsilon)", expected: "0 or more")
    let normalized = Shape(Array(x.shape.dimensions.suffix(axes)))
    for (index, role) in [(1, "scale"), (2, "bias")] {
      guard let operand = optionalInput(index) else { continue }
      try require(operand.shape == normalized, "\(role) is \(operand)", expected: "\(normalized)")
    }
    return x
  }

  func batchNorm(epsilon: Float) throws(GraphError) -> TensorType {
    try requireInputs(5...5)
    let x = try input(0, "x")
    try require(x.shape.rank >= 1, "x is \(x)", expected: "at least 1 axis")
    try require(epsilon.isFinite && epsilon >= 0, "epsilon is \(epsilon)", expected: "0 or more")
    let channels = Shape(Array(x.shape.dimensions.suffix(1)))
    for (index, role) in [(1, "scale"), (2, "bias"), (3, "mean"), (4, "variance")] {
      let operand = try input(index, role)
      try require(operand.shape == channels, "\(role) is \(operand)", expected: "\(channels)")
    }
    return x
  }

  func convert() throws(GraphError) -> TensorType {
    try requireInputs(1...1)
    let x = try input(0, "x")
    let target = try declaredOutput().elementType
    switch op {
    case .quantize:
      try require(!target.isFloatingPoint, "the output is \(target)", expected: "an integer type")
    case .dequantize:
      try require(target.isFloatingPoint, "the output is \(target)", expected: "f32 or f16")
    default: break
    }
    return TensorType(target, x.shape)
  }

  func readState(_ id: StateID) throws(GraphError) -> TensorType {
    try requireInputs(0...0)
    return try state(id).type
  }

  func writeState(_ id: StateID) throws(GraphError) {
    try requireInputs(1...1)
    let value = try input(0, "value")
    let state = try state(id)
    try require(
      value == state.type, "value is \(value)", expected: "\(state.type), as state '\(state.name)'")
  }

  private func state(_ id: StateID) throws(GraphError) -> State {
    guard states.indices.contains(id.index) else {
      throw mismatch("state \(id.index)", expected: "one of the graph's \(states.count)")
    }
    return states[id.index]
  }

  private func reduced(_ shape: Shape, axes: Set<Int>, keepsDimensions: Bool) -> Shape {
    Shape(
      shape.dimensions.enumerated().compactMap { axis, extent in
        axes.contains(axis) ? (keepsDimensions ? 1 : nil) : extent
      })
  }
}
