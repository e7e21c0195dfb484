import Foundation
import Graph
import Lowering
import Testing

/// Recurrent layers against their equations in f64.
@Suite struct RecurrenceTests {
  /// A layer and the operands that it is given.
  struct Layer: Sendable, CustomTestStringConvertible {
    var recurrence: Recurrence
    var hasLengths = false
    var hasInitialState = false
    var hasPeepholes = false
    var areWeightsConstant = true
    var testDescription: String {
      "\(recurrence.kind) \(recurrence.direction), batch major \(recurrence.isBatchMajor), lengths \(hasLengths), "
        + "initial \(hasInitialState), peepholes \(hasPeepholes), constant weights \(areWeightsConstant)"
    }
  }

  static let layers: [Layer] = [
    Layer(recurrence: Recurrence(.lstm)),
    Layer(recurrence: Recurrence(.lstm, isBatchMajor: true), hasInitialState: true),
    Layer(recurrence: Recurrence(.lstm, direction: .reverse), hasLengths: true, hasInitialState: true),
    Layer(
      recurrence: Recurrence(.lstm, direction: .bidirectional, isBatchMajor: true, clip: 0.5),
      hasLengths: true,
      hasPeepholes: true),
    Layer(recurrence: Recurrence(.lstm, couplesForgetGate: true), areWeightsConstant: false),
    Layer(recurrence: Recurrence(.gru, direction: .bidirectional), hasInitialState: true),
    Layer(recurrence: Recurrence(.gru, isBatchMajor: true, resetsAfterProduct: true), hasLengths: true),
    Layer(recurrence: Recurrence(.gru, resetsAfterProduct: true), areWeightsConstant: false),
    Layer(
      recurrence: Recurrence(
        .rnn, direction: .reverse,
        functions: [Array(repeating: .init(.affine, alpha: 0.5, beta: 0.1), count: 3)]), hasLengths: true),
    Layer(recurrence: Recurrence(.rnn, direction: .bidirectional)),
  ]

  static let sizes = (steps: 6, batch: 3, inputs: 5, hidden: 7)

