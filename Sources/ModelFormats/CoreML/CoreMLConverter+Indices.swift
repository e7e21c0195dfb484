import Graph

// Operations on indices: gathers, scatters, sorting, masks.

extension CoreMLConverter {
  static let indexOperations: [String: Operation] = [
    "argsort": CoreMLConverter.argumentSort,
    "band_part": CoreMLConverter.bandPart,
    "cumsum": CoreMLConverter.cumulativeSum,
    "gather": CoreMLConverter.gather,
    "gather_along_axis": { converter in
      { (call) throws(ModelFormatError) in
        _ = try converter.node(
          "GatherElements", [try call.name("x"), try call.name("indices")], call.output,
          ["axis": ONNXAttribute(integer: try call.integer("axis", default: 0))])
      }
    },
    "gather_nd": { converter in
      { (call) throws(ModelFormatError) in
        let indices = try converter.converted(try call.name("indices"), to: .i64)
        try converter.node(
          "GatherND", [try call.name("x"), indices], call.output,
          ["batch_dims": ONNXAttribute(integer: try call.integer("batch_dims", default: 0))])
      }
    },
    "non_maximum_suppression": CoreMLConverter.nonMaximumSuppression,
    "non_zero": { converter in
      { (call) throws(ModelFormatError) in
        let places = try converter.node("NonZero", [try call.name("x")])
        try converter.convert(try converter.transposed(places, [1, 0]), to: .i32, call.output)
      }
    },
    "one_hot": CoreMLConverter.oneHot,
    "range_1d": { converter in
      { (call) throws(ModelFormatError) in
        _ = try converter.node(
          "Range", [try call.name("start"), try call.name("end"), try call.name("step")], call.output)
      }
    },
    "scatter_along_axis": CoreMLConverter.scatterAlongAxis,
    "scatter_nd": CoreMLConverter.scatterND,
    "topk": CoreMLConverter.topK,
  ]

  func gather(_ call: MILCall) throws(ModelFormatError) {
    guard try call.integer("batch_dims", default: 0) == 0 else {
      throw call.operation.unsupported("gathers a batch at a time (batch_dims)")
    }
    try node(
      "Gather", [try call.name("x"), try wideIndices(try call.name("indices"))], call.output,
      ["axis": ONNXAttribute(integer: try call.integer("axis", default: 0))])
  }

  /// Indices that may have been narrowed to 16 or 8 bits.
  private func wideIndices(_ indices: String) throws(ModelFormatError) -> String {
    let type = try elementType(indices)
    return type == .i32 || type == .i64 ? indices : try converted(indices, to: .i32)
  }

  private static let reductions = [
    "update": "none", "add": "add", "mul": "mul", "max": "max", "min": "min", "sub": "add",
  ]

  /// The reduction of a scatter's mode, and the updates for it: what is subtracted is added negated.
  func scattered(_ call: MILCall) throws(ModelFormatError) -> (
    updates: String, reduction: ONNXAttribute
  ) {
    let mode = try call.text("mode", default: "add")
    guard let reduction = Self.reductions[mode] else {
      throw call.operation.unsupported("scatters in mode '\(mode)'")
    }
    let updates = try call.name("updates")
    return (mode == "sub" ? try node("Neg", [updates]) : updates, ONNXAttribute(text: reduction))
  }

  func scatterND(_ call: MILCall) throws(ModelFormatError) {
    let (updates, reduction) = try scattered(call)
    let indices = try converted(try call.name("indices"), to: .i64)
    try node("ScatterND", [try call.name("data"), indices, updates], call.output, ["reduction": reduction])
  }

  func scatterAlongAxis(_ call: MILCall) throws(ModelFormatError) {
    let (updates, reduction) = try scattered(call)
    try node(
      "ScatterElements", [try call.name("data"), try call.name("indices"), updates], call.output,
      ["reduction": reduction, "axis": ONNXAttribute(integer: try call.integer("axis", default: 0))])
  }

  func topK(_ call: MILCall) throws(ModelFormatError) {
    try topK(
      try call.name("x"), k: try call.integer("k", default: 1), axis: try call.integer("axis", default: -1),
      largest: try !call.flag("ascending"), values: call.outputs.first,
      indices: call.outputs.dropFirst().first)
  }

  func topK(
    _ x: String, k: Int, axis: Int, largest: Bool, values: String?, indices: String?
  ) throws(ModelFormatError) {
    let wide = freshName("indices")
    try node(
      "TopK", [x, try integers([k])], outputs: [values ?? freshName("values"), wide],
      ["axis": ONNXAttribute(integer: axis), "largest": ONNXAttribute(integer: largest ? 1 : 0)])
    if let indices { try convert(wide, to: .i32, indices) }
  }

  func argumentSort(_ call: MILCall) throws(ModelFormatError) {
    let x = try call.name("x")
    let extents = try shape(x)
    let axis = try self.axis(try call.integer("axis", default: -1), rank: extents.count)
    try topK(
      x, k: extents[axis], axis: axis, largest: try !call.flag("ascending"), values: nil, indices: call.output
    )
  }

  func cumulativeSum(_ call: MILCall) throws(ModelFormatError) {
    let axis = try constant(
      TensorType(.i32, .scalar), TensorData([Int32(clamping: try call.integer("axis", default: 0))]))
    try node(
      "CumSum", [try call.name("x"), axis], call.output,
      [
        "exclusive": ONNXAttribute(integer: try call.flag("exclusive") ? 1 : 0),
        "reverse": ONNXAttribute(integer: try call.flag("reverse") ? 1 : 0),
      ])
  }

  func oneHot(_ call: MILCall) throws(ModelFormatError) {
    try oneHot(
      try wideIndices(try call.name("indices")), depth: try call.integer("one_hot_vector_size", default: 1),
      axis: try call.integer("axis", default: -1), on: try call.float("on_value", default: 1),
      off: try call.float("off_value", default: 0), call.output)
  }

  func oneHot(
    _ indices: String, depth: Int, axis: Int, on: Float, off: Float, _ output: String
  ) throws(ModelFormatError) {
    try node(
      "OneHot", [indices, try integers([depth]), try floats([off, on])], output,
      ["axis": ONNXAttribute(integer: axis)])
  }

  func bandPart(_ call: MILCall) throws(ModelFormatError) {
    try bandPart(
      try call.name("x"), lower: try call.integer("lower", default: -1),
      upper: try call.integer("upper", default: -1),
      call.output)
  }

  /// The last two axes with zeros outside of a band around the diagonal; -1 keeps all on that side.
  func bandPart(_ x: String, lower: Int, upper: Int, _ output: String) throws(ModelFormatError) {
    let extents = try shape(x)
    guard extents.count >= 2, let count = Shape(Array(extents.suffix(2))).elementCount else {
      throw malformed("\(extents.count) axes", expected: "2 and more")
    }
    let (rows, columns) = (extents[extents.count - 2], extents[extents.count - 1])
    try spend(count)
    let mask = (0..<rows).flatMap { row in
      (0..<columns).map { column -> UInt8 in
        (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper) ? 1 : 0
      }
    }
    let band = try constant(TensorType(.bool, [rows, columns]), TensorData(mask))
    try node("Where", [band, x, try scalar(0)], output)
  }

  /// Boxes `[batch, count, 4]` and scores `[batch, count, classes]` to the best: as many as are asked for, -1 and 0 where there
  /// are fewer.
  func nonMaximumSuppression(_ call: MILCall) throws(ModelFormatError) {
    throw call.operation.unsupported("is non_maximum_suppression, whose number of results depends on values")
  }
}
