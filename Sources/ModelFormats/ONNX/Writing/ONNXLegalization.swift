import Graph

extension Graph {
  /// The same computation as ONNX Runtime takes it: operators on numbers, with DequantizeLinear and QuantizeLinear where
  /// the graph has integers that stand for them, and what ONNX lacks as several steps.
  ///
  /// - Throws: ``ModelWriteError/unsupported(format:node:op:reason:)`` for the first node that has no such form.
  func legalizedForONNX() throws(ModelWriteError) -> Graph {
    var rewriter = GraphRewriter(self, format: ONNXWriter.format)
    return try rewriter.run { rewriter throws(ModelWriteError) in try rewriter.legalizeForONNX() }
  }
}

extension GraphRewriter {
  fileprivate mutating func legalizeForONNX() throws(ModelWriteError) {
    let operands = node.inputs.compactMap { $0 }.map { graph[$0] }
    let results = node.outputs.map { graph[$0] }
    switch node.op {
    case .quantize, .dequantize, .cast: return keep()
    case .readState, .writeState:
      throw unsupported(
        "ONNX keeps nothing from one inference to the next; make the state an input and an output")
    default: break
    }
    let isNarrow = (operands + results).contains { $0.quantization != nil }
    if isNarrow, !movesEqualElements(operands + results) { return try computeReal() }
    if node.op.hasWeights, operands.first?.elementType == .f32,
      operands.contains(where: { $0.elementType != .f32 })
    {
      return try computeReal()
    }
    if case .pad(let before, let after, .symmetric) = node.op {
      return try legalizeSymmetricPadding(before, after)
    }
    keep()
  }

  /// Whether the node moves elements of one scale, which integers are moved as well as numbers.
  private func movesEqualElements(_ tensors: [Tensor]) -> Bool {
    let quantizations = Set(
      tensors.filter { $0.elementType != .i32 && $0.elementType != .i64 }.map(\.quantization))
    switch node.op {
    case .reshape, .transpose, .slice, .gather, .tile, .concat(_, .none): return quantizations.count == 1
    default: return false
    }
  }

  /// Mirrors with the edge: the first and the last elements of each axis, backwards, before and after it.
  private mutating func legalizeSymmetricPadding(_ before: [Int], _ after: [Int]) throws(ModelWriteError) {
    var x = try tensor(0)
    let axes = before.indices.filter { before[$0] > 0 || after[$0] > 0 }
    guard let last = axes.last else { return finish(.reshape, [x]) }
    for axis in axes {
      let extent = graph[x].shape[axis]
      func mirrored(_ count: Int, from start: Int) throws(ModelWriteError) -> [TensorID] {
        guard count > 0 else { return [] }
        var begin = [Int](repeating: 0, count: graph[x].shape.rank)
        var strides = [Int](repeating: 1, count: graph[x].shape.rank)
        var shape = graph[x].shape
        begin[axis] = start
        strides[axis] = -1
        shape.dimensions[axis] = count
        return [try step(.slice(begin: begin, strides: strides), [x], shape: shape)]
      }
      let parts =
        try mirrored(before[axis], from: before[axis] - 1) + [x] + mirrored(after[axis], from: extent - 1)
      if axis == last { return finish(.concat(axis: axis, activation: .none), parts) }
      x = try step(.concat(axis: axis, activation: .none), parts)
    }
  }
}
