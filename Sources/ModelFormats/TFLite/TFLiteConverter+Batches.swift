import Graph

// Space to batch and back: how older converters write dilated convolutions.

extension TFLiteConverter {
  /// Pads, then moves blocks of the image into the batch:
  /// `[N, H, W, C]` to `[N, H/b, b, W/b, b, C]`, `[b, b, N, H/b, W/b, C]`, `[b * b * N, H/b, W/b, C]`.
  mutating func spaceToBatch(_ op: TFLiteOperator) throws(ModelFormatError) {
    var x = try input(op, 0)
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
    try emit(.reshape, [x], op, shape: [try batches(image[0], block, op), rows, columns, image[3]])
  }

  mutating func batchToSpace(_ op: TFLiteOperator) throws(ModelFormatError) {
    var x = try input(op, 0)
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
    try emit(
      .slice(begin: [0, edges[0], edges[2], 0], strides: [1, 1, 1, 1]), [x], op,
      shape: [batch, height - edges[0] - edges[1], width - edges[2] - edges[3], image[3]])
  }

  /// The block, and the rows and columns above, below, left and right.
  private func blockAndEdges(
    _ op: TFLiteOperator, _ x: TensorID
  ) throws(ModelFormatError) -> (block: Size2D, edges: [Int]) {
    try requireRank(4, x, op)
    let block = try integers(op, 1, "a block")
    let edges = try integers(op, 2, "paddings")
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
