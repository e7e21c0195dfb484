import Graph

// Operators on the elements of several tensors, which broadcast as in NumPy.

extension ONNXConverter {
  static let arithmetic: [String: Handler] = [
    "Add": binary(.add), "And": binary(.logicalAnd), "Div": binary(.divide), "Equal": binary(.equal),
    "Greater": binary(.greater), "GreaterOrEqual": binary(.greaterEqual), "Less": binary(.less),
    "LessOrEqual": binary(.lessEqual), "Mul": binary(.multiply), "Or": binary(.logicalOr),
    "PRelu": binary(.prelu), "Sub": binary(.subtract),
    "Max": folded(.maximum), "Min": folded(.minimum), "Sum": folded(.add),
    "Mean": ONNXConverter.mean,
    "Pow": ONNXConverter.power,
    "Where": ONNXConverter.whereNode,
  ]

  static func binary(_ binary: Binary) -> Handler {
    { converter in
      { (node) throws(ModelFormatError) in
        try converter.emit(binary, try converter.input(node, 0), try converter.input(node, 1), node)
      }
    }
  }

  /// An operator of any number of inputs, two at a time.
  private static func folded(_ binary: Binary) -> Handler {
    { converter in
      { (node) throws(ModelFormatError) in
        try converter.bind(try converter.combined(binary, node), node)
      }
    }
  }

  /// `a` and `b` in the same order of axes and, where they lie channels-last, of the same rank.
  func aligned(_ ids: [TensorID], _ node: ONNXNode) throws(ModelFormatError) -> (
    ids: [TensorID], order: AxisOrder
  ) {
    let order = commonOrder(ids)
    var result: [TensorID] = []
    let rank = ids.map { assembler[$0].shape.rank }.max() ?? 0
    for id in ids {
      guard order == .channelsLast, assembler[id].shape.rank > 0 else {
        result.append(try inOrder(order, id, node))
        continue
      }
      result.append(try inOrder(order, try withRank(rank, id, node), node))
    }
    return (result, order)
  }

  /// With axes of one element in front until there are `rank`.
  func withRank(_ rank: Int, _ id: TensorID, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    let own = shape(id)
    guard own.rank < rank else { return id }
    let written = try inOrder(.written, id, node)
    return try apply(
      .reshape, [written], node, shape: Shape(Array(repeating: 1, count: rank - own.rank) + own.dimensions))
  }

  func emit(_ binary: Binary, _ a: TensorID, _ b: TensorID, _ node: ONNXNode) throws(ModelFormatError) {
    let (ids, order) = try aligned([a, b], node)
    try emit(.binary(binary, activation: .none), ids, node, order: order)
  }

  /// All inputs, one after the other.
  private func combined(_ binary: Binary, _ node: ONNXNode) throws(ModelFormatError) -> TensorID {
    var result = try input(node, 0)
    for position in node.inputs.indices.dropFirst() {
      let (ids, order) = try aligned([result, try input(node, position)], node)
      result = try apply(.binary(binary, activation: .none), ids, node, order: order)
    }
    return result
  }

  func mean(_ node: ONNXNode) throws(ModelFormatError) {
    let sum = try combined(.add, node)
    let share = try scalar(1 / Double(node.inputs.count), like: sum, node)
    try emit(.multiply, sum, share, node)
  }

  /// The exponent may be of another type than the base.
  func power(_ node: ONNXNode) throws(ModelFormatError) {
    let base = try input(node, 0)
    var exponent = try input(node, 1)
    if elementType(exponent) != elementType(base) {
      exponent = try apply(
        .cast, [exponent], node, type: elementType(base), order: assembler.order(of: exponent))
    }
    if elementType(base) == .f32, assembler[exponent].shape.elementCount == 1,
      let value = assembler[exponent].constant?.elements(as: Float.self).first,
      assembler[exponent].shape.rank <= assembler[base].shape.rank
    {
      if value == 2 { return try emit(.square, node) }
      if value == 0.5 { return try emit(.sqrt, node) }
    }
    try emit(.power, base, exponent, node)
  }

  func whereNode(_ node: ONNXNode) throws(ModelFormatError) {
    let operands = [try input(node, 0), try input(node, 1), try input(node, 2)]
    let (ids, order) = try aligned(operands, node)
    try emit(.select, ids.map { $0 }, node, order: order)
  }
}
