import Graph

// Space to batch and back: how older converters write dilated convolutions.

extension TFLiteConverter {
  /// Pads, then moves blocks of the image into the batch:
  /// `[N, H, W, C]` to `[N, H/b, b, W/b, b, C]`, `[b, b, N, H/b, W/b, C]`, `[b * b * N, H/b, W/b, C]`.
  mutating func spaceToBatch(_ op: TFLiteOperator) throws(ModelFormatError) {
    var x = try image(op)
    let (block, edges) = try blockAndEdges(op, x)
    let quantization = graph[x].quantization
    if edges != [0, 0, 0, 0] {
      x = try intermediate(
        .pad(before: [0, edges[0], edges[2], 0], after: [0, edges[1], edges[3], 0], mode: .constant(0)), [x],
        op,
        quantization: quantization)
    }
    let image = shape(of: x)
    guard image[1] % block.height == 0, image[2] % block.width == 0 else {
      throw malformed(
        op, "\(image) in blocks of \(block.height)x\(block.width)", expected: "whole blocks after padding")
    }
    let (rows, columns) = (image[1] / block.height, image[2] / block.width)
    x = try intermediate(
      .reshape, [x], op, shape: [image[0], rows, block.height, columns, block.width, image[3]],
      quantization: quantization)
    x = try intermediate(.transpose(permutation: [2, 4, 0, 1, 3, 5]), [x], op, quantization: quantization)
    let batch = try batches(image[0], block, op)
    let isRow = try isRow(op)
    try emit(
      .reshape, [x], op, shape: isRow ? [batch, rows, image[3]] : [batch, rows, columns, image[3]])
  }

  mutating func batchToSpace(_ op: TFLiteOperator) throws(ModelFormatError) {
    var x = try image(op)
    let (block, edges) = try blockAndEdges(op, x)
    let quantization = graph[x].quantization
    let image = shape(of: x)
    let blocks = try batches(1, block, op)
    guard image[0] % blocks == 0 else {
      throw malformed(op, "\(image) with \(blocks) blocks", expected: "a batch of a multiple")
    }
    let batch = image[0] / blocks
    x = try intermediate(
      .reshape, [x], op, shape: [block.height, block.width, batch, image[1], image[2], image[3]],
      quantization: quantization)
    x = try intermediate(.transpose(permutation: [2, 3, 0, 4, 1, 5]), [x], op, quantization: quantization)
    let (height, width) = (image[1] * block.height, image[2] * block.width)
    guard edges[0] + edges[1] < height, edges[2] + edges[3] < width else {
      throw malformed(op, "crops \(edges) of \(height)x\(width)", expected: "something left")
    }
    x = try intermediate(
      .reshape, [x], op, shape: [batch, height, width, image[3]], quantization: quantization)
    let cut = Shape([batch, height - edges[0] - edges[1], width - edges[2] - edges[3], image[3]])
    let slice = Operator.slice(begin: [0, edges[0], edges[2], 0], strides: [1, 1, 1, 1])
    guard try isRow(op) else { return try emit(slice, [x], op, shape: cut) }
    let rows = try intermediate(slice, [x], op, shape: cut, quantization: quantization)
    try emit(.reshape, [rows], op, shape: [cut[0], cut[1], cut[3]])
  }

  /// Input 0 as an image: a row of three axes is an image one element wide.
  private mutating func image(_ op: TFLiteOperator) throws(ModelFormatError) -> TensorID {
    let x = try input(op, 0)
    let dimensions = shape(of: x).dimensions
    guard dimensions.count == 3 else { return x }
    return try intermediate(
      .reshape, [x], op, shape: [dimensions[0], dimensions[1], 1, dimensions[2]],
      quantization: graph[x].quantization)
  }

  /// Whether input 0 has three axes.
  private mutating func isRow(_ op: TFLiteOperator) throws(ModelFormatError) -> Bool {
    let x = try input(op, 0)
    return shape(of: x).rank == 3
  }

  /// The block, and the rows and columns above, below, left and right.
  private mutating func blockAndEdges(
    _ op: TFLiteOperator, _ x: TensorID
  ) throws(ModelFormatError) -> (block: Size2D, edges: [Int]) {
    try requireRank(4, x, op)
    var block = try integers(op, 1, "a block")
    var edges = try integers(op, 2, "paddings")
    if block.count == 1, edges.count == 2 {
      block.append(1)
      edges += [0, 0]
    }
    let extents = 1...(1 << 15)  // the number of blocks then fits easily
    guard block.count == 2, edges.count == 4, block.allSatisfy(extents.contains),
      edges.allSatisfy({ (0...Shape.largestExtent).contains($0) })
    else {
      throw unsupported(describe(op), "has block \(block.prefix(9)) and edges \(edges.prefix(9))")
    }
    return (Size2D(height: block[0], width: block[1]), edges)
  }

  private func batches(_ batch: Int, _ block: Size2D, _ op: TFLiteOperator) throws(ModelFormatError) -> Int {
    guard let count = Shape([batch, block.height, block.width]).elementCount, count <= Shape.largestExtent
    else {
      throw malformed(op, "blocks of \(block.height)x\(block.width)", expected: "fewer")
    }
    return count
  }
}
