import ArgumentParser
import Engines
import Execution
import Foundation
import Graph
import ModelFormats
import Records

/// `edgebench infer`: a model run once, arrays in and out.
struct Infer: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a model once, on NumPy arrays.",
    discussion: """
      Writes 0.npy, 1.npy, ... in the model's order of outputs, and outputs.json (name, file, shape, type). \
      Inputs that are not given are seeded numbers.
      """)

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup var inputs: InputOptions
  @OptionGroup var engine: EngineOptions

  @Option(help: "The folder for the outputs; made if it is not there.")
  var outputDir: String

  func run() throws {
    let engine = try engine.resolve()
    let options = try inputs.readOptions(for: model)
    let graph = try failing(as: .badInput) { try ModelReader.read(model, options) }
    if let warning = graph.tracingWarning(given: options.inputValues.keys) { Terminal.warning(warning) }
    let work = try failing(as: .runFailed) { try TemporaryFolder() }
    defer { work.remove() }
    let sources = try inputs.sources(for: graph, in: work)
    let artefact = try failing(as: .badInput) {
      try engine.makeArtefact(of: graph, at: work.path + "/model.ebplan")
    }
    var request = InferenceRequest(plan: artefact.path, outputFolder: work.path)
    request.inputs = sources
    request.threads = self.engine.threadCount
    let runner = AgentRunner(agentPath: Program.agent, sandbox: .rlimit)
    let interrupts = Interrupts(cancelling: runner, message: "No output was written.")
    defer { withExtendedLifetime(interrupts) {} }
    let inference = try failing(as: .runFailed) { try runner.infer(request) }
    guard case .completed = inference.outcome else {
      throw CommandFailure.runFailed("\(model): \(inference.outcome.sentence).")
    }
    try failing(as: .runFailed) { try write(inference.outputs, of: graph) }
  }

  private func write(_ raw: [String], of graph: Graph) throws {
    try FileManager.default.createDirectory(atPath: outputDir, withIntermediateDirectories: true)
    var entries: [OutputEntry] = []
    for (index, id) in graph.outputs.enumerated() {
      let tensor = graph[id]
      let bytes = try Data(contentsOf: URL(fileURLWithPath: raw[index]))
      let array = NumpyFile(
        carrying: tensor.elementType, shape: tensor.shape, data: TensorData([UInt8](bytes)))
      let file = "\(index).npy"
      try AtomicFile.write(Data(array.serialized()), to: "\(outputDir)/\(file)")
      entries.append(
        OutputEntry(
          name: tensor.name, file: file, shape: tensor.shape.dimensions, type: "\(tensor.elementType)"))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(encoder.encode(entries), to: "\(outputDir)/outputs.json")
  }

  private struct OutputEntry: Encodable {
    var name: String
    var file: String
    var shape: [Int]
    var type: String
  }
}
