import Graph

// Losses, by the functions that ONNX defines them with.

extension ONNXConverter {
  static let losses: [String: Handler] = [
    "NegativeLogLikelihoodLoss": ONNXConverter.negativeLogLikelihood,
    "SoftmaxCrossEntropyLoss": ONNXConverter.softmaxCrossEntropy,
  ]

  func negativeLogLikelihood(_ node: ONNXNode) throws(ModelFormatError) {
    try emitLoss(of: try written(node, 0), node)
  }

  func softmaxCrossEntropy(_ node: ONNXNode) throws(ModelFormatError) {
    let logits = try apply(.logSoftmax(axis: 1), [try written(node, 0)], node)
    try emitLoss(of: logits, node)
    try bind(logits, node, output: 1)
  }

  /// Of log probabilities `[N, C, ...]`: minus that of the label, input 1 `[N, ...]`, times the label's weight, input 2.
  private func emitLoss(of logits: TensorID, _ node: ONNXNode) throws(ModelFormatError) {
    var labels = try written(node, 1)
    let lined = shape(labels)
    guard shape(logits).rank == lined.rank + 1, lined.rank >= 1 else {
      throw node.malformed("labels \(lined) for \(shape(logits))", expected: "an axis less")
    }
    if elementType(labels) != .i64 { labels = try apply(.cast, [labels], node, type: .i64) }
    var ignored: TensorID?
    if let index = try node.integer("ignore_index") {
      let isIgnored = try apply(
        .binary(.equal, activation: .none), [labels, constant([Int64(index)], .i64, node, "ignored")], node)
      labels = try apply(.select, [isIgnored, try scalar(0, like: labels, node), labels], node)
      ignored = isIgnored
    }
    let columns = try apply(
      .reshape, [labels], node, shape: Shape([lined[0], 1] + lined.dimensions.dropFirst()))
    let chosen = try apply(.gatherElements(axis: 1), [logits, columns], node)
    var loss = try apply(.unary(.negate), [try apply(.reshape, [chosen], node, shape: lined)], node)

    let zero = try scalar(0, like: logits, node)
    var weights: TensorID?
    if let given = try optional(node, 2) {
      weights = try apply(.gather(axis: 0), [given, labels], node)
    } else if ignored != nil {
      weights = try apply(.broadcast, [try scalar(1, like: logits, node)], node, shape: lined)
    }
    if let all = weights, let ignored { weights = try apply(.select, [ignored, zero, all], node) }
    if let weights { loss = try apply(.binary(.multiply, activation: .none), [loss, weights], node) }
    try emitReduced(loss, weights, node)
  }

  /// The losses as they are, their sum, or their mean: over the weights where there are some.
  private func emitReduced(_ loss: TensorID, _ weights: TensorID?, _ node: ONNXNode) throws(ModelFormatError)
  {
    let all = Array(0..<shape(loss).rank)
    let sum = Operator.reduce(.sum, axes: all, keepsDimensions: false)
    switch try node.string("reduction", default: "mean") {
    case "none": try bind(loss, node)
    case "sum": try emit(sum, [loss], node)
    case "mean":
      guard let weights else {
        try emit(.reduce(.mean, axes: all, keepsDimensions: false), [loss], node)
        return
      }
      let total = try apply(sum, [loss], node)
      try emit(.binary(.divide, activation: .none), [total, try apply(sum, [weights], node)], node)
    case let name: throw node.malformed("reduction '\(name)'", expected: "none, sum or mean")
    }
  }
}
