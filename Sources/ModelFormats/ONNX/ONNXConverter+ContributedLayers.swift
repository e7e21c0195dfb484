import Graph

// Layers of ONNX Runtime's own domain that stand for a few of ONNX's: sums that are normalized, embeddings, weights in blocks.

extension ONNXConverter {
  static let contributedLayers: [String: Handler] = [
    "com.microsoft.CDist": ONNXConverter.distances,
    "com.microsoft.EmbedLayerNormalization": ONNXConverter.embedLayerNormalization,
    "com.microsoft.ExpandDims": ONNXConverter.expandedDimensions,
    "com.microsoft.GridSample": standard("GridSample", opset: 16),
    "com.microsoft.MatMulNBits": ONNXConverter.blockQuantizedProduct,
    "com.microsoft.Pad": standard("Pad", opset: 13),
    "com.microsoft.QLinearWhere": ONNXConverter.quantizedWhere,
    "com.microsoft.SkipLayerNormalization": ONNXConverter.skipLayerNormalization,
    "com.microsoft.SkipSimplifiedLayerNormalization": ONNXConverter.skipRMSNormalization,
    "com.microsoft.TransposeMatMul": ONNXConverter.fusedProduct,
    "com.microsoft.Trilu": standard("Trilu", opset: 14),
  ]

  /// An operator that ONNX has since taken over as it was.
  private static func standard(_ name: String, opset: Int) -> Handler {
    { converter in
      { (node) throws(ModelFormatError) in
        var own = node
        own.opset = opset
        guard let handler = handlers[name] else { throw node.unsupported("is \(name)") }
        try handler(converter)(own)
      }
    }
  }

  // MARK: Normalized sums

