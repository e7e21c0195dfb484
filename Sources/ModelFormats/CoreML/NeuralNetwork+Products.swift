import Graph

// Layers that multiply by weights or by each other.

extension CoreMLConverter {
  static let productLayers: [Int: Layer] = [
    140: CoreMLConverter.innerProductLayer, 150: CoreMLConverter.embeddingLayer,
    270: CoreMLConverter.dotLayer,
    1040: CoreMLConverter.embeddingLayer, 1045: CoreMLConverter.matMulLayer,
  ]

  private func innerProductLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let (inputs, outputs) = (try p.integer(1), try p.integer(2))
    let filters = try weights(layer, 20, [outputs, inputs])
    let bias = try p.flag(10) ? try weights(layer, 21, [outputs]) : nil
    let x = try blob(layer)
    let extents = try shape(x)
    // Channels of an image of one pixel.
    guard extents.count >= 4 else { return try set(layer, try dense(x, filters, bias)) }
    let leading = Array(extents.dropLast(3))
    let flat = try reshaped(x, leading + [extents.suffix(3).reduce(1, *)])
    try set(layer, try reshaped(try dense(flat, filters, bias), leading + [outputs, 1, 1]))
  }

  /// A row of a table for each index. Indices are numbers like all others.
  private func embeddingLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let (rows, width) = (try p.integer(1), try p.integer(2))
    let table = try transposed(try weights(layer, 20, [width, rows]), [1, 0])
    let bias = try p.flag(layer.kind == 150 ? 10 : 3) ? try weights(layer, 21, [width]) : nil
    let x = try blob(layer)
    let extents = try shape(x)
    let indices = try converted(try reshaped(x, [-1]), to: .i32)
    var result = try node("Gather", [table, indices], nil, ["axis": ONNXAttribute(integer: 0)])
    if let bias { result = try node("Add", [result, bias]) }
    let isImage = layer.kind == 150 && extents.count >= 3
    let shape =
      isImage
      ? extents.dropLast(3) + [width, 1, 1]
      : extents.last == 1 ? extents.dropLast() + [width] : extents + [width]
    try set(layer, try reshaped(result, Array(shape)))
  }

  private func dotLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    var (a, b) = (try blob(layer), try blob(layer, 1))
    let rank = try shape(a).count
    guard rank >= 3 else { throw malformed("\(rank) axes", expected: "channels, rows and columns") }
    if try layer.parameters.flag(1) {
      a = try l2Normalized(a, axes: [rank - 3], epsilon: 1e-12)
      b = try l2Normalized(b, axes: [rank - 3], epsilon: 1e-12)
    }
    try set(layer, try reduced("ReduceSum", try node("Mul", [a, b]), [rank - 3]))
  }

  private func matMulLayer(_ layer: NeuralNetworkLayer) throws(ModelFormatError) {
    let p = layer.parameters
    let a = try blob(layer)
    guard layer.inputs.count == 1 else {
      return try set(
        layer,
        try apply(.matMul(transposeA: try p.flag(1), transposeB: try p.flag(2)), [a, try blob(layer, 1)]))
    }
    let (rows, columns) = (try p.integer(5), try p.integer(6))
    // The weights are stored transposed: one row for each result.
    let bias = try p.flag(7) ? try weights(layer, 9, [columns]) : nil
    try set(layer, try dense(a, try weights(layer, 8, [columns, rows]), bias))
  }
}