  @Test(arguments: layers) func followsItsEquations(layer: Layer) throws {
    let (steps, batch, inputs, hidden) = Self.sizes
    let recurrence = layer.recurrence
    let (directions, gates) = (recurrence.directionCount, recurrence.kind.gateCount)
    var random = SplitMix64(seed: 91)
    func values(_ shape: Shape) -> [Float] {
      (0..<(shape.elementCount ?? 0)).map { _ in random.uniform(within: 0.8) }
    }
    let xShape: Shape = recurrence.isBatchMajor ? [batch, steps, inputs] : [steps, batch, inputs]
    let stateShape: Shape =
      recurrence.isBatchMajor ? [batch, directions, hidden] : [directions, batch, hidden]
    let x = values(xShape)
    let weights = values([directions, gates * hidden, inputs])
    let recurrent = values([directions, gates * hidden, hidden])
    let bias = values([directions, 2 * gates * hidden])
    let lengths: [Int32]? = layer.hasLengths ? [4, 6, 1] : nil
    let state: [Float]? = layer.hasInitialState ? values(stateShape) : nil
    let cell: [Float]? = layer.hasInitialState && recurrence.kind == .lstm ? values(stateShape) : nil
    let peepholes: [Float]? = layer.hasPeepholes ? values([directions, 3 * hidden]) : nil

    var graph = Graph(name: "recurrent")
    var fed: [TensorData] = []
    func add(
      _ name: String, _ shape: Shape, _ data: TensorData?, _ type: ElementType = .f32, isConstant: Bool
    ) -> TensorID? {
      guard let data else { return nil }
      graph.tensors.append(
        Tensor(name: name, elementType: type, shape: shape, constant: isConstant ? data : nil))
      let id = TensorID(graph.tensors.count - 1)
      if !isConstant {
        graph.inputs.append(id)
        fed.append(data)
      }
      return id
    }
    let isConstant = layer.areWeightsConstant
    let operands = [
      add("x", xShape, TensorData(x), isConstant: false),
      add("weights", [directions, gates * hidden, inputs], TensorData(weights), isConstant: isConstant),
      add(
        "recurrent weights", [directions, gates * hidden, hidden], TensorData(recurrent),
        isConstant: isConstant),
      add("bias", [directions, 2 * gates * hidden], TensorData(bias), isConstant: isConstant),
      add("lengths", [batch], lengths.map { TensorData($0) }, .i32, isConstant: false),
      add("state", stateShape, state.map { TensorData($0) }, isConstant: false),
      add("cell", stateShape, cell.map { TensorData($0) }, isConstant: false),
      add("peepholes", [directions, 3 * hidden], peepholes.map { TensorData($0) }, isConstant: true),
    ]
    let op = Operator.recurrence(recurrence)
    let types = try op.outputTypes(node: "layer", inputs: operands.map { $0.map { graph[$0].type } })
    for (index, type) in types.enumerated() {
      graph.tensors.append(Tensor(name: "out \(index)", elementType: type.elementType, shape: type.shape))
      graph.outputs.append(TensorID(graph.tensors.count - 1))
    }
    graph.nodes = [Node(name: "layer", op: op, inputs: operands, outputs: graph.outputs)]

    let reference = NaiveRecurrence(
      recurrence: recurrence, steps: steps, batch: batch, inputs: inputs, hidden: hidden, x: x,
      weights: weights,
      recurrent: recurrent, bias: bias, lengths: lengths, state: state, cell: cell, peepholes: peepholes
    ).run()
    let results = try evaluate(graph, inputs: fed)
    // Six steps of sums of 13 products of magnitude below 1 and functions of slope at most 1, whose errors each step's
    // weights may multiply by at most 0.8 * 7: measured errors stay below 1e-6, an error in an equation is above 1e-2.
    for (position, (result, expected)) in zip(results, reference).enumerated() {
      let actual = result.elements(as: Float.self)
      #expect(actual.count == expected.count)
      let worst = zip(actual, expected).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst <= 1e-5, "seed 91, output \(position)")
    }
  }

  @Test func everyInstructionSetAgreesWithScalar() throws {
    var b = GraphBuilder(name: "lstm")
    let x = b.input("x", shape: [9, 1, 33])
    let weights = [[1, 4 * 19, 33], [1, 4 * 19, 19], [1, 8 * 19]].enumerated().map { index, shape in
      let shape = Shape(shape)
      return b.constant(
        "w\(index)", shape: shape,
        (0..<(shape.elementCount ?? 0)).map { Float(($0 * 37) % 101) / 400 - 0.125 })
    }
    _ = x
    var graph = try b.build()
    let op = Operator.recurrence(Recurrence(.lstm))
    for type in try op.outputTypes(node: "lstm", inputs: ([x] + weights).map { graph[$0].type }) {
      graph.tensors.append(Tensor(name: "out", elementType: .f32, shape: type.shape))
      graph.outputs.append(TensorID(graph.tensors.count - 1))
    }
    graph.nodes = [Node(name: "lstm", op: op, inputs: [x] + weights, outputs: graph.outputs)]
    let input = TensorData(graph.randomInputs(seed: 3)[0])
    var options = PlanOptions()
    options.instructionSet = .scalar
    let scalar = try Evaluator(graph, options: options).run([input])
    let fast = try Evaluator(graph).run([input])
    for (a, b) in zip(scalar, fast) {
      let worst = zip(a.elements(as: Float.self), b.elements(as: Float.self)).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= 1e-5)
    }
  }
}

/// The equations of ONNX's RNN, GRU and LSTM, element by element.
struct NaiveRecurrence {
  let recurrence: Recurrence
  let steps: Int, batch: Int, inputs: Int, hidden: Int
  let x: [Float], weights: [Float], recurrent: [Float], bias: [Float]
  let lengths: [Int32]?
  let state: [Float]?, cell: [Float]?, peepholes: [Float]?

