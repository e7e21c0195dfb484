import Graph

// Reductions over axes, and functions along one.

extension ONNXConverter {
  static let reductions: [String: Handler] = [
    "ArgMax": argument(largest: true),
    "ArgMin": argument(largest: false),
    "LogSoftmax": ONNXConverter.logSoftmax,
    "ReduceL2": reduction(.l2Norm, axesAsInputFrom: 18),
    "ReduceMax": reduction(.maximum, axesAsInputFrom: 18),
    "ReduceMean": reduction(.mean, axesAsInputFrom: 18),
    "ReduceMin": reduction(.minimum, axesAsInputFrom: 18),
    "ReduceProd": reduction(.product, axesAsInputFrom: 18),
    "ReduceSum": reduction(.sum, axesAsInputFrom: 13),
    "ReduceSumSquare": reduction(.sumOfSquares, axesAsInputFrom: 18),
    "Softmax": ONNXConverter.softmax,
  ]

  private static func reduction(_ reduction: Reduction, axesAsInputFrom opset: Int) -> Handler {
    { converter in
      { (node) throws(ModelFormatError) in
        let x = try converter.input(node, 0)
        let id = try converter.reduced(x, reduction, axesAsInputFrom: opset, node)
        try converter.bind(id, node)
      }
    }
  }

  /// `x` reduced over the axes that the node names; all of them where it names none.
  func reduced(
    _ x: TensorID, _ reduction: Reduction, axesAsInputFrom opset: Int, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    let rank = shape(x).rank
    let given = (node.opset < opset ? try node.integers("axes") : try optionalIntegers(node, 1)) ?? []
    if given.isEmpty, try node.flag("noop_with_empty_axes", default: false) { return x }
    let axes = given.isEmpty ? Array(0..<rank) : try self.axes(given, rank: rank, node)
    let keepsDimensions = try node.flag("keepdims", default: true)
    return try reduced(x, reduction, axes: axes, keepsDimensions: keepsDimensions, node)
  }

  func reduced(
    _ x: TensorID, _ reduction: Reduction, axes: [Int], keepsDimensions: Bool, _ node: ONNXNode
  ) throws(ModelFormatError) -> TensorID {
    let rank = shape(x).rank
    let order = assembler.order(of: x)
    let places = axes.map { order.place(of: $0, rank: rank) }.sorted()
    if keepsDimensions {
      return try apply(.reduce(reduction, axes: places, keepsDimensions: true), [x], node, order: order)
    }
    // Without the reduced axes, what is left is as written only if it lies so.
    let left = order.permutation(rank: rank).filter { !axes.contains($0) }
    let operand = left == left.sorted() ? x : try inOrder(.written, x, node)
    let operandPlaces = left == left.sorted() ? places : axes.sorted()
    return try apply(.reduce(reduction, axes: operandPlaces, keepsDimensions: false), [operand], node)
  }

  private static func argument(largest: Bool) -> Handler {
    { converter in { (node) throws(ModelFormatError) in try converter.argument(largest: largest, node) } }
  }

  private func argument(largest: Bool, _ node: ONNXNode) throws(ModelFormatError) {
    let x = try input(node, 0)
    let rank = shape(x).rank
    let axis = try axis(try node.integer("axis", default: 0), rank: rank, node)
    let keepsDimensions = try node.flag("keepdims", default: true)
    let order = keepsDimensions ? assembler.order(of: x) : .written
    let operand = try inOrder(order, x, node)
    let place = order.place(of: axis, rank: rank)
    let op: Operator =
      largest
      ? .argMax(axis: place, keepsDimensions: keepsDimensions)
      : .argMin(axis: place, keepsDimensions: keepsDimensions)
    guard try node.flag("select_last_index", default: false) else {
      try emit(op, [operand], node, type: .i64, order: order)
      return
    }
    // The first of the elements in reverse order.
    let own = assembler[operand].shape
    var begin = Array(repeating: 0, count: rank)
    var strides = Array(repeating: 1, count: rank)
    (begin[place], strides[place]) = (own[place] - 1, -1)
    let reversed = try apply(
      .slice(begin: begin, strides: strides), [operand], node, shape: own, order: order)
    let fromEnd = try apply(op, [reversed], node, type: .i64, order: order)
    let last = try scalar(Double(own[place] - 1), like: fromEnd, node)
    try emit(.binary(.subtract, activation: .none), [last, fromEnd], node, order: order)
  }

  func softmax(_ node: ONNXNode) throws(ModelFormatError) {
    try alongAxis(node) { .softmax(axis: $0, beta: 1) }
  }

  func logSoftmax(_ node: ONNXNode) throws(ModelFormatError) { try alongAxis(node) { .logSoftmax(axis: $0) } }

  /// Before opset 13 all axes from the given one on are one.
  private func alongAxis(_ node: ONNXNode, _ op: (Int) -> Operator) throws(ModelFormatError) {
    let x = try input(node, 0)
    let own = shape(x)
    let axis = try axis(try node.integer("axis", default: node.opset < 13 ? 1 : -1), rank: own.rank, node)
    let order = assembler.order(of: x)
    if node.opset >= 13 || own.dimensions[(axis + 1)...].allSatisfy({ $0 == 1 }) {
      try emit(op(order.place(of: axis, rank: own.rank)), [x], node, order: order)
      return
    }
    let written = try inOrder(.written, x, node)
    let rows = own.dimensions[..<axis].reduce(1, *)
    let flat = try apply(
      .reshape, [written], node, shape: [rows, own.dimensions[axis...].reduce(1, *)])
    let result = try apply(op(1), [flat], node)
    try emit(.reshape, [result], node, shape: own)
  }
}
