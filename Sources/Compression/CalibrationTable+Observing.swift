public import Graph
internal import Lowering

extension CalibrationTable {
  /// Runs `graph` on each of `inputs` and notes the least and greatest element of every real tensor.
  ///
  /// States go from one inference to the next, so the inputs of a streaming model come in their order.
  ///
  /// - Parameter inputs: For each inference the bytes of the graph's inputs, in their order.
  /// - Throws: ``CompressionError/calibration(_:)`` where the graph cannot be run,
  ///   ``CompressionError/notFinite(tensor:)`` where an activation overflows.
  public init(observing graph: Graph, inputs: [[TensorData]]) throws(CompressionError) {
    var table = CalibrationTable(tensorCount: graph.tensors.count)
    try graph.observe(inputs) { id, values throws(CompressionError) in
      try table.observe(id, values, of: graph[id])
    }
    self = table
  }
}

extension Graph {
  /// Calls `body` with the elements of every real tensor that is not constant, for one inference after the other.
  func observe(
    _ samples: [[TensorData]], _ body: (TensorID, [Float]) throws(CompressionError) -> Void
  ) throws(CompressionError) {
    guard !samples.isEmpty else { throw .noCalibrationInputs }
    let observed = nodes.flatMap(\.outputs).filter {
      self[$0].elementType == .f32 && self[$0].constant == nil
    }
    func calibrating<Result>(
      _ body: () throws(EvaluationError) -> Result
    ) throws(CompressionError) -> Result {
      do throws(EvaluationError) { return try body() } catch { throw .calibration(error) }
    }
    let evaluator = try calibrating { () throws(EvaluationError) in try Evaluator(self, outputs: observed) }
    for sample in samples {
      let values = try calibrating { () throws(EvaluationError) in try evaluator.run(sample) }
      for (id, data) in zip(inputs + observed, sample + values) where self[id].elementType == .f32 {
        try body(id, data.elements(as: Float.self))
      }
    }
  }
}
