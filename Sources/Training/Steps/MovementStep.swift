import Graph
import Lowering

/// An operator that only moves elements: each of the output is one of an input, or a fixed number.
///
/// Where each comes from is asked of the engine itself, by moving elements that are their own numbers.
struct MovementStep: Step {
  let inputs: [TensorID]
  let output: TensorID
  let activation: Activation
  private let counts: [Int]
  /// For each element of the output the input's, all inputs after one another; -1 for ``fill``.
  private let sources: [Int]
  private let fill: Float

  /// Numbers up to this are exact in f32.
  private static let mostElements = 1 << 24

  init(_ node: Node, _ graph: Graph) throws(TrainingError) {
    func unsupported(_ reason: String) -> TrainingError {
      .unsupported(node: node.name, op: node.op.name, reason: reason)
    }
    var op = node.op
    var moved = node.inputs.compactMap { $0 }
    var fill: Float = 0
    var activation = Activation.none
    switch op {
    case .pad(let before, let after, .constant(let value)):
      fill = value
      op = .pad(before: before, after: after, mode: .constant(-1))
    case .concat(let axis, let fused):
      activation = fused
      op = .concat(axis: axis, activation: .none)
    case .gather: moved = Array(moved.prefix(1))
    default: break
    }
    guard moved.allSatisfy({ graph[$0].elementType == .f32 }) else { throw unsupported("it moves integers") }
    counts = moved.map { graph[$0].shape.elementCount ?? 0 }
    guard counts.reduce(0, +) <= Self.mostElements else { throw unsupported("it moves too many elements") }
    var probe = Graph(name: node.name, tensors: graph.tensors, nodes: [node], outputs: node.outputs)
    probe.nodes[0].op = op
    probe.inputs = moved
    var first = 0
    var numbers: [TensorData] = []
    for (id, count) in zip(moved, counts) {
      probe[id].constant = nil
      numbers.append(TensorData((first..<first + count).map { Float($0) }))
      first += count
    }
    do throws(EvaluationError) {
      let result = try evaluate(probe, inputs: numbers)
      sources = result[0].elements(as: Float.self).map { Int($0) }
    } catch { throw unsupported(error.description) }
    inputs = moved
    output = node.outputs[0]
    self.fill = fill
    self.activation = activation
  }

  func forward(_ tape: Tape) {
    let result = tape.result(output)
    forEachElement(tape) { place, input, index in
      result[place] = input.map { tape.value($0)[index] } ?? fill
    }
    activation.apply(to: result, count: sources.count)
  }

  func backward(_ tape: Tape) {
    guard let gradient = tape.gradientBeforeActivation(output, activation, count: sources.count) else {
      return
    }
    var sums: [TensorID: UnsafeMutablePointer<Float>] = [:]
    for id in inputs { sums[id] = tape.gradient(id) }
    forEachElement(tape) { place, input, index in
      if let input, let sum = sums[input] { sum[index] += gradient[place] }
    }
  }

  @inline(__always)
  private func forEachElement(_ tape: Tape, _ body: (_ place: Int, _ input: TensorID?, _ index: Int) -> Void)
  {
    if inputs.count == 1 {
      for (place, source) in sources.enumerated() { body(place, source < 0 ? nil : inputs[0], source) }
      return
    }
    for (place, source) in sources.enumerated() {
      var (input, index) = (0, source)
      while index >= 0 && index >= counts[input] {
        index -= counts[input]
        input += 1
      }
      body(place, source < 0 ? nil : inputs[input], index)
    }
  }
}