  func run() -> [[Double]] {
    let directions = recurrence.directionCount
    let count = batch * directions * hidden
    var all = [Double](repeating: 0, count: steps * count)
    var last = [Double](repeating: 0, count: count)
    var cells = last
    for d in 0..<directions {
      for n in 0..<batch {
        let at = recurrence.isBatchMajor ? (n * directions + d) * hidden : (d * batch + n) * hidden
        var h = (0..<hidden).map { Double(state?[at + $0] ?? 0) }
        var c = (0..<hidden).map { Double(cell?[at + $0] ?? 0) }
        let length = lengths.map { Int($0[n]) } ?? steps
        let isBackward = recurrence.direction == .reverse || d == 1
        for t in isBackward ? Array((0..<length).reversed()) : Array(0..<length) {
          step(d, n, t, &h, &c)
          let row =
            recurrence.isBatchMajor ? (n * steps + t) * directions + d : (t * directions + d) * batch + n
          for i in 0..<hidden { all[row * hidden + i] = h[i] }
        }
        for i in 0..<hidden {
          last[at + i] = h[i]
          cells[at + i] = c[i]
        }
      }
    }
    return [all, last] + (recurrence.kind == .lstm ? [cells] : [])
  }

  private func step(_ d: Int, _ n: Int, _ t: Int, _ h: inout [Double], _ c: inout [Double]) {
    let gates = recurrence.kind.gateCount
    let row = recurrence.isBatchMajor ? n * steps + t : t * batch + n
    func fromInput(_ gate: Int, _ i: Int) -> Double {
      let column = d * gates * hidden + gate * hidden + i
      return (0..<inputs).reduce(Double(bias[d * 2 * gates * hidden + gate * hidden + i])) {
        $0 + Double(x[row * inputs + $1]) * Double(weights[column * inputs + $1])
      }
    }
    func fromState(_ gate: Int, _ i: Int, _ state: [Double]) -> Double {
      let column = d * gates * hidden + gate * hidden + i
      return (0..<hidden).reduce(Double(bias[d * 2 * gates * hidden + (gates + gate) * hidden + i])) {
        $0 + state[$1] * Double(recurrent[column * hidden + $1])
      }
    }
    let functions = recurrence.functions[d]
    func gate(_ function: Int, _ value: Double) -> Double {
      let bound = recurrence.clip.map(Double.init) ?? .infinity
      return functions[function](min(max(value, -bound), bound))
    }
    func peephole(_ gate: Int, _ i: Int) -> Double {
      peepholes.map { Double($0[(d * 3 + gate) * hidden + i]) } ?? 0
    }
    let before = h
    switch recurrence.kind {
    case .rnn: h = (0..<hidden).map { gate(0, fromInput(0, $0) + fromState(0, $0, before)) }
    case .gru:
      let z = (0..<hidden).map { gate(0, fromInput(0, $0) + fromState(0, $0, before)) }
      let r = (0..<hidden).map { gate(0, fromInput(1, $0) + fromState(1, $0, before)) }
      let new = (0..<hidden).map { i in
        recurrence.resetsAfterProduct
          ? gate(1, fromInput(2, i) + r[i] * fromState(2, i, before))
          : gate(1, fromInput(2, i) + fromState(2, i, zip(r, before).map { $0 * $1 }))
      }
      h = (0..<hidden).map { (1 - z[$0]) * new[$0] + z[$0] * before[$0] }
    case .lstm:
      for i in 0..<hidden {
        let input = gate(0, fromInput(0, i) + fromState(0, i, before) + peephole(0, i) * c[i])
        let forget =
          recurrence.couplesForgetGate
          ? 1 - input : gate(0, fromInput(2, i) + fromState(2, i, before) + peephole(2, i) * c[i])
        c[i] = forget * c[i] + input * gate(1, fromInput(3, i) + fromState(3, i, before))
        let output = gate(0, fromInput(1, i) + fromState(1, i, before) + peephole(1, i) * c[i])
        h[i] = output * functions[2](c[i])
      }
    }
  }
}

extension Recurrence.Function {
  fileprivate func callAsFunction(_ x: Double) -> Double {
    switch kind {
    case .tanh: tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .affine: Double(alpha) * x + Double(beta)
    default: preconditionFailure("\(kind) is not used here")
    }
  }
}
