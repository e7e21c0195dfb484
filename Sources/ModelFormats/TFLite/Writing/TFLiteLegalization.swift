import Graph

extension Graph {
  /// The same computation in operators that TFLite has and LiteRT runs: explicit padding as SAME, VALID or a node of
  /// its own, narrow weights widened where there is no kernel for them, and what TFLite lacks as several steps.
  ///
  /// A graph that came from a TFLite file is left as it is.
  ///
  /// - Throws: ``ModelWriteError/unsupported(format:node:op:reason:)`` for the first node that has no such form.
  func legalizedForTFLite() throws(ModelWriteError) -> Graph {
    var elements = GraphRewriter(self, format: TFLiteWriter.format)
    let typed = try elements.run { rewriter throws(ModelWriteError) in try rewriter.legalizeElements() }
    var shapes = GraphRewriter(typed, format: TFLiteWriter.format)
    return try shapes.run { rewriter throws(ModelWriteError) in try rewriter.legalizeOperator() }
  }
}

extension GraphRewriter {
  /// What the node computes, in TFLite's operators; element types are not looked at.
  fileprivate mutating func legalizeOperator() throws(ModelWriteError) {
    switch node.op {
    case .conv2d, .depthwiseConv2d: try legalizeConvolution()
    case .transposeConv2d(let convolution): try legalizeTransposedConvolution(convolution)
    case .pool2d(let pooling): try legalizePooling(pooling)
    case .unary(let unary): try legalizeUnary(unary)
    case .binary(let binary, let activation): try legalizeBinary(binary, activation)
    case .reduce(let reduction, let axes, let keepsDimensions):
      try legalizeReduction(reduction, axes, keepsDimensions)
    case .softmax(let axis, let beta):
      try legalizeAlongLastAxis(axis) { .softmax(axis: $0, beta: beta) }
    case .logSoftmax(let axis): try legalizeAlongLastAxis(axis) { .logSoftmax(axis: $0) }
    case .layerNorm(let axes, let epsilon): try legalizeLayerNorm(axes, epsilon)
    case .batchNorm(let epsilon): try legalizeBatchNorm(epsilon)
    case .argMax(let axis, true): try legalizeArgReduction(.argMax(axis: axis, keepsDimensions: false))
    case .argMin(let axis, true): try legalizeArgReduction(.argMin(axis: axis, keepsDimensions: false))
    case .pad(let before, let after, .edge): try legalizeEdgePadding(before, after)
    default: keep()
    }
  }

  /// Softmax runs along the last axis only.
  private mutating func legalizeAlongLastAxis(_ axis: Int, _ op: (Int) -> Operator) throws(ModelWriteError) {
    let x = try tensor(0)
    let last = graph[x].shape.rank - 1
    guard axis != last else { return keep() }
    var permutation = Array(0...last)
    permutation.swapAt(axis, last)
    let moved = try step(
      .transpose(permutation: permutation), [x], quantization: graph[x].quantization)
    let result = try step(op(last), [moved], quantization: graph[node.outputs[0]].quantization)
    finish(.transpose(permutation: permutation), [result])
  }

  private mutating func legalizeArgReduction(_ op: Operator) throws(ModelWriteError) {
    let index = try step(op, [try tensor(0)], type: graph[node.outputs[0]].elementType)
    finish(.reshape, [index])
  }

  /// Repeats the first and the last element along each axis.
  private mutating func legalizeEdgePadding(_ before: [Int], _ after: [Int]) throws(ModelWriteError) {
    var x = try tensor(0)
    let quantization = graph[x].quantization
    let axes = before.indices.filter { before[$0] > 0 || after[$0] > 0 }
    guard let last = axes.last else { return finish(.reshape, [x]) }
    for axis in axes {
      var parts: [TensorID] = []
      for (count, isFirst) in [(before[axis], true), (after[axis], false)] {
        if !isFirst { parts.append(x) }
        guard count > 0 else { continue }
        var edge = graph[x].shape
        var begin = Array(repeating: 0, count: edge.rank)
        begin[axis] = isFirst ? 0 : edge[axis] - 1
        edge.dimensions[axis] = 1
        let slice = try step(
          .slice(begin: begin, strides: Array(repeating: 1, count: edge.rank)), [x], shape: edge,
          quantization: quantization)
        var multiples = Array(repeating: 1, count: edge.rank)
        multiples[axis] = count
        parts.append(try step(.tile(multiples: multiples), [slice], quantization: quantization))
      }
      if axis == last { return finish(.concat(axis: axis, activation: .none), parts) }
      x = try step(.concat(axis: axis, activation: .none), parts, quantization: quantization)
    }
  }
}
