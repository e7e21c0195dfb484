import Graph
import TestSupport
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
