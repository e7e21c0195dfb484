public import Graph
public import Lowering

/// What a model answers to samples: the class with the largest output, the first of equals.
public struct Predictions: Sendable, Hashable {
  /// `nil` where no output is a number.
  public let classes: [Int?]

  public init(_ classes: [Int?]) { self.classes = classes }

  /// Runs `graph`, of one input and for one sample at a time, on the samples at `indices`.
  ///
  /// - Throws: ``EvaluationError`` where the graph cannot be run or its input is not a sample's.
  public init(of graph: Graph, on dataset: Dataset, at indices: [Int]) throws(EvaluationError) {
    let outputs = try Self.outputs(of: graph, on: dataset, at: indices)
    classes = outputs.map(Self.largest)
  }

  /// The first output for each sample.
  public static func outputs(
    of graph: Graph, on dataset: Dataset, at indices: [Int]
  ) throws(EvaluationError) -> [[Float]] {
    let evaluator = try Evaluator(graph, outputs: Array(graph.outputs.prefix(1)))
    var outputs: [[Float]] = []
    for index in indices {
      evaluator.resetStates()
      outputs.append(try evaluator.run([dataset.input(index)])[0].elements(as: Float.self))
    }
    return outputs
  }

  private static func largest(_ values: [Float]) -> Int? {
    var best: Int?
    for (index, value) in values.enumerated() where value > (best.map { values[$0] } ?? -.infinity) {
      best = index
    }
    return best
  }

  /// Whether each is the label's.
  public func isRight(_ labels: [Int]) -> [Bool] { zip(classes, labels).map { $0 == $1 } }
}
