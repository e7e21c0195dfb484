import Graph

// Layers whose result has extents that are computed, and scatters. Indices are numbers like all others in a neural network.

extension CoreMLConverter {
  static let dynamicLayers: [Int: Layer] = [
    635: running { (c, layer) throws(ModelFormatError) in
      let p = layer.parameters
      try c.set(layer, try c.range(try p.float(2), try p.float(1), by: try p.float(3)))
    },
    640: running { (c, layer) throws(ModelFormatError) in
      let p = layer.parameters
      func bound(_ position: Int, _ field: Int) throws(ModelFormatError) -> Float {
        guard layer.inputs.count > position else { return try p.float(field) }
        return try c.tracedFloats(try c.blob(layer, position)).first ?? 0
      }
      // The end comes first, then what the parameters say where it is no input.
      try c.set(
        layer,
        try c.range(try bound(1, 2), try c.tracedFloats(try c.blob(layer)).first ?? 0, by: try bound(2, 3)))
    },
    935: running { (c, layer) throws(ModelFormatError) in
      let axis = try layer.parameters.integer(1)
      guard axis == 0 else { throw c.unsupported("scatters along axis \(axis)") }
      let indices = try c.blob(layer, 1)
      let rows = try c.reshaped(indices, try c.shape(indices) + [1])
      try c.scatter("ScatterND", layer, indices: rows, mode: try layer.parameters.integer(2), [:])
    },
    945: running { (c, layer) throws(ModelFormatError) in
      try c.scatter(
        "ScatterND", layer, indices: try c.blob(layer, 1), mode: try layer.parameters.integer(1), [:])
    },
    954: running { (c, layer) throws(ModelFormatError) in
      try c.scatter(
        "ScatterElements", layer, indices: try c.blob(layer, 1), mode: try layer.parameters.integer(2),
        ["axis": ONNXAttribute(integer: try layer.parameters.integer(1))])
    },
    965: making { (c, layer, x, p) throws(ModelFormatError) in
      let rank = try c.shape(x).count
      return try c.node(
        "ReverseSequence", [x, try c.converted(try c.blob(layer, 1), to: .i64)], nil,
        [
          "batch_axis": ONNXAttribute(integer: try c.axis(try p.integer(1), rank: rank)),
          "time_axis": ONNXAttribute(integer: try c.axis(try p.integer(2), rank: rank)),
        ])
    },
    1090: making { (c, _, x, p) throws(ModelFormatError) in
      let output = c.freshName("filled")
      try c.fill(try c.tracedIntegers(x), try p.float(1), output)
      return output
    },
    1110: making { (c, layer, x, _) throws(ModelFormatError) in
      try c.node("Expand", [x, try c.integers(try c.tracedIntegers(try c.blob(layer, 1)))])
    },
    1313: making { (c, _, x, _) throws(ModelFormatError) in
      try c.converted(try c.transposed(try c.node("NonZero", [x]), [1, 0]), to: .f32)
    },
  ]

  /// The numbers from `start` on, up to but without `end`.
  private func range(_ start: Float, _ end: Float, by step: Float) throws(ModelFormatError) -> String {
    guard step != 0, start.isFinite, end.isFinite, step.isFinite,
      let count = Int(exactly: ((end - start) / step).rounded(.up)), (1...Shape.largestExtent).contains(count)
    else { throw malformed("the numbers from \(start) to \(end) by \(step)", expected: "1 and more") }
    try spend(4 * count)
    return try floats((0..<count).map { start + Float($0) * step })
  }

  /// Data, indices and updates; `mode` is the schema's ScatterMode.
  private func scatter(
    _ op: String, _ layer: NeuralNetworkLayer, indices: String, mode: Int,
    _ attributes: [String: ONNXAttribute]
  ) throws(ModelFormatError) {
    let reductions = [0: "none", 1: "add", 2: "add", 3: "mul", 5: "max", 6: "min"]
    guard let reduction = reductions[mode] else { throw unsupported("scatters in mode \(mode)") }
    let updates = try blob(layer, 2)
    try set(
      layer,
      try node(
        op,
        [
          try blob(layer), try converted(indices, to: .i64), mode == 2 ? try node("Neg", [updates]) : updates,
        ],
        nil, attributes.merging(["reduction": ONNXAttribute(text: reduction)]) { $1 }))
  }
}
