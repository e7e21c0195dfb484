import Graph

// Layers that move elements.

extension CoreMLConverter {
  static let movementLayers: [Int: Layer] = {
    return [
      290: making { (c, layer, _, p) throws(ModelFormatError) in
        let shape = try p.integers(1)
        return try c.weights(layer, 2, c.networkHasOldAxes ? [1] + shape : shape)
      },
      300: making { (c, _, x, p) throws(ModelFormatError) in
        try c.oldReshape(x, try p.integers(1), channelsLast: try p.integer(2) == 1)
      },
      301: making { (c, _, x, p) throws(ModelFormatError) in
        let extents = try c.shape(x)
        return try c.oldReshape(
          x, [extents.suffix(3).reduce(1, *), 1, 1], channelsLast: try p.integer(1) == 1)
      },
      310: making { (c, _, x, p) throws(ModelFormatError) in
        let axes = try p.integers(1)
        guard try c.shape(x).count == axes.count else {
          throw c.malformed("\(axes.count) axes to permute", expected: "\(try c.shape(x).count)")
        }
        return try c.transposed(x, axes)
      },
      320: making { (c, layer, x, p) throws(ModelFormatError) in
        let rank = try c.shape(x).count
        let axis = try p.flag(100) ? 0 : max(0, rank - 3)
        return try c.node("Concat", try c.allBlobs(layer), nil, ["axis": ONNXAttribute(integer: axis)])
      },
      330: CoreMLConverter.splitLayer,
      340: making { (c, _, x, p) throws(ModelFormatError) in
        let rank = try c.shape(x).count
        let repetitions = max(1, try p.integer(1))
        return try c.node(
          "Tile", [x, try c.integers([repetitions] + Array(repeating: 1, count: max(0, rank - 1)))])
      },
      350: making { (c, _, x, p) throws(ModelFormatError) in
        let rank = try c.shape(x).count
        let axis = rank - 3 + (try p.integer(4))
        let extent = try c.shape(x)[try c.axis(axis, rank: rank)]
        let end = try p.integer(2)
        return try c.slice(
          x, starts: [try p.integer(1)], ends: [end == 0 ? extent : end], axes: [axis],
          steps: [max(1, try p.integer(3))])
      },
      920: making { (c, _, x, p) throws(ModelFormatError) in
        try c.node("Tile", [x, try c.integers(try p.integers(1))])
      },
      925: making { (c, layer, x, p) throws(ModelFormatError) in
        try c.stacked(
          try c.allBlobs(layer), axis: try c.axis(try p.integer(1), rank: try c.shape(x).count + 1))
      },
      960: making { (c, _, x, p) throws(ModelFormatError) in
        let output = c.freshName("reversed")
        let flags = try p.integers(1)
        try c.reverse(x, flags.indices.filter { flags[$0] != 0 }, output)
        return output
      },
      975: CoreMLConverter.splitNDLayer,
      980: making { (c, layer, _, p) throws(ModelFormatError) in
        if try p.flag(2) { throw c.unsupported("concatenates by turns (interleave)") }
        return try c.node(
          "Concat", try c.allBlobs(layer), nil, ["axis": ONNXAttribute(integer: try p.integer(1))])
      },
      985: making { (c, _, x, p) throws(ModelFormatError) in
        try c.transposed(x, try c.axes(try p.integers(1), rank: try c.shape(x).count))
      },
      995: making { (c, _, x, p) throws(ModelFormatError) in
        let output = c.freshName("slice")
        try c.sliceByIndex(
          x, begin: try p.integers(1), end: try p.integers(3), strides: try p.integers(5),
          beginMask: try p.integers(2).map { $0 != 0 }, endMask: try p.integers(4).map { $0 != 0 },
          squeezeMask: try p.integers(6).map { $0 != 0 }, output)
        return output
      },
      1005: making { (c, _, x, p) throws(ModelFormatError) in
        let output = c.freshName("windows")
        try c.slidingWindows(
          x, axis: try p.integer(1), size: try p.integer(2), step: max(1, try p.integer(3)), output)
        return output
      },
      1065: making { (c, _, x, _) throws(ModelFormatError) in try c.floats(try c.shape(x).map { Float($0) })
      },
      1070: making { (c, layer, _, p) throws(ModelFormatError) in try c.weights(layer, 2, try p.integers(1))
      },
      1080: making { (c, _, x, p) throws(ModelFormatError) in
        let output = c.freshName("filled")
        try c.fill(try c.shape(x), try p.float(1), output)
        return output
      },
      1085: making { (c, _, _, p) throws(ModelFormatError) in
        let output = c.freshName("filled")
        try c.fill(try p.integers(2), try p.float(1), output)
        return output
      },
      1100: making { (c, layer, x, _) throws(ModelFormatError) in
        try c.node("Expand", [x, try c.integers(try c.shape(try c.blob(layer, 1)))])
      },
      1105: making { (c, _, x, p) throws(ModelFormatError) in
        try c.node("Expand", [x, try c.integers(try p.integers(1))])
      },
      1120: making { (c, _, x, p) throws(ModelFormatError) in
        let extents = try c.shape(x)
        let axes = try p.flag(2) ? extents.indices.filter { extents[$0] == 1 } : try p.integers(1)
        return try c.node("Squeeze", [x, try c.integers(axes)])
      },
      1125: making { (c, _, x, p) throws(ModelFormatError) in
        try c.node("Unsqueeze", [x, try c.integers(try p.integers(1))])
      },
      1130: making { (c, _, x, p) throws(ModelFormatError) in
        try c.node("Flatten", [x], nil, ["axis": ONNXAttribute(integer: try p.integer(1))])
      },
      1135: making { (c, layer, x, _) throws(ModelFormatError) in
        try c.reshaped(x, try c.shape(try c.blob(layer, 1)))
      },
      1140: making { (c, _, x, p) throws(ModelFormatError) in try c.reshaped(x, try p.integers(1)) },
      1145: making { (c, layer, x, _) throws(ModelFormatError) in
        try c.reshaped(x, try c.tracedIntegers(try c.blob(layer, 1)))
      },
      1150: making { (c, _, x, p) throws(ModelFormatError) in try c.reshaped(x, try p.integers(1)) },
      1155: making { (c, _, x, p) throws(ModelFormatError) in
        if try p.flag(3) { throw c.unsupported("pads to a given size") }
        return try c.node(
          "Pad",
          [x, try c.integers(CoreMLConverter.onnxPads(try p.integers(2))), try c.scalar(try p.float(1))])
      },
      1470: making { (c, layer, x, p) throws(ModelFormatError) in
        let extents = try c.shape(x)
        let axis = try c.axis(try p.integer(3), rank: extents.count)
        let begin = try c.tracedIntegers(try c.blob(layer, 1)).first ?? 0
        return try c.slice(
          x, starts: [begin], ends: [begin &+ (try p.integer(2))], axes: [axis], steps: [1])
      },
    ]
  }()

