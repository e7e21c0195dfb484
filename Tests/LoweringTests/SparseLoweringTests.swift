import Graph
import Inference
import Lowering
import TestSupport
import Testing

@Suite struct SparseLoweringTests {
  static let measuredSets = ["avx2", "avx512"].compactMap { InstructionSet(named: $0) }

  /// A 1x1 convolution of `side` x `side` pixels, or a layer on one row, of whose weights `kept` in `group` are left.
  private func graph(
    image: Bool = true, side: Int = 28, kernel: Int = 1, channels: Int = 64, kept: Int, of group: Int,
    blocks: Bool = false
  ) throws -> Graph {
    var b = GraphBuilder(name: "pruned")
    let x = b.input("x", shape: image ? [1, side, side, channels] : [1, channels])
    b.output(
      image
        ? b.conv2d(x, filters: channels, kernel: .square(kernel), activation: .relu, name: "layer")
        : b.dense(x, units: channels, name: "layer"))
    var graph = try b.build()
    let weights = try #require(graph.nodes.first { $0.name == "layer" }?.inputs[1])
    let depth = channels * kernel * kernel
    graph[weights].constant = graph[weights].constant.map { data in
      TensorData(
        data.elements(as: Float.self).enumerated().map { index, value in
          let (channel, place) = index.quotientAndRemainder(dividingBy: depth)
          // Spread over the places so that neighbouring channels differ, unless blocks are asked for.
          let number = (place + (blocks ? channel / 4 : channel) * 7) % group
          return number < kept ? value : 0
        })
    }
    return graph
  }

  private func operators(_ graph: Graph, _ set: InstructionSet) throws -> [String] {
    try operatorNames(graph, options: PlanOptions(instructionSet: set))
  }

  @Test(arguments: measuredSets) func sparseKernelsRunBelowTheBreakEvenAndOnlyThere(set: InstructionSet)
    throws
  {
    for kept in 1...15 {
      let graph = try graph(kept: kept, of: 16)
      let layer = try #require(graph.prunedLayers(for: set).first)
      #expect(layer.density == Double(kept) / 16)
      // Of up to 256 input channels, one weight alone: docs/performance.md.
      let breakEven = set == InstructionSet(named: "avx2") ? 0.55 : 0.50
      let isSparse = layer.density < breakEven
      #expect(layer.isFaster == isSparse, "\(kept) of 16")
      guard set == .host || set == InstructionSet(named: "avx2") else { continue }
      let name = isSparse ? "fully_connected_f32_sparse" : "conv2d_f32"
      #expect(try operators(graph, set) == [name], "\(kept) of 16")
    }
  }

  @Test(arguments: measuredSets) func blocksOfFourChannelsPayAtHigherDensities(set: InstructionSet) throws {
    #expect(try graph(kept: 10, of: 16, blocks: true).prunedLayers(for: set).map(\.isFaster) == [true])
    #expect(try graph(kept: 13, of: 16, blocks: true).prunedLayers(for: set).map(\.isFaster) == [false])
  }

  @Test(arguments: measuredSets) func deeperLayersPayAtLowerDensities(set: InstructionSet) throws {
    #expect(try graph(channels: 512, kept: 6, of: 16).prunedLayers(for: set).map(\.isFaster) == [true])
    #expect(try graph(channels: 512, kept: 7, of: 16).prunedLayers(for: set).map(\.isFaster) == [false])
  }

  @Test(arguments: measuredSets) func oneRowPaysOnlyWhereLittleIsLeft(set: InstructionSet) throws {
    #expect(try graph(image: false, kept: 1, of: 16).prunedLayers(for: set).map(\.isFaster) == [true])
    #expect(try graph(image: false, kept: 3, of: 16).prunedLayers(for: set).map(\.isFaster) == [false])
  }

  @Test func whatNobodyHasMeasuredStaysDense() throws {
    let graph = try graph(kept: 1, of: 16)
    #expect(try operators(graph, .scalar) == ["conv2d_f32"])
    #expect(graph.prunedLayers(for: .scalar).map(\.breakEven) == [0])
  }

  @Test func largerKernelsStayDense() throws {
    let graph = try graph(kernel: 3, channels: 16, kept: 1, of: 16)
    #expect(try operators(graph, .host) == ["conv2d_f32"])
    #expect(graph.prunedLayers(for: .host).map(\.breakEven) == [0])
  }

  @Test func fewZerosAreChance() throws {
    #expect(try graph(kept: 31, of: 32).prunedLayers(for: .host).isEmpty)
  }

  @Test func sparseLayersComputeWhatDenseOnesDo() throws {
    for (image, kept) in [(true, 4), (true, 7), (false, 1)] {
      for blocks in [false, true] {
        try expectAgreement(
          graph(image: image, side: 6, channels: 32, kept: kept, of: 16, blocks: blocks),
          "\(image) \(kept) \(blocks)")
      }
    }
  }

  @Test(arguments: measuredSets) func sparsePlansAreSmaller(set: InstructionSet) throws {
    let options = PlanOptions(instructionSet: set)
    let dense = try LoweredPlan(lowering: graph(kept: 15, of: 16), options: options).constantsBytes
    let sparse = try LoweredPlan(lowering: graph(kept: 2, of: 16), options: options).constantsBytes
    // A weight and its place take six bytes, not four for each weight.
    #expect(Double(sparse) < Double(dense) * (2.0 / 16 * 6 / 4 + 0.05))
  }
}
