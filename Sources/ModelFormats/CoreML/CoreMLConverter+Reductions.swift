import Graph

// Reductions over axes, softmax, and the places of extremes.

extension CoreMLConverter {
  static let reductionOperations: [String: Operation] = {
    var table: [String: Operation] = [
      "reduce_argmax": argument("ArgMax"), "reduce_argmin": argument("ArgMin"),
      "softmax": CoreMLConverter.softmax,
    ]
    for (name, op) in reductionNodes { table[name] = reduction(op) }
    return table
  }()

  private static func reduction(_ op: String) -> Operation {
    { converter in
      { (call) throws(ModelFormatError) in
        let axes = try call.integers("axes") ?? []
        let keeps = try call.flag("keep_dims")
        try converter.alias(try converter.reduced(op, try call.name("x"), axes, keeps: keeps), call.output)
      }
    }
  }

  private static func argument(_ op: String) -> Operation {
    { converter in
      { (call) throws(ModelFormatError) in
        try converter.argument(
          op, try call.name("x"), axis: try call.integer("axis", default: -1),
          keeps: try call.flag("keep_dims"),
          call.output)
      }
    }
  }

  func softmax(_ call: MILCall) throws(ModelFormatError) {
    try node(
      "Softmax", [try call.name("x")], call.output,
      ["axis": ONNXAttribute(integer: try call.integer("axis", default: -1))])
  }

  private static let reductionNodes: [String: String] = [
    "reduce_l1_norm": "ReduceL1", "reduce_l2_norm": "ReduceL2", "reduce_log_sum": "ReduceLogSum",
    "reduce_log_sum_exp": "ReduceLogSumExp", "reduce_max": "ReduceMax", "reduce_mean": "ReduceMean",
    "reduce_min": "ReduceMin", "reduce_prod": "ReduceProd", "reduce_sum": "ReduceSum",
    "reduce_sum_square": "ReduceSumSquare",
  ]

  /// - Parameter axes: All of them where it is empty.
  func reduced(_ op: String, _ x: String, _ axes: [Int], keeps: Bool = true) throws(ModelFormatError)
    -> String
  {
    let attributes = ["keepdims": ONNXAttribute(integer: keeps ? 1 : 0)]
    switch op {
    case "ReduceL1": return try reduced("ReduceSum", try node("Abs", [x]), axes, keeps: keeps)
    case "ReduceLogSum": return try node("Log", [try reduced("ReduceSum", x, axes, keeps: keeps)])
    case "ReduceLogSumExp":
      // The largest is taken out first: its exponential could overflow.
      let largest = try reduced("ReduceMax", x, axes)
      let sum = try reduced("ReduceSum", try node("Exp", [try node("Sub", [x, largest])]), axes)
      let result = try node("Add", [try node("Log", [sum]), largest])
      guard !keeps else { return result }
      let extents = try shape(x)
      let over = try axes.isEmpty ? Array(extents.indices) : self.axes(axes, rank: extents.count)
      return try reshaped(result, extents.indices.filter { !over.contains($0) }.map { extents[$0] })
    default:
      return try node(op, axes.isEmpty ? [x] : [x, try integers(axes)], nil, attributes)
    }
  }

  /// Core ML's indices have 32 bits.
  func argument(_ op: String, _ x: String, axis: Int, keeps: Bool, _ output: String) throws(ModelFormatError)
  {
    let index = try node(
      op, [x], nil, ["axis": ONNXAttribute(integer: axis), "keepdims": ONNXAttribute(integer: keeps ? 1 : 0)])
    try convert(index, to: .i32, output)
  }
}
