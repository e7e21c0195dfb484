import Graph
import Testing

@testable import Lowering

/// Graphs of random layers, which meet passes, aliases and shared memory in combinations that nobody thought of.
@Suite struct RandomGraphTests {
  @Test(arguments: Array(1...60) as [UInt64]) func agreesWithTheNaiveEvaluator(seed: UInt64) throws {
    let graph = try RandomGraph.make(seed: seed)
    try expectAgreement(graph, seed: seed, tolerance: 1e-4)
  }

  /// Fusing must change nothing: with every tensor observed there is no fusion, no alias that matters, no reuse.
  @Test(arguments: Array(1...20) as [UInt64]) func observingEveryTensorChangesNothing(seed: UInt64) throws {
    let graph = try RandomGraph.make(seed: seed)
    let inputs = graph.randomInputs(seed: seed).map { TensorData($0) }
    let all = graph.nodes.flatMap(\.outputs)
    let observed = try evaluate(graph, inputs: inputs, outputs: all)
    for (id, value) in zip(graph.outputs, try evaluate(graph, inputs: inputs)) {
      guard let position = all.firstIndex(of: id) else { continue }
      let (fused, plain) = (value.elements(as: Float.self), observed[position].elements(as: Float.self))
      let scale = max(1e-3, plain.map(abs).max() ?? 0)
      #expect(zip(fused, plain).allSatisfy { abs($0 - $1) <= 1e-4 * scale }, "seed \(seed)")
    }
  }

  /// Between the steps that touch it, no other buffer may lie where a live one does.
  @Test(arguments: Array(1...20) as [UInt64]) func noTwoLiveBuffersOverlap(seed: UInt64) throws {
    let plan = try LoweredPlan(lowering: RandomGraph.make(seed: seed))
    /// The buffer and those that it is a part of.
    func ancestry(_ buffer: Int) -> [Int] {
      var line = [buffer]
      while let parent = plan.buffers[line[line.count - 1]].parent { line.append(parent.buffer) }
      return line
    }
    // Every buffer's range of bytes, from the first writer of a part of it to its last reader.
    var lives: [(range: Range<Int>, first: Int, last: Int, root: Int)] = []
    for buffer in plan.buffers.indices where plan.buffers[buffer].isArena {
      func touches(_ tensor: Int) -> Bool { ancestry(plan.tensors[tensor].buffer).contains(buffer) }
      let touching = plan.steps.indices.filter { plan.steps[$0].operands.contains(where: touches) }
      let isInput = plan.inputs.contains(where: touches)
      let isOutput = plan.outputs.contains(where: touches)
      guard isInput || !touching.isEmpty else { continue }
      let offset = plan.memory.offsets[buffer]
      lives.append(
        (
          offset..<offset + max(plan.buffers[buffer].byteCount, 1), isInput ? -1 : touching[0],
          isInput || isOutput ? .max : touching[touching.count - 1], ancestry(buffer).last ?? buffer
        ))
    }
    for (position, a) in lives.enumerated() {
      for b in lives[(position + 1)...] where a.root != b.root && a.range.overlaps(b.range) {
        // In place: one ends at the step where the other begins.
        #expect(a.last <= b.first || b.last <= a.first, "seed \(seed): \(a) and \(b)")
      }
    }
    #expect(plan.arenaBytes >= plan.memory.lowerBound)
  }
}

enum RandomGraph {
  static func make(seed: UInt64) throws -> Graph {
    var random = SplitMix64(seed: seed &* 7919)
    func pick(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    var b = GraphBuilder(name: "random \(seed)", weights: WeightRequest.seeded(seed))
    var pool = [b.input("x", shape: [1, 4 + pick(5), 4 + pick(5), 1 + pick(6)])]
    if pick(3) == 0 { pool.append(b.input("y", shape: b.shape(of: pool[0]))) }
    for _ in 0..<(3 + pick(20)) {
      let x = pool[pick(pool.count)]
      let shape = b.shape(of: x)
      guard shape.rank == 4 else { continue }
      let same = pool.filter { b.shape(of: $0) == shape }
      let other = same[pick(same.count)]
      let next: TensorID
      switch pick(16) {
      case 0: next = b.conv2d(x, filters: 1 + pick(9), kernel: .square(1 + pick(3)), activation: .relu)
      case 1: next = b.conv2d(x, filters: 1 + pick(9), kernel: .square(3), strides: .square(1 + pick(2)))
      case 2: next = b.depthwiseConv2d(x, kernel: .square(3), multiplier: 1 + pick(2), activation: .relu6)
      case 3: next = b.batchNorm(x)
      case 4: next = b.unary([.relu, .sigmoid, .tanh, .abs, .hardSwish, .relu6][pick(6)], x)
      case 5: next = b.add(x, other)
      case 6: next = b.apply(.binary(.multiply, activation: .none), [x, other])
      case 7: next = b.concat([x, other, x], axis: pick(2) == 0 ? 3 : 1)
      case 8: next = b.maxPool(x, window: .square(2), strides: .one, padding: .same)
      case 9: next = b.transpose(x, [0, 2, 1, 3])
      case 10: next = b.pad(x, Padding2D(top: pick(2), left: pick(3), bottom: pick(2), right: 1))
      case 11:
        next = b.slice(
          x, begin: [0, shape[1] / 2, 0, 0], counts: [1, shape[1] - shape[1] / 2, shape[2], shape[3]])
      case 12: next = b.softmax(x)
      case 13:
        next = b.reshape(b.reshape(x, to: [shape.elementCount ?? 0]), to: [1, shape[2], shape[1], shape[3]])
      case 14: next = b.add(x, b.globalAveragePool(x, keepsDimensions: true))
      default: next = b.concat([b.unary(.negate, x), other], axis: 0)
      }
      // Batches made by the last case go no further than elementwise users; keep images single.
      if b.shape(of: next)[0] == 1, (b.shape(of: next).elementCount ?? 0) < 20_000 {
        pool.append(next)
      } else {
        b.output(next)
      }
    }
    for _ in 0...pick(3) { b.output(pool[pick(pool.count)]) }
    b.output(pool[pool.count - 1])
    return try b.build()
  }
}
