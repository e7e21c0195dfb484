import Compression
import Datasets
import Graph
import Lowering
import Testing

@testable import Training

@Suite struct RecipeTrainingTests {
  private func graph(_ seed: UInt64 = 3) throws -> Graph {
    var b = GraphBuilder(name: "small", weights: WeightRequest.seeded(seed))
    let image = b.input("image", shape: [1, 8, 8, 1])
    var x = b.conv2d(image, filters: 8, kernel: .square(3), activation: .relu, name: "first")
    x = b.conv2d(x, filters: 8, kernel: .square(3), activation: .relu, name: "second")
    x = b.maxPool(x, window: .square(2))
    x = b.dense(b.flatten(x), units: 16, activation: .relu, name: "features")
    b.output(b.softmax(b.dense(x, units: 10, name: "logits")))
    return try b.build()
  }

  private var samples: TrainingSamples { TrainingSamples(.digits, at: Array(0..<128)) }
  private let options = TrainingOptions(epochs: 2, batchSize: 32, shardSize: 8)

  @Test func shiftsMoveImagesByAPixelAndBringZeros() throws {
    let first = TrainingSamples(.digits, at: [0])
    let shifted = first.withShifts()
    #expect(shifted.count == 5)
    #expect(shifted.labels == Array(repeating: first.labels?[0] ?? -1, count: 5))
    let (image, down) = (first.input(0), shifted.input(1))
    #expect(down[..<8].allSatisfy { $0 == 0 })
    #expect(Array(down[8...]) == Array(image[..<56]))
  }

  @Test func theImportanceOfAChannelIsWhatTheLossLosesByIt() throws {
    let graph = try graph()
    let objective = Objective(labels: samples.labels)
    let importance = try ChannelImportance.taylor(graph, objective, on: samples)
    let weights = try #require(graph.nodes[0].inputs[1])
    let found = try #require(importance[weights])
    #expect(found.count == 8)
    // A channel of zeros has nothing to lose.
    var silent = graph
    var values = try #require(graph[weights].constant?.elements(as: Float.self))
    for index in 0..<9 { values[index] = 0 }
    silent[weights].constant = TensorData(values)
    #expect(try ChannelImportance.taylor(silent, objective, on: samples)[weights]?[0] == 0)
    #expect(found.allSatisfy { $0 > 0 })
  }

  @Test func aFamilyHasAMemberForEachShare() throws {
    let joint = JointCompression(
      shares: [0.5, 0.25], distillation: Distillation(), training: options, fineTuning: options)
    let members = try joint.family(
      of: graph(), on: samples, calibration: (0..<16).map { [Dataset.digits.input($0)] })
    #expect(members.map(\.share) == [0.5, 0.25])
    let sizes = try members.map { try $0.f32.cost().parameters }
    #expect(sizes[0] > sizes[1])
    for member in members {
      #expect(member.int8.tensors.contains { $0.elementType == .i8 && $0.constant != nil })
    }
  }
}
