import Graph
import Inference
import Lowering

extension GraphAssembler {
  /// Results up to this size are kept beside the one asked for: the next shape or branch often depends on them.
  private static let largestKeptBytes = 1 << 12

  /// The value of `id`, for the converter to decide by: its constant, or what the inputs in ``options`` lead to.
  ///
  /// The graph's ``Graph/tracedInputs`` then lists the inputs that it was evaluated for.
  mutating func value(of id: TensorID) throws(EvaluationError) -> TensorData {
    if let constant = graph[id].constant ?? traced[id] { return constant }
    if graph.inputs.contains(id) {
      markTraced([id])
      return inputValue(id)
    }
    var needed: [Int] = []
    var isNeeded: Set<Int> = []
    var inputs: [TensorID] = []
    var open = [id]
    var seen: Set<TensorID> = [id]
    while let next = open.popLast() {
      if graph[next].constant != nil || traced[next] != nil { continue }
      guard let producer = producerIndex(of: next) else {
        inputs.append(next)
        continue
      }
      guard isNeeded.insert(producer).inserted else { continue }
      needed.append(producer)
      for case let input? in graph.nodes[producer].inputs where seen.insert(input).inserted {
        open.append(input)
      }
    }
    inputs = graph.inputs.filter { inputs.contains($0) }
    markTraced(inputs)

    var ancestors = graph
    ancestors.nodes = needed.sorted().map { graph.nodes[$0] }
    ancestors.inputs = inputs
    for (known, data) in traced { ancestors[known].constant = data }
    // A node makes its results anew: what it made before is no constant to it.
    for node in ancestors.nodes { for made in node.outputs { ancestors[made].constant = nil } }
    let kept = ancestors.nodes.flatMap(\.outputs).filter {
      $0 != id && (graph[$0].type.byteCount ?? .max) <= Self.largestKeptBytes
    }
    ancestors.outputs = [id] + kept
    let compact = ancestors.removingUnread()
    let values = try evaluate(compact, inputs: inputs.map { inputValue($0) })
    for (result, data) in zip([id] + kept, values) { traced[result] = data }
    return values[0]
  }

  /// What `id`, an input of the graph, is fed: the caller's value, or the numbers that the agent makes of its seed.
  private func inputValue(_ id: TensorID) -> TensorData {
    let tensor = graph[id]
    if let value = options.inputValues[tensor.name] { return value }
    let position = graph.inputs.firstIndex(of: id) ?? 0
    var bytes = [UInt8](repeating: 0, count: tensor.type.byteCount ?? 0)
    bytes.withUnsafeMutableBytes { buffer in
      SeededNumbers.fill(
        buffer, elementType: tensor.elementType.rawValue, seed: SeededNumbers.seed(ofInput: position))
    }
    return TensorData(bytes)
  }
}
