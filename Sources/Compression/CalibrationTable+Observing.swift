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
    guard !inputs.isEmpty else { throw .noCalibrationInputs }
    self.init(tensorCount: graph.tensors.count)
    let observed = graph.nodes.flatMap(\.outputs).filter {
      graph[$0].elementType == .f32 && graph[$0].constant == nil
    }
    func calibrating<Result>(
      _ body: () throws(EvaluationError) -> Result
    ) throws(CompressionError) -> Result {
      do throws(EvaluationError) { return try body() } catch { throw .calibration(error) }
    }
    let evaluator = try calibrating { () throws(EvaluationError) in try Evaluator(graph, outputs: observed) }
    for input in inputs {
      let values = try calibrating { () throws(EvaluationError) in try evaluator.run(input) }
      for (id, data) in zip(graph.inputs + observed, input + values) where graph[id].elementType == .f32 {
        try observe(id, data.elements(as: Float.self), name: graph[id].name)
      }
    }
  }
}
