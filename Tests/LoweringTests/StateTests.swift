import Graph
import Lowering
import Testing

@Suite struct StateTests {
  /// A running sum: the state is read before it is set, and its old value is used after.
  @Test func aValueReadBeforeAWriteStaysTheOldOne() throws {
    var b = GraphBuilder(name: "sum")
    let x = b.input("x", shape: [2])
    let state = b.state("sum", shape: [2])
    let old = b.read(state)
    b.write(b.add(old, x), to: state)
    b.output(b.unary(.negate, old))
    b.output(old)
    let evaluator = try Evaluator(b.build())
    let one = TensorData([1, 10] as [Float])
    for round in 0..<4 {
      let outputs = try evaluator.run([one]).map { $0.elements(as: Float.self) }
      #expect(outputs[0] == [-Float(round), -10 * Float(round)])
      #expect(outputs[1] == [Float(round), 10 * Float(round)])
    }
  }

  @Test func aReshapedStateIsStillTheState() throws {
    var b = GraphBuilder(name: "reshaped")
    let x = b.input("x", shape: [2, 2])
    let state = b.state("s", shape: [2, 2], initial: TensorData([1, 2, 3, 4] as [Float]))
    let flat = b.reshape(b.read(state), to: [4])
    b.write(x, to: state)
    b.output(b.unary(.negate, flat))
    let evaluator = try Evaluator(b.build())
    let input = TensorData([5, 6, 7, 8] as [Float])
    #expect(try evaluator.run([input])[0].elements(as: Float.self) == [-1, -2, -3, -4])
    #expect(try evaluator.run([input])[0].elements(as: Float.self) == [-5, -6, -7, -8])
    evaluator.resetStates()
    #expect(try evaluator.run([input])[0].elements(as: Float.self) == [-1, -2, -3, -4])
  }

  @Test func twoStatesCanBeSwapped() throws {
    var b = GraphBuilder(name: "swap")
    let x = b.input("x", shape: [1])
    let (first, second) = (
      b.state("a", shape: [1], initial: TensorData([1] as [Float])),
      b.state("b", shape: [1], initial: TensorData([2] as [Float]))
    )
    let (a, c) = (b.read(first), b.read(second))
    b.write(c, to: first)
    b.write(a, to: second)
    b.output(b.add(x, a))
    let evaluator = try Evaluator(b.build())
    let zero = TensorData([0] as [Float])
    let seen = try (0..<4).map { _ in try evaluator.run([zero])[0].elements(as: Float.self)[0] }
    #expect(seen == [1, 2, 1, 2])
  }
}
