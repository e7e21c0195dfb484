import Graph

// Products of bytes less their zero points, as 32-bit integers.
//
// They are summed in f32, which is exact while the magnitudes of the terms add up to 2^24 at most. Weights that are known mostly say
// so; what may exceed it is summed in parts that do not, and the parts are added as integers.

extension ONNXConverter {
  /// The largest sum of magnitudes that f32 adds exactly, in any order.
  private static let exactSum = 1 << 24
  /// The largest magnitude of a byte less its zero point.
  private static let largestByte = 255

  func integerProduct(_ node: ONNXNode) throws(ModelFormatError) {
    let a = try centred(node, 0, zeroPoint: 2, axis: -2)
    let b = try centred(node, 1, zeroPoint: 3, axis: -1)
    let (left, right) = (shape(a), shape(b))
    let axis = max(0, right.rank - 2)
    guard left.rank >= 1, right.rank >= 1, let depth = left.dimensions.last, depth == right[axis],
      try largestSum(node, 1, zeroPoint: 3, along: axis) > Self.exactSum / Self.largestByte
    else { return try emitWhole(try product(a, b, node), node) }
    let step = Self.exactSum / (Self.largestByte * Self.largestByte)
    var parts: [TensorID] = []
    for first in stride(from: 0, to: depth, by: step) {
      let range = first..<min(depth, first + step)
      let terms = try product(
        try part(a, axis: left.rank - 1, range, node), try part(b, axis: axis, range, node), node)
      parts.append(try apply(.cast, [terms], node, type: .i32))
    }
    try bindSum(parts, node)
  }

  func integerConvolution(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try centred(node, 0, zeroPoint: 2, axis: 1)
    let weights = try centred(node, 1, zeroPoint: 3, axis: 0)
    let own = shape(weights)
    let window = own.dimensions.dropFirst(2).reduce(1, *)
    let step = Self.exactSum / (Self.largestByte * Self.largestByte) / max(1, window)
    guard own.rank >= 3, step >= 1, own[1] > step, try node.integer("group", default: 1) == 1,
      try largestSum(node, 1, zeroPoint: 3, along: nil) > Self.exactSum / Self.largestByte
    else { return try emitWhole(try convolution(node, x: x, weights: weights, bias: nil), node) }
    var parts: [TensorID] = []
    for first in stride(from: 0, to: own[1], by: step) {
      let range = first..<min(own[1], first + step)
      let terms = try convolution(
        node, x: try part(x, axis: 1, range, node), weights: try part(weights, axis: 1, range, node),
        bias: nil)
      parts.append(try apply(.cast, [try inOrder(.written, terms, node)], node, type: .i32))
    }
    try bindSum(parts, node)
  }

  private func emitWhole(_ x: TensorID, _ node: ONNXNode) throws(ModelFormatError) {
    try emit(.cast, [x], node, type: .i32, order: assembler.order(of: x))
  }

  private func bindSum(_ parts: [TensorID], _ node: ONNXNode) throws(ModelFormatError) {
    guard var sum = parts.first else { throw node.malformed("no terms", expected: "1 and more") }
    for part in parts.dropFirst() {
      sum = try apply(.binary(.add, activation: .none), [sum, part], node)
    }
    try bind(sum, node)
  }

  /// The largest sum of magnitudes of known bytes that one result is made of; `.max` where they are not known.
  ///
  /// - Parameter axis: The one that is summed over in each matrix; `nil` where it is all axes but the first.
  private func largestSum(
    _ node: ONNXNode, _ position: Int, zeroPoint: Int, along axis: Int?
  ) throws(ModelFormatError) -> Int {
    let x = try written(node, position)
    let own = shape(x)
    guard let data = assembler[x].constant, let count = own.elementCount, data.byteCount == count, count > 0,
      try optional(node, zeroPoint).map({ assembler.isConstant($0) }) ?? true
    else { return .max }
    let offsets = try optionalIntegers(node, zeroPoint) ?? [0]
    let isSigned = elementType(x) == .i8
    guard isSigned || elementType(x) == .u8 else { return .max }
    let columns = axis == nil ? 1 : own.dimensions.last ?? 1
    let terms = axis.map { own[$0] } ?? count / own[0]
    // One sum for each result: a column of one of the matrices, or all of one filter.
    let results = axis == nil ? own[0] : count / max(1, terms)
    guard offsets.count == 1 || offsets.count == (axis == nil ? own[0] : columns) else { return .max }
    var sums = [Int](repeating: 0, count: results)
    for (index, byte) in data.elements(as: UInt8.self).enumerated() {
      let number = isSigned ? Int(Int8(bitPattern: byte)) : Int(byte)
      let result = axis == nil ? index / terms : index / (terms * columns) * columns + index % columns
      let offset = offsets.count == 1 ? offsets[0] : offsets[axis == nil ? result : index % columns]
      sums[result] += abs(number - offset)
    }
    return sums.max() ?? 0
  }

  /// The elements `range` along an axis.
  private func part(
    _ x: TensorID, axis: Int, _ range: Range<Int>, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    try slice(try inOrder(.written, x, node), axis: axis, from: range.lowerBound, count: range.count, node)
  }
}
