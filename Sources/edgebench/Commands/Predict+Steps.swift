import Compression
import DeviceProfiles
import Engines
import Graph
import LatencyModel
import ModelFormats
import Records

extension Predict {
  /// A prediction from steps that were timed on the machine: the plan is made as the engine would make it.
  func predict(
    from table: StepTable, on profile: DeviceProfile, _ precision: Precision?
  ) throws(CommandFailure) {
    let shapes = try shape.byName()
    var graph = try failing(as: .badInput) {
      try ModelReader.read(model, ReadOptions(inputShapes: shapes, note: { Terminal.warning($0) }))
    }
    if let warning = graph.tracingWarning(given: []) { Terminal.warning(warning) }
    if let precision { graph = try variant(of: graph, in: precision) }
    let cost = try failing(as: .badInput) { try graph.cost() }
    let counts = Set(table.samples.map(\.threads)).sorted()
    let most = counts.last { $0 <= threads } ?? 1
    if most < threads {
      Terminal.warning(
        "\(threads) threads: \(profile.id) was calibrated with at most \(most), and no more count.")
    }
    guard let stepModel = StepModel(table, threads: most) else {
      throw .badInput("\(profile.id) was calibrated with \(counts) threads, not with \(threads).")
    }
    let calls = try failing(as: .badInput) { try BuiltinEngine().kernelCalls(of: graph) }
    let predicted = StepLatency(calls, model: stepModel)
    for caveat in predicted.caveats { Terminal.warning("the band is wider: \(caveat).") }
    if let roofline {
      try drawRoofline(predicted, model: graph.name, threads: most, precision: graph.precision, to: roofline)
    }
    let prediction = Prediction(
      graph: graph, cost: cost, profile: profile, predicted: predicted, table: table, threads: most,
      precision: graph.precision, explains: explain)
    try failing(as: .runFailed) {
      if try !json.write(prediction) { try Terminal.output(prediction.text) }
    }
  }

  /// The model in another precision, as the recipes make it; itself where it is in that already.
  private func variant(of graph: Graph, in precision: Precision) throws(CommandFailure) -> Graph {
    let recipe: Recipe
    switch precision {
    case .f32 where graph.precision == "f32": return graph
    case .int8 where graph.precision == "int8": return graph
    case .f32:
      throw .badInput("\(model): is in int8; expected --precision int8, or the model in f32.")
    case .f16: recipe = .f16
    case .int8: recipe = .int8Static
    }
    var variants = VariantSet(of: graph)
    switch try variants.make(recipe) {
    case .graph(let variant): return variant
    case .notApplicable(let reason):
      throw .badInput("\(model): cannot be made \(precision.rawValue): \(reason).")
    }
  }
}
