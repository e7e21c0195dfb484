import Graph
import Inference
import Lowering
import TestSupport
import Testing

/// Checks that lowering and running `graph` gives what the naive evaluator gives, within `tolerance` of the largest
/// magnitude of each output.
func expectAgreement(
  _ graph: Graph, seed: UInt64 = 1, tolerance: Double = 1e-5, _ comment: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let inputs = graph.randomInputs(seed: seed)
  var naive = NaiveEvaluator(graph)
  let expected = naive.run(inputs)
  let actual = try evaluate(graph, inputs: inputs.map { TensorData($0) })
  for (position, (expected, actual)) in zip(expected, actual).enumerated() {
    let actual = actual.elements(as: Float.self)
    #expect(actual.count == expected.values.count, sourceLocation: sourceLocation)
    let scale = max(1e-3, expected.values.map(abs).max() ?? 0)
    let worst = zip(actual, expected.values).map { abs(Double($0) - $1) }.max() ?? 0
    #expect(
      worst <= tolerance * scale,
      "\(comment) output \(position), seed \(seed): error \(worst) on \(scale)",
      sourceLocation: sourceLocation)
  }
}

/// The names of the operators that a graph's plan calls, in order.
func operatorNames(_ graph: Graph, options: PlanOptions = PlanOptions()) throws -> [String] {
  let plan = try Plan(bytes: LoweredPlan(lowering: graph, options: options).serialized())
  return (0..<plan.stepCount).map { plan.step($0).operatorName }
}
