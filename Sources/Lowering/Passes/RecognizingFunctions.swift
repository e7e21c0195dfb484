internal import Graph

// Exporters write some functions as the steps of their definition. One kernel reads and writes each element once, where the steps
// do it three to ten times; it rounds less often, so results differ by a few units in the last place.

extension Graph {
  /// With SiLU, hard sigmoid, hard swish, GELU and layer normalization that are spelled out as operators of their own.
  ///
  /// What the steps made is left where something else reads it, else it is dead.
  func recognizingFunctions() -> Graph {
    var recognition = FunctionRecognition(self)
    for position in nodes.indices { recognition.visit(position) }
    return recognition.graph
  }
}

private struct FunctionRecognition {
  private(set) var graph: Graph
  private let index: GraphIndex

  init(_ graph: Graph) {
    self.graph = graph
    index = GraphIndex(graph)
  }

  mutating func visit(_ position: Int) {
    let node = graph.nodes[position]
    guard node.outputs.count == 1, isReal(node.outputs[0]) else { return }
    if let (unary, x) = function(node), graph[x].shape == graph[node.outputs[0]].shape, isReal(x) {
      graph.nodes[position].op = .unary(unary)
      graph.nodes[position].inputs = [x]
    } else if let norm = normalization(node) {
      replace(position, by: norm)
    }
  }

  private func isReal(_ id: TensorID) -> Bool {
    graph[id].elementType == .f32 && graph[id].quantization == nil
  }

  private func producer(of id: TensorID) -> Node? { index.producers[id.index].map { graph.nodes[$0] } }

  /// The one number that a constant is.
  private func number(_ id: TensorID?) -> Float? {
    guard let id, graph[id].elementType == .f32, graph[id].shape.elementCount == 1 else { return nil }
    return graph[id].floats?.first
  }

  /// The operand and the number that are its other operand.
  private func operand(_ node: Node?, _ binary: Binary) -> (x: TensorID, number: Float)? {
    guard let node, case .binary(binary, .none) = node.op, let a = node.inputs[0], let b = node.inputs[1]
    else { return nil }
    if let number = number(b) { return (a, number) }
    // Neither a quotient nor a difference by the number.
    if binary == .add || binary == .multiply, let number = number(a) { return (b, number) }
    return nil
  }

  /// `x` times a number, written as a product or a quotient.
  private func scaled(_ node: Node?) -> (x: TensorID, factor: Float)? {
    if let (x, factor) = operand(node, .multiply) { return (x, factor) }
    if let (x, divisor) = operand(node, .divide), divisor != 0 { return (x, 1 / divisor) }
    return nil
  }

  private func isClose(_ a: Float, _ b: Float) -> Bool { (a - b).magnitude <= 1e-5 * b.magnitude }

  /// The operand of `unary`.
  private func argument(_ id: TensorID, of unary: Unary) -> TensorID? {
    guard let node = producer(of: id), node.op == .unary(unary) else { return nil }
    return node.inputs[0]
  }

  // MARK: Functions of one element

  private func function(_ node: Node) -> (Unary, TensorID)? {
    let (factor, leaves) = factors(node)
    if leaves.count == 2 {
      for (x, gate) in [(leaves[0], leaves[1]), (leaves[1], leaves[0])] {
        if factor == 1, argument(gate, of: .sigmoid) == x { return (.silu, x) }
        if factor == 1, isHardSigmoid(gate, of: x) { return (.hardSwish, x) }
        if isClose(factor, 1 / 6), hardSteps(gate) == x { return (.hardSwish, x) }
        if isClose(factor, 0.5), isErrorGate(gate, of: x) { return (.gelu(approximate: false), x) }
      }
    }
    if leaves.count == 1, isClose(factor, 1 / 6), let x = hardSteps(leaves[0]) {
      return (.hardSigmoid(alpha: 1 / 6, beta: 0.5), x)
    }
    return nil
  }

  /// The product that a node ends, of at most four operands: its numbers multiplied, and the others.
  private func factors(_ node: Node) -> (factor: Float, leaves: [TensorID]) {
    guard node.op == .binary(.multiply, activation: .none) || node.op == .binary(.divide, activation: .none),
      node.inputs.count == 2
    else { return (1, []) }
    var factor: Float = 1
    var leaves: [TensorID] = []
    var open = [node]
    var depth = 0
    while let next = open.popLast() {
      depth += 1
      guard depth <= 4 else { return (1, []) }
      var operands = next.inputs.compactMap { $0 }
      if let (x, own) = scaled(next) {
        factor *= own
        operands = [x]
      } else if next.op != .binary(.multiply, activation: .none) {
        return (1, [])
      }
      for id in operands {
        if let inner = producer(of: id), index.soleConsumer(of: id) != nil,
          inner.op == .binary(.multiply, activation: .none) || scaled(inner) != nil
        {
          open.append(inner)
        } else {
          leaves.append(id)
        }
      }
    }
    return (factor, leaves)
  }

