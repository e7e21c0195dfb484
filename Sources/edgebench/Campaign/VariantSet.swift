import Compression
import Graph
import Records

/// A model and what recipes made of it, with the seeded inputs that calibrate and compare them.
struct VariantSet {
  /// Of calibration and comparison inputs.
  static let seed: UInt64 = 7
  private static let inputCount = 8

  let reference: Graph
  private var graphs: [String: Graph] = [:]
  private var inputs: [[TensorData]] = []
  private var calibration: CalibrationTable?

  enum Made {
    case graph(Graph)
    case notApplicable(reason: String)
  }

  init(of reference: Graph) { self.reference = reference }

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

  /// How near a variant comes to the reference on the seeded inputs; `nil` for the reference itself.
  mutating func fidelity(of recipe: Recipe) throws(CommandFailure) -> Fidelity? {
    guard recipe != .reference, let variant = graphs[recipe.name] else { return nil }
    let inputs = seededInputs()
    let measured = try failing(as: .runFailed) {
      try OutputFidelity.comparing(variant, to: reference, on: inputs)
    }
    guard let measured else { return nil }
    return Fidelity(
      agreeingInputs: measured.agreeingSamples, inputCount: measured.sampleCount, cosine: measured.cosine,
      signalToNoise: measured.signalToNoise.flatMap { $0.isFinite ? $0 : nil }, inputs: .synthetic)
  }

  private mutating func calibrated() throws(CompressionError) -> CalibrationTable {
    if let calibration { return calibration }
    let table = try CalibrationTable(observing: reference, inputs: seededInputs())
    calibration = table
    return table
  }

  private mutating func seededInputs() -> [[TensorData]] {
    if inputs.isEmpty { inputs = reference.syntheticInputs(count: Self.inputCount, seed: Self.seed) }
    return inputs
  }
}
