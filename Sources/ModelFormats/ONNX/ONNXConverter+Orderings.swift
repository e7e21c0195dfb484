import Graph

// Operators that look at the elements along an axis one after the other, and sums over products.

extension ONNXConverter {
  static let orderings: [String: Handler] = [
    "CumProd": cumulative(.product),
    "CumSum": cumulative(.sum),
    "Det": ONNXConverter.determinant,
    "ReduceL1": ONNXConverter.reduceL1,
    "ReduceLogSum": ONNXConverter.reduceLogSum,
    "ReduceLogSumExp": ONNXConverter.reduceLogSumExp,
    "TopK": ONNXConverter.topK,
  ]

  private static func cumulative(_ kind: Cumulation.Kind) -> Handler {
    { converter in
      { (node) throws(ModelFormatError) in
        let x = try converter.written(node, 0)
        let axis = try converter.axis(try converter.integer(node, 1), rank: converter.shape(x).rank, node)
        let cumulation = Cumulation(
          kind: kind, axis: axis, isExclusive: try node.flag("exclusive", default: false),
          isReversed: try node.flag("reverse", default: false))
        try converter.emit(.cumulative(cumulation), [x], node)
      }
    }
  }

  func determinant(_ node: ONNXNode) throws(ModelFormatError) {
    try emit(.determinant, [try written(node, 0)], node)
  }

  /// The values are gathered by the indices; both are sorted, which "sorted = 0" allows.
  func topK(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let count = node.opset < 10 ? try node.integer("k", default: 0) : try integer(node, 1)
    let axis = try axis(try node.integer("axis", default: -1), rank: shape(x).rank, node)
    let largest = try node.flag("largest", default: true)
    let places = try apply(.topIndices(axis: axis, count: count, largest: largest), [x], node, type: .i64)
    try emit(.gatherElements(axis: axis), [x, places], node)
    try bind(places, node, output: 1)
  }

  func reduceL1(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let sizes = try apply(.unary(.abs), [x], node)
    try bind(try reduced(sizes, .sum, axesAsInputFrom: 18, node), node)
  }

  func reduceLogSum(_ node: ONNXNode) throws(ModelFormatError) {
    let sum = try reduced(try written(node, 0), .sum, axesAsInputFrom: 18, node)
    try emit(.unary(.log), [sum], node)
  }

  /// The largest element is taken out of the sum, so that no power overflows.
  func reduceLogSumExp(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let rank = shape(x).rank
    let given = (node.opset < 18 ? try node.integers("axes") : try optionalIntegers(node, 1)) ?? []
    if given.isEmpty, try node.flag("noop_with_empty_axes", default: false) { return try bind(x, node) }
    let axes = given.isEmpty ? Array(0..<rank) : try self.axes(given, rank: rank, node)
    let top = try apply(.reduce(.maximum, axes: axes.sorted(), keepsDimensions: true), [x], node)
    let below = try apply(.binary(.subtract, activation: .none), [x, top], node)
    let powers = try apply(.unary(.exp), [below], node)
    let sum = try apply(.reduce(.sum, axes: axes.sorted(), keepsDimensions: true), [powers], node)
    let result = try apply(
      .binary(.add, activation: .none), [try apply(.unary(.log), [sum], node), top], node)
    if try node.flag("keepdims", default: true) { return try bind(result, node) }
    let kept = shape(x).dimensions.indices.filter { !axes.contains($0) }.map { shape(x)[$0] }
    try emit(.reshape, [result], node, shape: Shape(kept))
  }
}
