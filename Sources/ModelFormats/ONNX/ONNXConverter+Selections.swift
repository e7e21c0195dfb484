import Graph

// Operators whose results' shapes depend on values, and constants that are counted out.

extension ONNXConverter {
  static let selections: [String: Handler] = [
    "Compress": ONNXConverter.compress,
    "EyeLike": ONNXConverter.eyeLike,
    "NonZero": ONNXConverter.nonZero,
    "Range": ONNXConverter.range,
    "Trilu": ONNXConverter.trilu,
    "Unique": ONNXConverter.unique,
  ]

  /// The slices along an axis for which the condition holds; of the flattened tensor where there is no axis.
  func compress(_ node: ONNXNode) throws(ModelFormatError) {
    var x = try written(node, 0)
    var axis = 0
    if let given = try node.integer("axis") {
      axis = try self.axis(given, rank: shape(x).rank, node)
    } else {
      x = try flattened(x, node)
    }
    let condition = try integers(node, 1)
    let chosen = condition.indices.prefix(shape(x)[axis]).filter { condition[$0] != 0 }
    try emitChosen(chosen.map { Int64($0) }, of: x, along: axis, node)
  }

  /// The indices of elements other than 0, `[rank, count]`, in the order of the elements.
  func nonZero(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let flags = elementType(x) == .bool ? x : try apply(.cast, [x], node, type: .bool)
    let found = try value(of: flags, node).elements(as: UInt8.self)
    let places = found.indices.filter { found[$0] != 0 }
    // A scalar counts as a list of one.
    let dimensions = shape(x).rank == 0 ? [1] : shape(x).dimensions
    var indices: [Int64] = []
    for axis in dimensions.indices {
      let inner = dimensions[(axis + 1)...].reduce(1, *)
      indices += places.map { Int64($0 / inner % dimensions[axis]) }
    }
    guard assembler.spend(8 * indices.count) else { throw node.unsupported("finds \(places.count) elements") }
    try bind(constant(indices, .i64, shape: [dimensions.count, places.count], node, "indices"), node)
  }

  /// The slices that differ, sorted or in the order of their first appearance, where each appears first, which of them each
  /// slice is, and how often each appears.
  func unique(_ node: ONNXNode) throws(ModelFormatError) {
    var x = try written(node, 0)
    var axis = 0
    if let given = try node.integer("axis") {
      axis = try self.axis(given, rank: shape(x).rank, node)
    } else {
      x = try flattened(x, node)
    }
    let slices = try slices(of: x, along: axis, node)
    var order = Array(slices.indices)
    order.sort { (slices[$0].lexicographicallyPrecedes(slices[$1])) || (slices[$0] == slices[$1] && $0 < $1) }
    var groups: [[Int]] = []
    for index in order {
      if let last = groups.last, slices[last[0]] == slices[index] {
        groups[groups.count - 1].append(index)
      } else {
        groups.append([index])
      }
    }
    if try !node.flag("sorted", default: true) { groups.sort { $0[0] < $1[0] } }
    var inverse = Array(repeating: Int64(0), count: slices.count)
    for (number, group) in groups.enumerated() { for index in group { inverse[index] = Int64(number) } }
    let firsts = groups.map { Int64($0[0]) }
    try emitChosen(firsts, of: x, along: axis, node)
    try bind(constant(firsts, .i64, node, "indices"), node, output: 1)
    try bind(constant(inverse, .i64, node, "inverse"), node, output: 2)
    try bind(constant(groups.map { Int64($0.count) }, .i64, node, "counts"), node, output: 3)
  }

  /// The numbers of each slice along an axis, to be compared; whole numbers beyond 2^53 are not told apart.
  private func slices(of x: TensorID, along axis: Int, _ node: ONNXNode) throws(ModelFormatError)
    -> [[Double]]
  {
    let wide = elementType(x) == .f64 ? x : try apply(.cast, [x], node, type: .f64)
    let numbers = try value(of: wide, node).elements(as: Double.self)
    let dimensions = shape(x).dimensions
    let inner = dimensions[(axis + 1)...].reduce(1, *)
    var slices = Array(repeating: [Double](), count: dimensions[axis])
    for (index, number) in numbers.enumerated() { slices[index / inner % dimensions[axis]].append(number) }
    return slices
  }

