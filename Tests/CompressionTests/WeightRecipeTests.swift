import Compression
import Graph
import Lowering
import ModelFormats
import Testing

@Suite struct WeightRecipeTests {
  private func weights(_ graph: Graph) -> [(shape: Shape, values: [Float])] {
    graph.nodes.compactMap { node in
      guard node.inputs.count > 1, let id = node.inputs[1], graph[id].shape.rank >= 2,
        let values = graph[id].constant?.elements(as: Float.self), graph[id].elementType == .f32
      else { return nil }
      return (graph[id].shape, values)
    }
  }

  @Test(arguments: [50, 80, 90]) func theShareOfZerosIsWhatTheNameSays(percent: Int) throws {
    let graph = try TestGraphs.residual()
    let pruned = try Recipe.sparse(percent: percent).apply(to: graph)
    for layer in weights(pruned) where layer.values.count >= 256 {
      let zeros = layer.values.count { $0 == 0 }
      // The share is rounded down to whole weights.
      #expect(abs(Double(zeros) - Double(percent) / 100 * Double(layer.values.count)) < 1.01)
    }
  }

  @Test func theSmallestWeightsGo() throws {
    let graph = try TestGraphs.residual()
    let pruned = try Recipe.sparse(percent: 80).apply(to: graph)
    for (before, after) in zip(weights(graph), weights(pruned)) where after.values.contains(0) {
      let kept = zip(before.values, after.values).filter { $0.1 != 0 }.map { $0.0.magnitude }.min() ?? 0
      let gone = zip(before.values, after.values).filter { $0.1 == 0 }.map { $0.0.magnitude }.max() ?? 0
      #expect(gone <= kept)
    }
  }

  @Test func twoOfEveryFourWeightsAreLeft() throws {
    let pruned = try Recipe.sparse2of4.apply(to: TestGraphs.residual())
    for layer in weights(pruned) where layer.values.count >= 256 && layer.shape[layer.shape.rank - 1] % 4 == 0
    {
      guard layer.shape[0] > 1 else { continue }
      for start in stride(from: 0, to: layer.values.count, by: 4) {
        #expect(layer.values[start..<start + 4].count { $0 != 0 } <= 2)
      }
    }
  }

  @Test func zerosComeInBlocksOfFourChannels() throws {
    let pruned = try Recipe.sparseBlocks.apply(to: TestGraphs.residual())
    for layer in weights(pruned) where layer.values.count >= 256 && layer.shape[0] > 1 {
      let depth = layer.values.count / layer.shape[0]
      for block in 0..<layer.shape[0] / 4 {
        for place in 0..<depth {
          let zeros = (0..<4).count { layer.values[(4 * block + $0) * depth + place] == 0 }
          #expect(zeros == 0 || zeros == 4)
        }
      }
    }
  }

  @Test func aClusteredLayerHasSixteenValues() throws {
    let clustered = try Recipe.clustered.apply(to: TestGraphs.residual())
    for layer in weights(clustered) where layer.values.count >= 256 { #expect(Set(layer.values).count <= 16) }
  }

  @Test func clusteringKeepsTheZerosOfAPrunedLayer() throws {
    let pruned = try Recipe.sparse(percent: 80).apply(to: TestGraphs.residual())
    let clustered = try Recipe.clustered.apply(to: pruned)
    for (before, after) in zip(weights(pruned), weights(clustered)) {
      #expect(zip(before.values, after.values).allSatisfy { ($0 == 0) == ($1 == 0) || $0 != 0 })
    }
  }

  /// The bound on the ratio of signal to noise: steps of a uniform quantizer of b bits over a uniform distribution give
  /// 6 b dB; weights are near uniform here, and three to eight layers add up.
  @Test(arguments: [(Recipe.int8Weights, 35.0), (.int4Weights, 12.0), (.int16x8, 30.0)])
  func narrowWeightsKeepTheOutputs(recipe: Recipe, decibels: Double) throws {
    let graph = try TestGraphs.residual(softmax: false)
    let inputs = graph.syntheticInputs(count: 8, seed: 3)
    let table = try CalibrationTable(observing: graph, inputs: inputs)
    let variant = try recipe.apply(to: graph, calibration: table)
    let fidelity = try TestGraphs.fidelity(of: variant, to: graph, inputs)
    #expect(try #require(fidelity.signalToNoise) > decibels)
  }

  @Test func aSplitLayerHasLessWork() throws {
    let graph = try TestGraphs.residual(softmax: false)
    let inputs = graph.syntheticInputs(count: 4, seed: 3)
    let split = try Recipe.lowRank.apply(to: graph)
    #expect(split.nodes.count > graph.nodes.count)
    #expect(try split.cost().macs < graph.cost().macs)
    // Random weights have no low rank; half of the work keeps a part of the signal all the same.
    let fidelity = try TestGraphs.fidelity(of: split, to: graph, inputs)
    #expect(try #require(fidelity.cosine) > 0.5)
  }

  @Test(arguments: Recipe.further.map(\.name)) func theVariantIsSmallerOnDiskAndReadBackTheSame(name: String)
    throws
  {
    let recipe = try #require(Recipe(named: name))
    let graph = try TestGraphs.residual()
    let inputs = graph.syntheticInputs(count: 4, seed: 3)
    let table = try CalibrationTable(observing: graph, inputs: inputs)
    let variant = try recipe.apply(to: graph, calibration: table)
    let file = CompactGraphFile(variant).serialized()
    #expect(file.count < CompactGraphFile(graph).serialized().count)
    let read = try CompactGraphFile(bytes: file, path: name).graph
    #expect(try TestGraphs.run(read, inputs) == TestGraphs.run(variant, inputs))
  }

  @Test func moreChannelsStayWhereMoreAreAskedFor() throws {
    let graph = try TestGraphs.residual()
    let sizes = try [25, 50, 75].map { try Recipe.pruned(percent: $0).apply(to: graph).cost().parameters }
    #expect(sizes[0] > sizes[1] && sizes[1] > sizes[2])
  }
}
