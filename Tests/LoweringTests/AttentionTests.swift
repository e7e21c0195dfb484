import Foundation
import Graph
import Lowering
import Testing

/// Attention against its definition in f64.
@Suite struct AttentionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var attention: Attention
    var queries: Int
    var keys: Int
    var mask: ElementType?
    var lengths: [Int32]?
  }

  static let cases: [Case] = [
    Case(testDescription: "few queries", attention: Attention(heads: 2, keyHeads: 2), queries: 3, keys: 7),
    Case(testDescription: "shared keys", attention: Attention(heads: 6, keyHeads: 2), queries: 1, keys: 9),
    Case(
      testDescription: "many queries in blocks", attention: Attention(heads: 2, keyHeads: 1, scale: 0.3),
      queries: 60,
      keys: 300),
    Case(
      testDescription: "causal behind a past",
      attention: Attention(heads: 2, keyHeads: 2, isCausal: true, offset: 280),
      queries: 40, keys: 320),
    Case(
      testDescription: "a window and a soft cap",
      attention: Attention(heads: 4, keyHeads: 2, softcap: 1.5, left: 3, right: 2), queries: 30, keys: 30),
    Case(
      testDescription: "an added mask", attention: Attention(heads: 2, keyHeads: 2), queries: 5, keys: 6,
      mask: .f32),
    Case(
      testDescription: "a mask that hides whole rows, in blocks",
      attention: Attention(heads: 4, keyHeads: 1, isCausal: true), queries: 20, keys: 20, mask: .bool),
    Case(
      testDescription: "lengths shorter than the queries",
      attention: Attention(heads: 2, keyHeads: 2, isCausal: true),
      queries: 4, keys: 8, lengths: [2, 8]),
  ]

  @Test(arguments: cases, [3, 4]) func followsItsDefinition(example: Case, rank: Int) throws {
    let attention = example.attention
    let (batch, depth, valueDepth) = (2, 5, 3)
    func shape(_ heads: Int, _ length: Int, _ depth: Int) -> Shape {
      rank == 4 ? [batch, heads, length, depth] : [batch, length, heads * depth]
    }
    var b = GraphBuilder(name: "attention")
    var inputs: [TensorID?] = [
      b.input("q", shape: shape(attention.heads, example.queries, depth)),
      b.input("k", shape: shape(attention.keyHeads, example.keys, depth)),
      b.input("v", shape: shape(attention.keyHeads, example.keys, valueDepth)),
    ]
    var random = SplitMix64(seed: 17)
    // Queries 0 of a boolean mask see nothing.
    let mask = (0..<example.queries * example.keys).map { index -> Float in
      guard example.mask == .bool else { return random.uniform(within: 2) }
      return index < example.keys || random.uniform(within: 1) < -0.2 ? -.infinity : 0
    }
    if let type = example.mask {
      let data = type == .bool ? TensorData(mask.map { UInt8($0 == 0 ? 1 : 0) }) : TensorData(mask)
      inputs.append(
        b.constant("mask", elementType: type, shape: [1, 1, example.queries, example.keys], data))
    } else if example.lengths != nil {
      inputs.append(nil)
    }
    if let lengths = example.lengths {
      inputs.append(b.constant("lengths", elementType: .i32, shape: [batch], TensorData(lengths)))
    }
    b.output(b.apply(.attention(attention), inputs))
    let graph = try b.build()
    let values = graph.randomInputs(seed: 18)
    for set in [InstructionSet.scalar, .host] {
      var options = PlanOptions()
      options.instructionSet = set
      let result = try Evaluator(graph, options: options).run(values.map { TensorData($0) })[0].elements(
        as: Float.self)
      func at(_ tensor: Int, _ n: Int, _ head: Int, _ row: Int, _ i: Int) -> Double {
        let heads = tensor == 0 ? attention.heads : attention.keyHeads
        let rows = tensor == 0 ? example.queries : example.keys
        let width = tensor == 2 ? valueDepth : depth
        let place =
          rank == 4
          ? ((n * heads + head) * rows + row) * width + i : ((n * rows + row) * heads + head) * width + i
        return Double(values[tensor][place])
      }
      for (n, head, query) in (0..<batch).flatMap({ n in
        (0..<attention.heads).flatMap { head in (0..<example.queries).map { (n, head, $0) } }
      }) {
        let group = head / (attention.heads / attention.keyHeads)
        let length = example.lengths.map { Int($0[n]) } ?? example.keys
        let position = query + (example.lengths == nil ? attention.offset : length - example.queries)
        let scores = (0..<example.keys).map { key -> Double in
          if key >= length || (attention.isCausal && key > position) { return -.infinity }
          if let left = attention.left, position - key > left { return -.infinity }
          if let right = attention.right, key - position > right { return -.infinity }
          var score = (0..<depth).reduce(0) { $0 + at(0, n, head, query, $1) * at(1, n, group, key, $1) }
          score *= Double(attention.scale ?? 1 / Float(depth).squareRoot())
          if let cap = attention.softcap { score = Double(cap) * tanh(score / Double(cap)) }
          return example.mask == nil ? score : score + Double(mask[query * example.keys + key])
        }
        let top = scores.max() ?? 0
        let weights = scores.map { top == -.infinity ? 0 : exp($0 - top) }
        let sum = max(weights.reduce(0, +), .leastNonzeroMagnitude)
        for i in 0..<valueDepth {
          let expected = (0..<example.keys).reduce(0) { $0 + weights[$1] / sum * at(2, n, group, $1, i) }
          let place =
            rank == 4
            ? ((n * attention.heads + head) * example.queries + query) * valueDepth + i
            : ((n * example.queries + query) * attention.heads + head) * valueDepth + i
          // A mean of values below 1: weights are off by their scores' errors, depth + 4 roundings of at most 6, and by
          // the exponential's; the sum over keys adds half an ulp a key.
          let bound = (Double(depth + 4) * 6 + 8 + Double(example.keys)) * 0x1p-24
          #expect(abs(Double(result[place]) - expected) <= bound, "seed 17, \(n) \(head) \(query) \(i)")
        }
      }
    }
  }
}
