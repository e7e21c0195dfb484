public import Graph
internal import Lowering

extension OutputFidelity {
  /// Runs both graphs on each of `inputs` and compares their first outputs.
  ///
  /// - Parameters:
  ///   - variant: Made from `reference`: the same inputs and outputs.
  ///   - inputs: For each inference the bytes of the graph's inputs, in their order.
  /// - Throws: ``CompressionError/calibration(_:)`` where one of them cannot be run.
  /// - Returns: `nil` where the first output is not of real numbers.
  public static func comparing(
    _ variant: Graph, to reference: Graph, on inputs: [[TensorData]]
  ) throws(CompressionError) -> OutputFidelity? {
    guard let output = reference.outputs.first, reference[output].elementType == .f32 else { return nil }
    return OutputFidelity(
      reference: try firstOutputs(of: reference, on: inputs),
      variant: try firstOutputs(of: variant, on: inputs))
  }

  private static func firstOutputs(
    of graph: Graph, on inputs: [[TensorData]]
  ) throws(CompressionError) -> [[Float]] {
    do throws(EvaluationError) {
      let evaluator = try Evaluator(graph, outputs: Array(graph.outputs.prefix(1)))
      var outputs: [[Float]] = []
      for input in inputs { outputs.append(try evaluator.run(input)[0].elements(as: Float.self)) }
      return outputs
    } catch { throw .calibration(error) }
  }
}
