import Graph
import Lowering
import ReferenceSuite
import Testing

/// With the suite's weights, values keep their scale from the input to the answer: a quantized variant then has
/// something to quantize, and its fidelity means something.
@Suite struct ActivationScaleTests {
  @Test(arguments: ReferenceSuite.models.filter { !$0.isTrained }.map(\.id)) func noLayerVanishesOrExplodes(
    id: String
  ) throws {
    let graph = try #require(ReferenceSuite[id]).build()
    let answer = try #require(graph.outputs.first)
    let layers = graph.nodes.flatMap(\.outputs)
    let values = try evaluate(
      graph, inputs: graph.inputs.map { noise(shape: graph[$0].shape) }, outputs: layers)
    for (tensor, data) in zip(layers, values) {
      let elements = data.elements(as: Float.self)
      let isFinite = elements.allSatisfy { $0.isFinite }
      #expect(isFinite, "\(graph[tensor].name)")
      let power = elements.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(elements.count)
      // Probabilities of 1000 classes are the smallest values there are: 1e-3.
      #expect((5e-4...100).contains(power.squareRoot()), "\(graph[tensor].name): \(power.squareRoot())")
    }
    let index = try #require(layers.firstIndex(of: answer))
    let answers = values[index].elements(as: Float.self)
    #expect(Set(answers).count > answers.count / 2, "the answer is almost constant")
    #expect((answers.max() ?? 1) < 0.999 || graph[answer].name == "restored", "the answer is one class")
  }

  /// Uniform in [-1, 1), seed 11.
  private func noise(shape: Shape) -> TensorData {
    var random = SplitMix64(seed: 11)
    return TensorData((0..<(shape.elementCount ?? 0)).map { _ in random.uniform(within: 1) })
  }
}