  /// A reshape of the last three axes, of the elements in the order of channels, rows, columns or of rows, columns, channels.
  private func oldReshape(_ x: String, _ target: [Int], channelsLast: Bool) throws(ModelFormatError) -> String
  {
    let rank = try shape(x).count
    guard rank >= 3, target.count == 3 || target.count == 4 else {
      throw malformed("\(rank) axes to \(target.count)", expected: "3 or 4")
    }
    let leading = target.count == 4 ? [target[0]] : Array(try shape(x).dropLast(3))
    let own = Array(target.suffix(3))
    guard channelsLast else { return try reshaped(x, leading + own) }
    let front = Array(0..<rank - 3)
    let last = try transposed(x, front + [rank - 2, rank - 1, rank - 3])
    let shaped = try reshaped(last, leading + [own[1], own[2], own[0]])
    let count = leading.count
    return try transposed(shaped, Array(0..<count) + [count + 2, count, count + 1])
  }

  private func splitLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let x = try blob(layer)
    let extents = try shape(x)
    guard extents.count >= 3 else {
      throw malformed("\(extents.count) axes", expected: "channels, rows and columns")
    }
    try part(layer, x, axis: extents.count - 3, sizes: [])
  }

  private func splitNDLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let x = try blob(layer)
    try part(
      layer, x, axis: try axis(try layer.parameters.integer(1), rank: try shape(x).count),
      sizes: try layer.parameters.integers(3))
  }

  /// Equal parts where no sizes are given.
  private func part(_ layer: NeuralNetworkLayer, _ x: String, axis: Int, sizes: [Int])
    throws(ModelFormatError)
  {
    let count = layer.outputs.count
    let extent = try shape(x)[axis]
    let sizes = sizes.isEmpty ? Array(repeating: extent / count, count: count) : sizes
    let names = layer.outputs.map { _ in freshName("part") }
    try node("Split", [x, try integers(sizes)], outputs: names, ["axis": ONNXAttribute(integer: axis)])
    for (position, name) in names.enumerated() { try set(layer, name, position) }
  }
}
