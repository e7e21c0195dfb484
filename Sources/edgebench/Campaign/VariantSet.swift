import Compression
import Datasets
import Graph
import Records

/// A model and what recipes made of it, with the inputs that calibrate and compare them: data, or seeded numbers.
struct VariantSet {
  /// Of calibration and comparison inputs.
  static let seed: UInt64 = 7
  private static let inputCount = 8

  let reference: Graph
  private let data: EvaluationData?
  private var graphs: [String: Graph] = [:]
  private var inputs: [[TensorData]] = []
  private var calibration: CalibrationTable?

  enum Made {
    case graph(Graph)
    case notApplicable(reason: String)
  }

  private var predictions: Predictions?

  init(of reference: Graph, data: EvaluationData? = nil) {
    self.reference = reference
    self.data = data
  }

  func graph(named name: String) -> Graph? { graphs[name] }

  mutating func make(_ recipe: Recipe) throws(CommandFailure) -> Made {
    do {
      let graph = try recipe.apply(to: reference, calibration: recipe.needsCalibration ? calibrated() : nil)
      graphs[recipe.name] = graph
      return .graph(graph)
    } catch .notApplicable(_, let reason) {
      return .notApplicable(reason: reason)
    } catch {
      throw .runFailed("\(reference.name): \(error)")
    }
  }

  /// How often a variant is right, beside the reference; `nil` for the reference itself, and without labelled data.
  mutating func accuracy(of recipe: Recipe) throws(CommandFailure) -> Accuracy? {
    guard recipe != .reference, let data, data.dataset.labels != nil, let variant = graphs[recipe.name] else {
      return nil
    }
    if predictions == nil { predictions = try data.predictions(of: reference) }
    guard let predictions else { return nil }
    return try data.accuracy(of: variant, against: predictions)
  }

  /// How near a variant comes to the reference on test samples, or on seeded inputs; `nil` for the reference itself.
  mutating func fidelity(of recipe: Recipe) throws(CommandFailure) -> Fidelity? {
    guard recipe != .reference, let variant = graphs[recipe.name] else { return nil }
    let inputs = data?.testInputs ?? seededInputs()
    let measured = try failing(as: .runFailed) {
      try OutputFidelity.comparing(variant, to: reference, on: inputs)
    }
    guard let measured else { return nil }
    return Fidelity(
      agreeingInputs: measured.agreeingSamples, inputCount: measured.sampleCount, cosine: measured.cosine,
      signalToNoise: measured.signalToNoise,
      worst: measured.worst.map { .init(input: $0.sample, signalToNoise: $0.signalToNoise) },
      inputs: data == nil ? .synthetic : .dataset)
  }

  private mutating func calibrated() throws(CompressionError) -> CalibrationTable {
    if let calibration { return calibration }
    let table = try CalibrationTable(observing: reference, inputs: data?.calibration ?? seededInputs())
    calibration = table
    return table
  }

  private mutating func seededInputs() -> [[TensorData]] {
    if inputs.isEmpty { inputs = reference.syntheticInputs(count: Self.inputCount, seed: Self.seed) }
    return inputs
  }
}
