import ArgumentParser
import Foundation
import Records
import Reporting
import Sizing

/// `edgebench gate`: committed limits, for a pipeline.
struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Hold records to committed limits; exit 1 where one is not known to be met.",
    discussion: """
      The file of requirements has the keys latency, throughput, memory, disk, load, first_inference, \
      max_accuracy_drop and variant, for every model, and under models: by a model's name for single ones:

        latency: p99<=50ms
        memory: 64 MiB
        models:
          mobilenet_v2: { latency: p99<=80ms, variant: int8-static }

      A model passes with any configuration, or with those of the variant, that meets every limit.
      """)

  @Argument(help: "A folder of records, or one record.")
  var records: String

  @Option(help: "The file of requirements (YAML).")
  var requirements: String

  @Option(help: ArgumentHelp("Write the result for build servers as well.", valueName: "FILE"))
  var junit: String?

  func run() throws {
    let limits = try GateFile.read(requirements)
    let records = try RecordFolder.load(records)
    let gate: Gate
    do {
      gate = try Gate(records: records, requirements: limits)
    } catch {
      throw CommandFailure.badInput("\(requirements): \(error)")
    }
    if let junit {
      try failing(as: .runFailed) { try AtomicFile.write(Data(gate.junit.utf8), to: junit) }
    }
    try Terminal.output(gate.terminalText(usesColour: Terminal.usesColour))
    guard !gate.isPassed else { return }
    for line in gate.failures { Terminal.writeError("failed: \(line)\n") }
    let failed = gate.results.count { !$0.isPassed }
    throw CommandFailure(
      status: .gateFailed, message: "\(failed) of \(gate.results.count) did not pass the gate.")
  }
}
