import Graph

// Reductions, softmax, gathers and sorting. Indices are numbers like all others in a neural network.

extension CoreMLConverter {
  static let indexLayers: [Int: Layer] = {
    var table: [Int: Layer] = [
      175: making { (c, _, x, _) throws(ModelFormatError) in
        let rank = try c.shape(x).count
        return try c.node("Softmax", [x], nil, ["axis": ONNXAttribute(integer: max(0, rank - 3))])
      },
      280: making { (c, _, x, p) throws(ModelFormatError) in try c.oldReduction(x, p) },
      930: making { (c, layer, x, p) throws(ModelFormatError) in
        try c.node(
          "Gather", [x, try c.converted(try c.blob(layer, 1), to: .i32)], nil,
          ["axis": ONNXAttribute(integer: try p.integer(1))])
      },
      940: making { (c, layer, x, _) throws(ModelFormatError) in
        try c.node("GatherND", [x, try c.converted(try c.blob(layer, 1), to: .i64)])
      },
      950: making { (c, _, x, p) throws(ModelFormatError) in
        try c.node("Softmax", [x], nil, ["axis": ONNXAttribute(integer: try p.integer(1))])
      },
      952: making { (c, layer, x, p) throws(ModelFormatError) in
        try c.node(
          "GatherElements", [x, try c.converted(try c.blob(layer, 1), to: .i32)], nil,
          ["axis": ONNXAttribute(integer: try p.integer(1))])
      },
      1315: making { (c, _, x, p) throws(ModelFormatError) in
        let output = c.freshName("band")
        try c.bandPart(x, lower: try p.integer(1), upper: try p.integer(2), output)
        return output
      },
      1450: making { (c, _, x, p) throws(ModelFormatError) in
        let output = c.freshName("oneHot")
        try c.oneHot(
          try c.converted(x, to: .i32), depth: try p.integer(1), axis: try p.integer(2), on: try p.float(3),
          off: try p.float(4), output)
        return output
      },
      1455: making { (c, _, x, p) throws(ModelFormatError) in
        let axis = try c.constant(
          TensorType(.i32, .scalar), TensorData([Int32(clamping: try p.integer(1))]))
        return try c.node(
          "CumSum", [x, axis], nil,
          [
            "exclusive": ONNXAttribute(integer: try p.integer(2)),
            "reverse": ONNXAttribute(integer: try p.integer(3)),
          ])
      },
      1461: making { (c, _, x, p) throws(ModelFormatError) in
        let extents = try c.shape(x)
        let axis = try c.axis(try p.integer(1), rank: extents.count)
        let indices = c.freshName("order")
        try c.topK(x, k: extents[axis], axis: axis, largest: try p.flag(2), values: nil, indices: indices)
        return try c.converted(indices, to: .f32)
      },
    ]
    table[1015] = running { (c, layer) throws(ModelFormatError) in
      let (values, indices) = (c.freshName("values"), c.freshName("indices"))
      let k = try layer.parameters.integer(2)
      var count = k
      if k == 0, layer.inputs.count > 1 { count = try c.tracedIntegers(try c.blob(layer, 1)).first ?? 1 }
      try c.topK(
        try c.blob(layer), k: count, axis: try layer.parameters.integer(1),
        largest: try !layer.parameters.flag(3), values: values, indices: indices)
      try c.set(layer, values, 0)
      try c.set(layer, try c.converted(indices, to: .f32), 1)
    }
    for (kind, op) in [(1020, "ArgMin"), (1025, "ArgMax")] {
      table[kind] = making { (c, _, x, p) throws(ModelFormatError) in
        let index = c.freshName("index")
        try c.argument(op, x, axis: try p.integer(1), keeps: try !p.flag(2), index)
        return try c.converted(index, to: .f32)
      }
    }
    for (kind, op) in [
      (1250, "ReduceL1"), (1255, "ReduceL2"), (1260, "ReduceMax"), (1265, "ReduceMin"), (1270, "ReduceSum"),
      (1275, "ReduceProd"), (1280, "ReduceMean"), (1285, "ReduceLogSum"), (1290, "ReduceSumSquare"),
      (1295, "ReduceLogSumExp"),
    ] {
      table[kind] = making { (c, _, x, p) throws(ModelFormatError) in
        let axes = try p.flag(3) ? [] : try p.integers(1)
        return try c.reduced(op, x, axes, keeps: try p.flag(2))
      }
    }
    // A triangle is a band that is open to one side; its edge may lie beside the diagonal.
    for (kind, isLower) in [(1320, true), (1325, false)] {
      table[kind] = making { (c, _, x, p) throws(ModelFormatError) in
        let k = try p.integer(1)
        guard isLower ? k >= 0 : k <= 0 else {
          throw c.unsupported("is a triangle beside the diagonal (k = \(k))")
        }
        let output = c.freshName("triangle")
        try c.bandPart(x, lower: isLower ? -1 : -k, upper: isLower ? k : -1, output)
        return output
      }
    }
    return table
  }()

  private func oldReduction(_ x: String, _ p: ProtobufRecord) throws(ModelFormatError) -> String {
    let rank = try shape(x).count
    guard rank >= 3 else { throw malformed("\(rank) axes", expected: "channels, rows and columns") }
    let choices = [
      [rank - 3, rank - 2, rank - 1], [rank - 2, rank - 1], [rank - 3], [rank - 2], [rank - 1],
    ]
    let choice = try p.integer(3)
    guard choices.indices.contains(choice) else { throw malformed("axis \(choice)", expected: "0 to 4") }
    let axes = choices[choice]
    let ops = [
      "ReduceSum", "ReduceMean", "ReduceProd", "ReduceLogSum", "ReduceSumSquare", "ReduceL1", "ReduceL2",
      "ReduceMax", "ReduceMin",
    ]
    let mode = try p.integer(1)
    if mode == 9, axes.count == 1 {
      let index = freshName("index")
      try argument("ArgMax", x, axis: axes[0], keeps: true, index)
      return try converted(index, to: .f32)
    }
    guard ops.indices.contains(mode) else { throw unsupported("reduces in mode \(mode)") }
    return try reduced(ops[mode], mode == 3 ? try linear(x, 1, try p.float(2)) : x, axes)
  }
}
