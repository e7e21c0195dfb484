import Foundation
import Graph
import Testing

@testable import Training

@Suite struct TrainerTests {
  /// Two classes of 4x4 images: bright above, or bright below, with noise.
  private static let count = 128

  private var inputs: [Float] {
    let noise = noise(Self.count * 16, seed: 21)
    return noise.indices.map { index in
      let isAbove = index % 16 < 8
      return 0.5 * noise[index] + (isAbove == (labels[index / 16] == 0) ? 1 : 0)
    }
  }
  private var labels: [Int] { (0..<Self.count).map { $0 % 2 } }

  private func graph(seed: UInt64 = 3, batchNorm: Bool = false) throws -> Graph {
    var b = GraphBuilder(name: "halves", weights: WeightRequest.seeded(seed))
    let image = b.input("image", shape: [1, 4, 4, 1])
    var x = b.conv2d(image, filters: 4, kernel: .square(3), activation: batchNorm ? .none : .relu)
    if batchNorm { x = b.relu(b.batchNorm(x)) }
    x = b.maxPool(x, window: .square(2))
    b.output(b.softmax(b.dense(b.flatten(x), units: 2)))
    return try b.build()
  }

  private func trainer(
    _ graph: Graph, epochs: Int = 6, optimizer: Optimizer = .adamW(), shardSize: Int = 8
  ) throws -> Trainer {
    try Trainer(
      graph, Objective(labels: labels), inputs: inputs,
      TrainingOptions(
        epochs: epochs, batchSize: 32, shardSize: shardSize, optimizer: optimizer,
        schedule: Schedule(peak: 1e-2), seed: 5))
  }

  private func bits(_ graph: Graph) -> [[UInt32]] {
    graph.tensors.map { $0.constant?.elements(as: UInt32.self) ?? [] }
  }

  @Test(arguments: [Optimizer.adamW(), .sgd(momentum: 0.9, decay: 1e-4)], [false, true])
  func theLossFalls(optimizer: Optimizer, batchNorm: Bool) throws {
    var losses: [Double] = []
    _ = try trainer(graph(batchNorm: batchNorm), epochs: 12, optimizer: optimizer).run { losses.append($1) }
    #expect(losses.count == 12)
    #expect((losses.last ?? 1) < 0.3 * losses[0])
  }

  @Test func theSameSeedGivesTheSameBits() throws {
    let first = try trainer(graph()).run()
    #expect(try bits(trainer(graph()).run()) == bits(first))
    #expect(try bits(trainer(graph(seed: 4)).run()) != bits(first))
  }

  @Test(arguments: 1...5) func aTrainingThatStopsAfterAnyEpochEndsWithTheSameBits(epoch: Int) throws {
    struct Stopped: Error {}
    let whole = try trainer(graph(batchNorm: true)).run()
    let path = FileManager.default.temporaryDirectory.path + "/edgebench-checkpoint-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let checkpoint = CheckpointFile(path: path, interval: .zero)
    // What a kill after this epoch leaves: the file as it was then.
    var left: Data?
    _ = try trainer(graph(batchNorm: true)).run(checkpoint: checkpoint) { done, _ in
      if done == epoch + 1 { left = try? Data(contentsOf: URL(fileURLWithPath: path)) }
    }
    try #require(left).write(to: URL(fileURLWithPath: path))
    var resumedFrom: Int?
    let resumed = try trainer(graph(batchNorm: true)).run(checkpoint: checkpoint) { done, _ in
      resumedFrom = resumedFrom ?? done
    }
    #expect(resumedFrom == epoch + 1)
    #expect(bits(resumed) == bits(whole))
  }

  @Test func aCheckpointOfAnotherTrainingIsNotTakenUp() throws {
    let path = FileManager.default.temporaryDirectory.path + "/edgebench-checkpoint-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let checkpoint = CheckpointFile(path: path, interval: .zero)
    _ = try trainer(graph(seed: 9)).run(checkpoint: checkpoint)
    var epochs = 0
    let result = try trainer(graph()).run(checkpoint: checkpoint) { _, _ in epochs += 1 }
    #expect(epochs == 6)
    #expect(try bits(result) == bits(trainer(graph()).run()))
  }

  @Test func aDamagedCheckpointIsNotTakenUp() throws {
    let path = FileManager.default.temporaryDirectory.path + "/edgebench-checkpoint-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let checkpoint = CheckpointFile(path: path, interval: .zero)
    let whole = try trainer(graph()).run(checkpoint: checkpoint)
    var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[bytes.count - 3] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(try bits(trainer(graph()).run(checkpoint: checkpoint)) == bits(whole))
  }

  @Test func maskedWeightsStayZeroAndOthersMove() throws {
    var graph = try graph()
    let kernel = try #require(graph.nodes[0].inputs[1])
    var values = try #require(graph[kernel].constant?.elements(as: Float.self))
    for index in values.indices where index % 2 == 0 { values[index] = 0 }
    graph[kernel].constant = TensorData(values)
    let trainer = try Trainer(
      graph, Objective(labels: labels), inputs: inputs,
      TrainingOptions(epochs: 3, batchSize: 32, shardSize: 8), constraints: graph.sparsityConstraints)
    let trained = try #require(trainer.run()[kernel].constant?.elements(as: Float.self))
    for (before, after) in zip(values, trained) {
      if before == 0 { #expect(after == 0) } else { #expect(after != before) }
    }
  }

  @Test func quantizedWeightsEndOnTheirSteps() throws {
    let graph = try graph()
    let kernel = try #require(graph.nodes[0].inputs[1])
    let trainer = try Trainer(
      graph, Objective(labels: labels), inputs: inputs,
      TrainingOptions(epochs: 2, batchSize: 32, shardSize: 8),
      constraints: [kernel: .quantized(bits: 4, axis: 0)])
    let trained = try #require(trainer.run()[kernel].constant?.elements(as: Float.self))
    for filter in 0..<4 {
      let weights = trained[filter * 9..<(filter + 1) * 9]
      let step = (weights.map(\.magnitude).max() ?? 0) / 7
      // Whole steps, to the rounding of a division and a product.
      for weight in weights { #expect(abs(weight / step - (weight / step).rounded()) < 1e-4) }
    }
  }

  @Test func aRateThatIsTooLargeIsReported() throws {
    let trainer = try Trainer(
      graph(), Objective(labels: labels), inputs: inputs.map { $0 * 1e18 },
      TrainingOptions(
        epochs: 5, batchSize: 32, shardSize: 8, optimizer: .sgd(momentum: 0.9, decay: 0),
        schedule: Schedule(peak: 1e18)))
    #expect(throws: TrainingError.self) { try trainer.run() }
  }
}