  private func isHardSigmoid(_ id: TensorID, of x: TensorID) -> Bool {
    guard let node = producer(of: id), case .unary(.hardSigmoid(let alpha, 0.5)) = node.op else {
      // Visited before: what was spelled out is one operator by now.
      return false
    }
    return isClose(alpha, 1 / 6) && node.inputs[0] == x
  }

  /// x where `id` is `min(max(x + 3, 0), 6)`.
  private func hardSteps(_ id: TensorID) -> TensorID? {
    guard let x = argument(id, of: .relu6) ?? argument(id, of: .clamp(min: 0, max: 6)),
      let (inner, shift) = operand(producer(of: x), .add), shift == 3
    else { return nil }
    return inner
  }

  /// Whether `id` is `1 + erf(x / sqrt(2))`.
  private func isErrorGate(_ id: TensorID, of x: TensorID) -> Bool {
    guard let (sum, one) = operand(producer(of: id), .add), one == 1,
      let inner = argument(sum, of: .erf), let (source, factor) = scaled(producer(of: inner))
    else { return false }
    return source == x && isClose(factor, Float(0.5).squareRoot())
  }

  // MARK: Layer normalization

  private struct Norm {
    var x: TensorID
    var axes: Int
    var epsilon: Float
  }

  /// `(x - mean) / sqrt(mean((x - mean)^2) + epsilon)` over the last axes.
  private func normalization(_ node: Node) -> Norm? {
    guard node.inputs.count == 2, let a = node.inputs[0], let b = node.inputs[1] else { return nil }
    let candidates: [(deviation: TensorID, sum: TensorID?)]
    switch node.op {
    case .binary(.divide, .none): candidates = [(a, argument(b, of: .sqrt))]
    case .binary(.multiply, .none):
      candidates = [(a, argument(b, of: .rsqrt)), (b, argument(a, of: .rsqrt))]
    default: return nil
    }
    for (deviation, sum) in candidates {
      guard let sum, let (variance, epsilon) = operand(producer(of: sum), .add), epsilon > 0,
        let (square, axes) = mean(variance), isSquare(square, of: deviation),
        let difference = producer(of: deviation), difference.op == .binary(.subtract, activation: .none),
        let x = difference.inputs[0], let centre = difference.inputs[1], let (source, own) = mean(centre),
        source == x, own == axes, isReal(x)
      else { continue }
      return Norm(x: x, axes: axes, epsilon: epsilon)
    }
    return nil
  }

  /// What `id` is the mean of, over how many of the last axes.
  private func mean(_ id: TensorID) -> (TensorID, Int)? {
    guard let node = producer(of: id), case .reduce(.mean, let axes, true) = node.op, let x = node.inputs[0]
    else { return nil }
    let rank = graph[x].shape.rank
    guard !axes.isEmpty, axes.sorted() == Array((rank - axes.count)..<rank) else { return nil }
    return (x, axes.count)
  }

  private func isSquare(_ id: TensorID, of x: TensorID) -> Bool {
    if argument(id, of: .square) == x { return true }
    guard let node = producer(of: id), node.op == .binary(.multiply, activation: .none) else { return false }
    return node.inputs[0] == x && node.inputs[1] == x
  }

  /// Puts the normalization in the place of the node, or of the scale and the bias that follow it.
  private mutating func replace(_ position: Int, by norm: Norm) {
    let extents = Array(graph[norm.x].shape.dimensions.suffix(norm.axes))
    var last = position
    var inputs: [TensorID?] = [norm.x]
    for binary in [Binary.multiply, .add] {
      let result = graph.nodes[last].outputs[0]
      guard inputs.count > 1 || binary == .multiply, let next = index.soleConsumer(of: result),
        graph.nodes[next].op == .binary(binary, activation: .none),
        let operand = graph.nodes[next].inputs.compactMap({ $0 }).first(where: { $0 != result }),
        graph[operand].constant != nil, graph[operand].shape.dimensions == extents, isReal(operand)
      else { break }
      inputs.append(operand)
      last = next
    }
    graph.nodes[last].op = .layerNorm(axes: norm.axes, epsilon: norm.epsilon)
    graph.nodes[last].inputs = inputs
  }
}