  /// A layer normalization of a sum: x, skip, scale, bias, and a bias of the sum.
  func skipLayerNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let total = try skipSum(node, bias: 4)
    let epsilon = try node.float("epsilon", default: 1e-12)
    var inputs: [TensorID?] = [total, try written(node, 2)]
    if let bias = try optional(node, 3) { inputs.append(bias) }
    try emit(.layerNorm(axes: 1, epsilon: epsilon), inputs, node)
    try bind(total, node, output: 3)
  }

  /// The same without subtracting the mean: x, skip, scale, and a bias of the sum.
  func skipRMSNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let total = try skipSum(node, bias: 3)
    let epsilon = try node.float("epsilon", default: 1e-12)
    try emit(.rmsNorm(axes: 1, epsilon: epsilon), [total, try written(node, 2)], node)
    try bind(total, node, output: 3)
  }

  private func skipSum(_ node: ONNXNode, bias: Int) throws(ModelFormatError) -> TensorID {
    if node.makes(1) || node.makes(2) { throw node.unsupported("returns the mean and the deviation") }
    let total = try sum(try written(node, 0), try written(node, 1), node)
    return node.has(bias) ? try sum(total, try written(node, bias), node) : total
  }

  /// The sum of the embeddings of words, positions and segments, normalized: ids and segments `[N, L]`, the three tables, scale,
  /// bias, a mask `[N, L]`, positions.
  func embedLayerNormalization(_ node: ONNXNode) throws(ModelFormatError) {
    let ids = try written(node, 0)
    try requireRank(2...2, ids, node)
    let (batch, length) = (shape(ids)[0], shape(ids)[1])
    let words = try apply(.gather(axis: 0), [try written(node, 2), ids], node)
    let table = try written(node, 3)
    try requireRank(2...2, table, node)
    let places: TensorID
    if node.has(8) {
      places = try apply(.gather(axis: 0), [table, try written(node, 8)], node)
    } else {
      guard length <= shape(table)[0] else {
        throw node.malformed("\(shape(table)[0]) positions", expected: "\(length) and more")
      }
      places = try slice(table, axis: 0, from: 0, count: length, node)
    }
    var total = try sum(words, places, node)
    if node.has(1), node.has(4) {
      total = try sum(
        total, try apply(.gather(axis: 0), [try written(node, 4), try written(node, 1)], node), node)
    }
    try emit(
      .layerNorm(axes: 1, epsilon: try node.float("epsilon", default: 1e-12)),
      [total, try written(node, 5), try written(node, 6)], node)
    if node.makes(1) {
      // How many words of each row the mask leaves.
      if let mask = try optional(node, 7) {
        try emit(.reduce(.sum, axes: [1], keepsDimensions: false), [mask], node, output: 1)
      } else {
        try bind(constant(Array(repeating: Int32(0), count: batch), .i32, node, "mask"), node, output: 1)
      }
    }
    try bind(total, node, output: 2)
  }

  // MARK: Weights in blocks

  /// A `[..., K]` times weights `[N, blocks, bytes]` of 4 or 8 bits, a scale and a zero point a block along K; plus a bias.
  ///
  /// The weights stay as narrow as they are in the file until the model is prepared.
  func blockQuantizedProduct(_ node: ONNXNode) throws(ModelFormatError) {
    let (depth, columns) = (try node.integer("K", default: 0), try node.integer("N", default: 0))
    let bits = try node.integer("bits", default: 4)
    let block = try node.integer("block_size", default: 0)
    guard (1...Shape.largestExtent).contains(depth), (1...Shape.largestExtent).contains(columns),
      (16...Shape.largestExtent).contains(block), block % 2 == 0
    else {
      throw node.malformed(
        "K \(depth), N \(columns), blocks of \(block)", expected: "1 and more, 16 and more")
    }
    guard bits == 4 || bits == 8 else { throw node.unsupported("has weights of \(bits) bits") }
    if node.has(4) { throw node.unsupported("has its blocks in another order (g_idx)") }
    let blocks = (depth + block - 1) / block
    let weights = try written(node, 1)
    guard let bytes = assembler[weights].constant, elementType(weights) == .u8,
      bytes.byteCount == columns * blocks * block * bits / 8
    else {
      throw node.malformed(
        "weights of \(shape(weights))",
        expected: "constant bytes \(columns)x\(blocks)x\(block * bits / 8)")
    }
    let scales = try floats(node, 2)
    guard scales.count == columns * blocks else {
      throw node.malformed("\(scales.count) scales", expected: "\(columns * blocks)")
    }
    let quantization = Quantization(
      scales: scales, zeroPoints: try blockZeroPoints(node, rows: columns, blocks: blocks, bits: bits),
      axis: 0)
    let steps = assembler.constant(
      "\(assembler[weights].name)/blocks", TensorType(bits == 4 ? .u4 : .u8, [columns * blocks, block]),
      bytes,
      quantization: quantization)
    let numbers = try apply(.dequantize, [steps], node, type: .f32)
    var matrix = try apply(.reshape, [numbers], node, shape: [columns, blocks * block])
    if blocks * block > depth {
      matrix = try slice(matrix, axis: 1, from: 0, count: depth, node)
    }
    var inputs: [TensorID?] = [try written(node, 0), matrix]
    if let bias = try optional(node, 5) { inputs.append(bias) }
    try emit(.fullyConnected(activation: .none, keepsLeadingAxes: true), inputs, node)
  }

  /// One a block; packed in bytes row by row, or numbers of the scales' type, or the middle where there are none.
  private func blockZeroPoints(
    _ node: ONNXNode, rows: Int, blocks: Int, bits: Int
  ) throws(ModelFormatError) -> [Int32] {
    guard let given = try optional(node, 3) else {
      return Array(repeating: 1 << (Int32(bits) - 1), count: rows * blocks)
    }
    guard elementType(given) == .u8 else { throw node.unsupported("has zero points that are not whole") }
    let bytes = try value(of: given, node).elements(as: UInt8.self)
    let rowBytes = (blocks * bits + 7) / 8
    guard bytes.count == rows * rowBytes else {
      throw node.malformed("\(bytes.count) bytes of zero points", expected: "\(rows * rowBytes)")
    }
    return (0..<rows * blocks).map { index in
      let (row, place) = (index / blocks, index % blocks)
      if bits == 8 { return Int32(bytes[row * rowBytes + place]) }
      return Int32(bytes[row * rowBytes + place / 2] >> (place % 2 == 0 ? 0 : 4) & 15)
    }
  }

  // MARK: Layers on bytes

  func quantizedWhere(_ node: ONNXNode) throws(ModelFormatError) {
    let a = try dequantized(node, 1, scale: 2, zeroPoint: 3)
    let b = try dequantized(node, 4, scale: 5, zeroPoint: 6)
    let (ids, order) = try aligned([try input(node, 0), a, b], node)
    let result = try apply(.select, ids.map { $0 }, node, type: .f32, order: order)
    try emitQuantized(result, node, scale: 7, zeroPoint: 8)
  }

  // MARK: Others

  /// The distance of each row of a to each row of b, squared or not.
  func distances(_ node: ONNXNode) throws(ModelFormatError) {
    let (a, b) = (try written(node, 0), try written(node, 1))
    try requireRank(2...2, a, node)
    try requireRank(2...2, b, node)
    let left = try apply(.reshape, [a], node, shape: [shape(a)[0], 1, shape(a)[1]])
    let right = try apply(.reshape, [b], node, shape: [1, shape(b)[0], shape(b)[1]])
    let difference = try apply(.binary(.subtract, activation: .none), [left, right], node)
    switch try node.string("metric", default: "sqeuclidean") {
    case "sqeuclidean":
      try emit(.reduce(.sumOfSquares, axes: [2], keepsDimensions: false), [difference], node)
    case "euclidean": try emit(.reduce(.l2Norm, axes: [2], keepsDimensions: false), [difference], node)
    case let metric: throw node.unsupported("measures by '\(metric)'")
    }
  }

  func expandedDimensions(_ node: ONNXNode) throws(ModelFormatError) {
    let x = try written(node, 0)
    let axis = try axis(try integer(node, 1), rank: shape(x).rank + 1, node)
    var dimensions = shape(x).dimensions
    dimensions.insert(1, at: axis)
    try emit(.reshape, [x], node, shape: Shape(dimensions))
  }
}