  private func flattened(_ x: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    try apply(.reshape, [x], node, shape: [shape(x).elementCount ?? 0])
  }

  /// The slices of `x` at `places` along an axis as the node's output.
  private func emitChosen(
    _ places: [Int64], of x: TensorID, along axis: Int, _ node: ONNXNode
  ) throws(ModelFormatError) {
    guard !places.isEmpty else {
      var dimensions = shape(x).dimensions
      dimensions[axis] = 0
      return try bind(constant([UInt8](), elementType(x), shape: Shape(dimensions), node, "empty"), node)
    }
    try emit(.gather(axis: axis), [x, constant(places, .i64, node, "places")], node)
  }

  func range(_ node: ONNXNode) throws(ModelFormatError) {
    let type = elementType(try input(node, 0))
    let id: TensorID
    if type.isFloatingPoint {
      var bounds: [Double] = []
      for position in 0..<3 { bounds.append(Double(try floats(node, position).first ?? 0)) }
      let count = try rangeCount((bounds[1] - bounds[0]) / bounds[2], node)
      let numbers = (0..<count).map { Float(bounds[0] + Double($0) * bounds[2]) }
      id = constant(numbers, .f32, node, "numbers")
    } else {
      let (start, limit, step) = (try integer(node, 0), try integer(node, 1), try integer(node, 2))
      let count = try rangeCount((Double(limit) - Double(start)) / Double(step), node)
      id = constant((0..<count).map { Int64(start &+ $0 &* step) }, .i64, node, "numbers")
    }
    if elementType(id) == type { return try bind(id, node) }
    try emit(.cast, [id], node, type: type)
  }

  private func rangeCount(_ steps: Double, _ node: ONNXNode) throws(ModelFormatError) -> Int {
    guard steps.isFinite, steps <= Double(Shape.largestExtent) else {
      throw node.malformed("a range of \(steps) steps", expected: "at most \(Shape.largestExtent)")
    }
    let count = max(0, Int(steps.rounded(.up)))
    guard assembler.spend(8 * count) else { throw node.unsupported("makes a range of \(count) numbers") }
    return count
  }

  /// Ones on a diagonal, in the shape of the input.
  func eyeLike(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    try requireRank(2...2, x, node)
    let (rows, columns) = (shape(x)[0], shape(x)[1])
    var type = elementType(x)
    if let number = try node.integer("dtype") {
      guard let given = ONNXDataType(rawValue: number)?.elementType else {
        throw node.unsupported("makes elements of type \(number)")
      }
      type = given
    }
    let offset = try node.integer("k", default: 0)
    let flags = try mask(rows, columns, node) { $1 &- $0 == offset }
    if type == .bool { return try bind(flags, node) }
    try emit(.cast, [flags], node, type: type)
  }

  /// The upper or lower triangle of each matrix, 0 elsewhere.
  func trilu(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let own = shape(x)
    guard own.rank >= 2 else { throw node.malformed("\(own)", expected: "at least 2 axes") }
    let offset = try optionalIntegers(node, 1)?.first ?? 0
    let isUpper = try node.flag("upper", default: true)
    let kept = try mask(own[own.rank - 2], own[own.rank - 1], node) {
      isUpper ? $1 &- $0 >= offset : $1 &- $0 <= offset
    }
    try emit(.select, [kept, x, try scalar(0, like: x, node)], node)
  }

  /// Truth values by row and column.
  private func mask(
    _ rows: Int, _ columns: Int, _ node: ONNXNode, _ holds: (Int, Int) -> Bool
  ) throws(ModelFormatError) -> TensorID {
    guard let count = Shape([rows, columns]).elementCount, assembler.spend(count) else {
      throw node.unsupported("makes a mask of \(rows)x\(columns) elements")
    }
    var flags: [UInt8] = []
    flags.reserveCapacity(count)
    for row in 0..<rows { for column in 0..<columns { flags.append(holds(row, column) ? 1 : 0) } }
    return constant(flags, .bool, shape: [rows, columns], node, "mask")
  }
}
