import ArgumentParser
import DeviceProfiles
import Engines
import Graph
import LatencyModel
import ModelFormats
import Records

/// `edgebench predict`: a latency on a device, without running anything.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Project a model's latency on a device, from the profile's figures.",
    discussion: """
      The evidence is 'projected'. \(Projection.bandCaveat) See docs/latency-model.md. Without --precision each operator is taken in the precision that it has.
      """)

  @Argument(help: "The model file.")
  var model: String

  @Option(help: "The device profile: a name ('edgebench profiles list') or a file.")
  var profile: String

  @Option(help: "The engine whose coefficients are used, where the profile has some.")
  var engine = "builtin"

  @Option(help: "The arithmetic: f32, f16 or int8. One that is not the model's own answers 'what if'.")
  var precision: String?

  @Option(help: "Threads that run one inference.")
  var threads = 1

  @Flag(help: "Say of each layer how long it takes and what bounds it.")
  var explain = false

  @Option(help: "Draw the layers under the machine's ceilings, as SVG.")
  var roofline: String?

  @OptionGroup var shape: ShapeOptions
  @OptionGroup var profiles: ProfileFolderOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    let profile = try profiles.profile(self.profile)
    try checkEngine(profile)
    let precision = try wantedPrecision()
    if self.profile.hasSuffix(".yaml"), let table = try StepStore.table(for: self.profile, engine: engine) {
      return try predict(from: table, on: profile, precision)
    }
    let shapes = try shape.byName()
    let graph = try failing(as: .badInput) {
      try ModelReader.read(
        model, ReadOptions(inputShapes: shapes, structureOnly: true, note: { Terminal.warning($0) }))
    }
    if let warning = graph.tracingWarning(given: []) { Terminal.warning(warning) }
    let cost = try failing(as: .badInput) { try graph.cost() }
    let library = profiles.library.directory
    let predictor = try DevicePredictor(
      engine: engine, library: library,
      folder: self.profile.hasSuffix(".yaml") ? folder(of: self.profile) : nil)
    let calibrations = try predictor.calibrations(for: profile)
    if !calibrations.isEmpty {
      let wanted = precision ?? Precision(rawValue: graph.precision) ?? .f32
      guard
        let predicted = try predictor.predict(graph, calibrations, precision: wanted, threads: threads)
      else {
        throw CommandFailure.badInput("\(profile.id) has no coefficients of \(engine) in \(wanted.rawValue).")
      }
      for caveat in predicted.caveats { Terminal.warning("the band is wider: \(caveat).") }
      if let roofline { try drawRoofline(predicted, model: graph.name, to: roofline) }
      let prediction = Prediction(
        graph: graph, cost: cost, profile: profile, predicted: predicted, explains: explain)
      if try !json.write(prediction) { try Terminal.output(prediction.text) }
      return
    }
    if roofline != nil {
      throw CommandFailure.badInput(
        "\(profile.id) has no coefficients of \(engine), so layers cannot be drawn; take --engine \(PublishedFolder.engines[0]), or a calibrated profile."
      )
    }
    let projected = try failing(as: .badInput) {
      try LatencyModel.project(graph, on: profile, threads: threads, precision: precision, engine: engine)
    }
    if projected.threads < threads {
      Terminal.warning(
        "\(threads) threads: the fastest cores of \(profile.id) are \(projected.threads), and no more count.")
    }
    let prediction = Prediction(
      graph: graph, cost: cost, profile: profile, projected: projected, engine: engine,
      precision: precision?.rawValue ?? graph.precision)
    if try !json.write(prediction) { try Terminal.output(prediction.text) }
  }

  private func folder(of path: String) -> String {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    return folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
  }

  private func wantedPrecision() throws(CommandFailure) -> Precision? {
    guard let text = precision else { return nil }
    guard let precision = Precision(rawValue: text) else {
      let names = Precision.allCases.map(\.rawValue)
      throw .badInput("--precision is '\(text)'; expected one of \(names.joined(separator: ", ")).")
    }
    return precision
  }

  /// An engine that is neither in this build nor in the profile is a slip.
  private func checkEngine(_ profile: DeviceProfile) throws(CommandFailure) {
    let known = EngineLibrary.all.map(\.name) + profile.coefficients.map(\.engine) + PublishedFolder.engines
    guard !known.contains(engine) else { return }
    let hint = closestName(to: engine, among: known).map { "Did you mean '\($0)'?" }
    let names = Set(known).sorted().joined(separator: ", ")
    throw .badInput("Unknown engine '\(engine)'. \(hint ?? "\(profile.id) has figures for: \(names).")")
  }
}
