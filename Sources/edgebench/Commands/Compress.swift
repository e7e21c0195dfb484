import ArgumentParser
import Compression
import DeviceProfiles
import Digests
import Engines
import Execution
import Foundation
import Graph
import ModelFormats
import Records
import ReferenceSuite
import Units

/// `edgebench compress`: a model made smaller, as a file that this and other runtimes run.
struct Compress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model, compressed or as it is, as TFLite, ONNX or a plan.",
    discussion: """
      Recipes, one after the other: \(Recipe.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")). \
      'reference' alone converts a model of any format that is read.

      Writes OUT and, beside it, OUT.json: the digests of source, calibration samples and artefact, the recipes and the \
      seed, and how near the outputs come to the source's. Without --calibration, recipes that need ranges learn them from \
      seeded numbers, and the accuracy is unknown.
      """)

  @Argument(
    help: ArgumentHelp(
      "The model file, or 'suite:NAME' for a model of the reference suite.", valueName: "model"))
  var model: String

  @Option(help: ArgumentHelp("What to do, in this order.", valueName: "NAME[,NAME...]"))
  var recipe: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write: .tflite, .onnx, .ebgraph or .ebplan.", valueName: "OUT"))
  var output: String

  @OptionGroup var calibration: CalibrationOptions
  @OptionGroup var shape: ShapeOptions

  @Option(
    help: ArgumentHelp(
      "The instruction set that a plan is for: neon, neonfp16dot, scalar, ...; this processor's where not given.",
      valueName: "NAME"))
  var isa: String?

  @OptionGroup var arithmetic: ArithmeticOption

  @Option(help: "Seed of made-up inputs, where no samples are given.")
  var seed: UInt64 = 7

  /// How many inputs are made up where no samples are given.
  private static let seededCount = 8

  func run() throws {
    let recipes = try recipes()
    let format = try ModelFile(path: output)
    let engine = try engine()
    guard arithmetic.arithmetic == .f32 || format == .ebplan else {
      throw CommandFailure.badInput(
        "--arithmetic f16 is of a plan; expected an OUT that ends in .ebplan, found '\(output)'.")
    }
    let (source, digest, size) = try load()
    let given = try calibration.samples(for: source)
    let samples =
      given?.inputs ?? source.syntheticInputs(count: Self.seededCount, seed: seed)
    var graph = source
    var choice: CalibrationChoice?
    for recipe in recipes {
      let current = graph
      graph = try failing(as: .badInput) {
        guard recipe.needsCalibration else { return try recipe.apply(to: current) }
        let best = try recipe.applyingBest(to: current, samples: samples)
        choice = best.choice
        return best.variant
      }
    }
    if given == nil, recipes.contains(where: \.needsCalibration) {
      Terminal.warning(
        "ranges are learnt from seeded numbers, which say nothing of the task. Give samples with --calibration."
      )
    }
    try format.write(graph, to: output, engine: engine)
    let record = CompressionRecord(
      tool: Program.identity, command: Program.commandLine,
      source: file(model, digest: digest, size: size, source),
      artefact: file(
        output, digest: try failing(as: .runFailed) { try FileDigest.sha256(of: output) },
        size: try failing(as: .runFailed) { try fileSize(output) }, graph),
      recipes: recipes.map(\.name), arithmetic: arithmetic.arithmetic.rawValue,
      calibration: .init(
        inputs: given == nil ? "seeded" : "given", samples: samples.count, sha256: given?.digest,
        seed: given == nil ? seed : nil, ranges: choice.map { "\($0.ranges)" },
        equalizesChannels: choice?.equalizes),
      fidelity: try fidelity(of: graph, to: source, on: samples, areGiven: given != nil))
    try failing(as: .runFailed) {
      try AtomicFile.write(try record.data(), to: "\((output as NSString).deletingPathExtension).json")
    }
    try Terminal.output(record.text)
  }

  private func engine() throws(CommandFailure) -> BuiltinEngine {
    let arithmetic = arithmetic.arithmetic
    guard let isa else { return BuiltinEngine(arithmetic: arithmetic) }
    guard let engine = BuiltinEngine(instructionSet: isa, arithmetic: arithmetic) else {
      throw .badInput(
        "--isa is '\(isa)'; expected an instruction set such as neon, neonfp16dot, avx2 or scalar.")
    }
    return engine
  }

  private func recipes() throws(CommandFailure) -> [Recipe] {
    var recipes: [Recipe] = []
    for name in recipe.split(separator: ",", omittingEmptySubsequences: false) {
      guard let recipe = Recipe(named: String(name)) else {
        let names = Recipe.all.map(\.name)
        let hint = closestName(to: String(name), among: names).map { "Did you mean '\($0)'?" }
        throw .badInput(
          "Unknown recipe '\(printable(String(name), limit: 60))'. \(hint ?? "There are: \(names.joined(separator: ", ")).")"
        )
      }
      recipes.append(recipe)
    }
    return recipes
  }

  private func load() throws(CommandFailure) -> (Graph, digest: String, size: Int?) {
    let prefix = "suite:"
    guard model.hasPrefix(prefix) else {
      let subject = try Subject(path: model, shapes: try shape.byName())
      return (
        try subject.load(), subject.identity.sha256,
        try failing(as: .badInput) { try fileSize(model) }
      )
    }
    let id = String(model.dropFirst(prefix.count))
    guard let found = ReferenceSuite[id] else {
      let names = ReferenceSuite.models.map(\.id)
      let hint = closestName(to: id, among: names).map { "Did you mean '\($0)'?" }
      throw .badInput(
        "The reference suite has no '\(printable(id, limit: 60))'. "
          + (hint ?? "It has: \(names.joined(separator: ", "))."))
    }
    let subject = Subject(found)
    return (try subject.load(), subject.identity.sha256, nil)
  }

  private func file(_ path: String, digest: String, size: Int?, _ graph: Graph) -> CompressionRecord.File {
    var weights: [String: Int] = [:]
    for tensor in graph.tensors {
      if let data = tensor.constant { weights["\(tensor.elementType)", default: 0] += data.byteCount }
    }
    return CompressionRecord.File(
      path: path, sha256: digest, bytes: size, weightBytes: weights,
      inputs: graph.inputs.map { .init(graph[$0]) }, outputs: graph.outputs.map { .init(graph[$0]) })
  }

  private func fileSize(_ path: String) throws -> Int? {
    (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
  }

  private func fidelity(
    of graph: Graph, to source: Graph, on samples: [[TensorData]], areGiven: Bool
  ) throws(CommandFailure) -> CompressionRecord.Fidelity? {
    let outputs = try failing(as: .runFailed) {
      try OutputFidelity.comparingOutputs(of: graph, to: source, on: samples)
    }
    let named = zip(source.outputs, outputs).compactMap { id, fidelity in
      fidelity.map { CompressionRecord.Output(source[id].name, $0) }
    }
    guard !named.isEmpty else { return nil }
    return CompressionRecord.Fidelity(
      inputs: areGiven ? "the calibration samples" : "seeded numbers", samples: samples.count, outputs: named)
  }
}
