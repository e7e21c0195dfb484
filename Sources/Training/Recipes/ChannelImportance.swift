public import Graph

/// How much the loss would change if a layer's channel went: what structured pruning may go by in place of norms.
///
/// - Source: Molchanov et al., arXiv:1906.10771: the square of the sum over a channel of weight times gradient, which is
///   the change of the loss to first order, added up over batches.
public enum ChannelImportance {
  /// - Returns: One number an output channel, by the layer's weights.
  /// - Throws: ``TrainingError`` where a gradient is missing.
  public static func taylor(
    _ graph: Graph, _ objective: Objective, on samples: TrainingSamples, batchSize mostAtOnce: Int = 32
  ) throws(TrainingError) -> [TensorID: [Double]] {
    guard let logits = graph.logits, samples.count > 0 else {
      throw .mismatch("no samples; expected at least one.")
    }
    let batchSize = min(mostAtOnce, samples.count)
    let parameters = Parameters(of: graph)
    var trained = graph
    trained.outputs = [logits]
    trained = trained.removingNodesBehindOutputs()
    let tape = try Tape(trained.batched(batchSize), parameters: parameters, observed: [logits])
    tape.isTraining = false
    let values = FloatMemory(parameters.values(in: graph))
    let gradients = FloatMemory(count: parameters.count)
    let classes = graph[logits].shape.elementCount ?? 0
    var importance: [TensorID: [Double]] = [:]
    let layers = graph.channelAxes
    for first in stride(from: 0, through: samples.count - batchSize, by: batchSize) {
      let batch = ArraySlice(first..<first + batchSize)
      gradients.clear()
      tape.clearGradients()
      tape.forward([batch.flatMap { samples.input($0) }], parameters: values.start)
      _ = objective.seed(tape, logits: logits, classes: classes, samples: batch, batchSize: batchSize)
      tape.backward(into: gradients.start)
      for (id, axis) in layers {
        guard let offset = parameters.offsets[id] else { continue }
        let shape = graph[id].shape
        let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
        var sums = [Double](repeating: 0, count: shape[axis])
        for i in 0..<(shape.elementCount ?? 0) {
          sums[i / inner % shape[axis]] += Double(values.start[offset + i] * gradients.start[offset + i])
        }
        let squares = sums.map { $0 * $0 }
        importance[id] = importance[id].map { zip($0, squares).map { $0 + $1 } } ?? squares
      }
    }
    return importance
  }
}
