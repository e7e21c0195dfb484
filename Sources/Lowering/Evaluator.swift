public import Graph
public import Inference

/// Why a graph could not be evaluated.
public enum EvaluationError: Error, CustomStringConvertible {
  case lowering(LoweringError)
  case plan(PlanError)
  /// An input is missing, or has another size than the graph's.
  case input(name: String, found: Int, expected: Int)

  public var description: String {
    switch self {
    case .lowering(let error): error.description
    case .plan(let error): error.description
    case .input(let name, let found, let expected):
      "input '\(name)': \(found) bytes; expected \(expected)."
    }
  }
}

/// Runs a graph on this machine.
///
///     let evaluator = try Evaluator(graph, outputs: graph.nodes.flatMap(\.outputs))
///     let activations = try evaluator.run([image])
public final class Evaluator {
  public let plan: LoweredPlan
  private let executor: Executor
  private let inputNames: [String]

  /// - Parameter outputs: The tensors to return, any of the graph's; its outputs by default. Asking for an
  ///   intermediate tensor keeps it from being fused away.
  public init(
    _ graph: Graph, outputs: [TensorID]? = nil, options: PlanOptions = PlanOptions(), threads: Int = 1
  ) throws(EvaluationError) {
    var observed = graph
    if let outputs { observed.outputs = outputs }
    inputNames = observed.inputs.map { graph[$0].name }
    do throws(LoweringError) {
      plan = try LoweredPlan(lowering: observed, options: options)
    } catch { throw .lowering(error) }
    do throws(PlanError) {
      executor = try Executor(plan: Plan(bytes: plan.serialized()), threads: threads)
    } catch { throw .plan(error) }
  }

  /// One inference; states keep what it leaves in them.
  ///
  /// - Parameter inputs: In the graph's order, each with the bytes of its tensor.
  /// - Returns: The outputs in the order asked for.
  public func run(_ inputs: [TensorData]) throws(EvaluationError) -> [TensorData] {
    guard inputs.count == executor.plan.inputCount else {
      throw .input(
        name: inputNames.joined(separator: ", "), found: inputs.count, expected: executor.plan.inputCount)
    }
    for (index, input) in inputs.enumerated() {
      let memory = executor.input(index)
      guard input.byteCount == memory.count else {
        throw .input(name: inputNames[index], found: input.byteCount, expected: memory.count)
      }
      input.withUnsafeBytes { memory.copyMemory(from: $0) }
    }
    executor.run()
    return (0..<executor.plan.outputCount).map { TensorData([UInt8](executor.output($0))) }
  }

  /// Gives every state its initial value.
  public func resetStates() { executor.resetStates() }
}

/// Runs `graph` once.
///
/// - Parameter outputs: The tensors to return; the graph's outputs by default.
public func evaluate(
  _ graph: Graph, inputs: [TensorData], outputs: [TensorID]? = nil
) throws(EvaluationError) -> [TensorData] {
  try Evaluator(graph, outputs: outputs).run(inputs)
}
