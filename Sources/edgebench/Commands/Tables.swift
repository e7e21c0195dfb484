import ArgumentParser
import DeviceProfiles
import Foundation
import Graph
import LatencyModel
import Records
import ReferenceSuite
import Reporting

/// `edgebench tables`: the reference suite on every device, projected.
struct Tables: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Project the reference suite on every device, as Markdown, CSV and JSON.",
    discussion: """
      A latency with its 90 % band for each model, device, precision and number of threads: one, and as many as the fastest \
      cores are. Devices for which the engine has no coefficients, neither their own nor of boards with their cores, have '-'. Nothing is run. \
      Writes latency.md, latency.csv and latency.json into the folder.
      """)

  @Option(name: [.customShort("o"), .customLong("output")], help: "The folder of the tables.")
  var output = "results/tables"

  @Option(help: "The engine whose coefficients are used.")
  var engine = "ncnn"

  @OptionGroup var profiles: ProfileFolderOptions

  func run() throws {
    guard PublishedFolder.engines.contains(engine) else {
      throw CommandFailure.badInput(
        "Engine '\(engine)' has no published rows; expected \(PublishedFolder.engines.joined(separator: " or "))."
      )
    }
    let library = profiles.library
    let predictor = try DevicePredictor(engine: engine, library: library.directory)
    var graphs: [(id: String, graph: Graph)] = []
    for model in ReferenceSuite.models {
      graphs.append((model.id, try failing(as: .runFailed) { try model.build() }))
    }
    var seen: Set<String> = []
    let devices = library.loadAll().filter { seen.insert($0.digest).inserted }
    guard !devices.isEmpty else {
      throw CommandFailure.badInput(
        "\(library.directory): holds no sound profile. Name their folder with --profiles.")
    }
    var cells: [LatencyTable.Cell] = []
    for profile in devices {
      let calibrations = try predictor.calibrations(for: profile)
      for threads in Set([1, profile.clusters.first?.count.value ?? 1]).sorted() {
        for precision in Precision.allCases {
          for (id, graph) in graphs {
            let predicted = try predictor.predict(graph, calibrations, precision: precision, threads: threads)
            cells.append(
              LatencyTable.Cell(
                model: id, profile: profile, engine: engine, precision: precision, threads: threads,
                predicted: predicted.flatMap { $0.calibration.threads == threads ? $0 : nil }))
          }
        }
      }
    }
    let table = LatencyTable(models: graphs.map(\.id), cells: cells)
    try failing(as: .runFailed) {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try AtomicFile.write(Data(table.markdown.utf8), to: "\(output)/latency.md")
      try AtomicFile.write(Data(table.csv.utf8), to: "\(output)/latency.csv")
      try AtomicFile.write(try encoder.encode(table.cells) + Data("\n".utf8), to: "\(output)/latency.json")
    }
    let known = cells.filter { $0.latencyNs != nil }.count
    try Terminal.output(
      "\(known) latencies of \(graphs.count) models on \(devices.count) devices in \(output)/latency.md, latency.csv and latency.json; \(cells.count - known) are not known.\n"
    )
  }
}
