import Datasets
import Graph
import ReferenceSuite
import Testing

/// The digits models answer right on samples that they were not trained on.
@Suite struct TrainedModelTests {
  /// The shares are what `make train-reference` printed, less three standard deviations of 899 samples.
  @Test(arguments: [("digits-teacher", 0.98), ("digits-student", 0.95)])
  func answersTheTestPart(id: String, atLeast: Double) throws {
    let graph = try #require(ReferenceSuite[id]).build()
    let split = try DatasetSplit(.digits)
    let labels = try #require(Dataset.digits.labels)
    let isRight = try Predictions(of: graph, on: .digits, at: split.test).isRight(
      split.test.map { labels[$0] })
    #expect(Double(isRight.count { $0 }) >= atLeast * Double(isRight.count))
  }

  @Test(arguments: ["digits-teacher", "digits-student"])
  func hasTheStructureThatTheCodeSays(id: String) throws {
    let model = try #require(ReferenceSuite[id])
    let (trained, drawn) = (try model.build(), try model.build(weights: WeightRequest.seeded(1)))
    #expect(trained.nodes.map(\.op) == drawn.nodes.map(\.op))
    #expect(trained.tensors.map(\.type) == drawn.tensors.map(\.type))
  }
}
