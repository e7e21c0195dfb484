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
    var first = reference
    first.outputs = Array(reference.outputs.prefix(1))
    return try comparingOutputs(of: variant, to: first, on: inputs).first ?? nil
  }

  /// Runs both graphs on each of `inputs` and compares all outputs.
  ///
  /// - Returns: One for each output of `reference`; `nil` where it is not of real numbers.
  /// - Throws: As ``comparing(_:to:on:)``.
  public static func comparingOutputs(
    of variant: Graph, to reference: Graph, on inputs: [[TensorData]]
  ) throws(CompressionError) -> [OutputFidelity?] {
    let real = reference.outputs.indices.filter { reference[reference.outputs[$0]].elementType == .f32 }
    let expected = try run(reference, outputs: real, on: inputs)
    let found = try run(variant, outputs: real, on: inputs)
    var result = [OutputFidelity?](repeating: nil, count: reference.outputs.count)
    for (number, position) in real.enumerated() {
      result[position] = OutputFidelity(
        reference: expected.map { $0[number] }, variant: found.map { $0[number] })
    }
    return result
  }

  /// For each input the outputs at `positions`, as numbers.
  private static func run(
    _ graph: Graph, outputs positions: [Int], on inputs: [[TensorData]]
  ) throws(CompressionError) -> [[[Float]]] {
    do throws(EvaluationError) {
      let evaluator = try Evaluator(graph, outputs: positions.map { graph.outputs[$0] })
      var results: [[[Float]]] = []
      for input in inputs { results.append(try evaluator.run(input).map { $0.elements(as: Float.self) }) }
      return results
    } catch { throw .calibration(error) }
  }
}
