import Compression
import Datasets
import Graph
import ReferenceSuite
import Training

/// The digits, divided, and how models are trained on them here.
struct Digits {
  let data = Dataset.digits
  let split: DatasetSplit
  /// The calibration part with shifts: what models learn from.
  let samples: TrainingSamples
  let testLabels: [Int]
  /// Where trainings keep their checkpoints; `nil` for nowhere.
  var checkpoints: String?

  init(checkpoints: String? = nil) throws {
    split = try DatasetSplit(data)
    samples = TrainingSamples(data, at: split.calibration).withShifts()
    let labels = data.labels ?? []
    testLabels = split.test.map { labels[$0] }
    self.checkpoints = checkpoints
  }

  var session: TrainingSession { TrainingSession(folder: checkpoints) }

  /// The model with weights drawn from `seed`, trained on the labels alone.
  func trained(_ model: ReferenceModel, epochs: Int, seed: UInt64) throws -> Graph {
    let graph = try model.build(weights: WeightRequest.seeded(seed))
    let options = TrainingOptions(epochs: epochs, seed: seed)
    let trainer = try Trainer(graph, Objective(labels: samples.labels), inputs: samples.inputs, options)
    return try session.run(trainer, "\(model.id)-\(epochs)-\(seed)")
  }

  func predictions(_ graph: Graph) throws -> Predictions {
    try Predictions(of: graph, on: data, at: split.test)
  }

  func comparison(_ variant: Graph, to reference: Predictions) throws -> AccuracyComparison {
    guard
      let comparison = AccuracyComparison(
        reference, try predictions(variant), labels: testLabels, classNames: data.classNames)
    else { throw ToolError("the digits have no test part.") }
    return comparison
  }

  /// Ranges of a graph's activations on the unshifted calibration part.
  func calibration(of graph: Graph) throws -> CalibrationTable {
    try CalibrationTable(observing: graph, inputs: split.calibration.map { [data.input($0)] })
  }
}

struct ToolError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
