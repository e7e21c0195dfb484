import Compression
import Datasets
import Digests
import Graph
import Records
import Statistics

/// Data that variants are calibrated on and judged by, divided once for all of them.
struct EvaluationData {
  let dataset: Dataset
  let split: DatasetSplit
  /// Of inputs and labels.
  let digest: String
  /// For records: another folder's data, or the same with another number in it, make another run.
  var identity: String { "data \(dataset.name) \(digest.prefix(16))" }

  /// No more samples are calibrated on: ranges settle after a few hundred.
  private static let mostCalibrationSamples = 500

  init(_ dataset: Dataset) throws(CommandFailure) {
    self.dataset = dataset
    split = try failing(as: .badInput) { try DatasetSplit(dataset) }
    var hash = SHA256()
    dataset.values.withUnsafeBytes { hash.update($0) }
    hash.update("\(dataset.labels ?? [])")
    digest = hash.hexadecimal()
  }

  /// The data in `folder` for `graph`, which has one input of real numbers for one sample at a time.
  init(folder: String, for graph: Graph, named name: String) throws(CommandFailure) {
    guard graph.inputs.count == 1, graph[graph.inputs[0]].elementType == .f32 else {
      throw .badInput("\(name): --dataset takes models of one f32 input; this one has \(graph.inputSummary).")
    }
    let classes = graph.outputs.first.flatMap { graph[$0].shape.dimensions.last }
    try self.init(
      failing(as: .badInput) {
        try Dataset.read(folder: folder, for: graph[graph.inputs[0]].shape, classes: classes)
      })
  }

  var calibration: [[TensorData]] {
    split.calibration.prefix(Self.mostCalibrationSamples).map { [dataset.input($0)] }
  }

  var testInputs: [[TensorData]] { split.test.map { [dataset.input($0)] } }

  /// How often `variant` is right on the test samples, beside `reference`; `nil` without labels.
  func accuracy(of variant: Graph, against reference: Predictions) throws(CommandFailure) -> Accuracy? {
    guard let labels = dataset.labels else { return nil }
    let found = try predictions(of: variant)
    guard
      let comparison = AccuracyComparison(
        reference, found, labels: split.test.map { labels[$0] }, classNames: dataset.classNames)
    else { return nil }
    return Accuracy(
      metric: "top-1", value: comparison.variant, reference: comparison.reference,
      drop: comparison.paired.scoreInterval(), inputCount: comparison.paired.count, dataset: dataset.name,
      isWithinNoise: comparison.paired.isWithinNoise,
      worstClass: Accuracy.WorstClass(
        name: comparison.worst.name, value: comparison.worst.variant, reference: comparison.worst.reference,
        inputCount: comparison.worst.count))
  }

  /// Whether a variant does at least as well as another on the validation part: by how often it is right, or, without labels, by how
  /// near it comes to `reference`.
  func isNoWorse(
    _ variant: Graph, than other: Graph, reference: Graph
  ) throws(CommandFailure) -> Bool {
    try failing(as: .runFailed) {
      if let labels = dataset.labels {
        let wanted = split.validation.map { labels[$0] }
        let right = try [variant, other].map { graph in
          try Predictions(of: graph, on: dataset, at: split.validation).isRight(wanted).count { $0 }
        }
        return right[0] >= right[1]
      }
      let inputs = split.validation.map { [dataset.input($0)] }
      let ratios = try [variant, other].map { graph in
        try OutputFidelity.comparing(graph, to: reference, on: inputs)?.signalToNoise ?? -.infinity
      }
      return ratios[0] >= ratios[1]
    }
  }

  func predictions(of graph: Graph) throws(CommandFailure) -> Predictions {
    try failing(as: .runFailed) { try Predictions(of: graph, on: dataset, at: split.test) }
  }
}

extension Graph {
  /// "2 inputs, f32 1x8x8x1 and i32 1x4".
  fileprivate var inputSummary: String {
    let types = inputs.map { "\(self[$0].type)" }.joined(separator: " and ")
    return "\(inputs.count) input\(inputs.count == 1 ? "" : "s"), \(types)"
  }
}
