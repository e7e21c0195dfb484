import ArgumentParser
import Engines
import Execution
import Foundation
import Graph
import ModelFormats
import Records
import Reporting
import Units

/// `edgebench inspect`: what a model is made of.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a model's operators, MACs, parameters and arena.")

  @Argument(help: "The model file.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "Draw the graph into a file: a picture (.svg) or Graphviz's language (.dot).",
      valueName: "FILE.svg|FILE.dot"))
  var graph: String?

  @OptionGroup var shape: ShapeOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    let shapes = try shape.byName()
    if let path = self.graph, !path.hasSuffix(".svg"), !path.hasSuffix(".dot") {
      throw CommandFailure.badInput("--graph is '\(path)'; expected a name that ends with '.svg' or '.dot'.")
    }
    let graph = try failing(as: .badInput) {
      try ModelReader.read(
        model,
        ReadOptions(
          inputShapes: shapes, structureOnly: true, omitsUnsupported: true, note: { Terminal.warning($0) }))
    }
    if let warning = graph.tracingWarning(given: []) { Terminal.warning(warning) }
    let cost = try failing(as: .badInput) { try graph.cost() }
    let artefact = graph.omissions == nil ? plannedArtefact(of: graph) : nil
    if let warning = graph.omissionWarning { Terminal.warning(warning) }
    if let path = self.graph {
      let drawing = GraphDrawing(graph)
      let text = path.hasSuffix(".svg") ? drawing.svg() : drawing.dot()
      try failing(as: .runFailed) { try AtomicFile.write(Data(text.utf8), to: path) }
    }
    let report = InspectReport(
      graph: graph, cost: cost, artefact: artefact, fileBytes: ModelFileSize.bytes(of: model))
    if try !json.write(report) { try Terminal.output(report.text) }
  }

  /// What the graph is run from; `nil` where the engine has something against it, which is said.
  private func plannedArtefact(of graph: Graph) -> Artefact? {
    do throws(EngineError) {
      return try BuiltinEngine().plannedArtefact(of: graph)
    } catch {
      // What cannot be run can still be sized.
      Terminal.warning(error.description)
      return nil
    }
  }
}

/// What `inspect` prints.
private struct InspectReport: Encodable {
  var name: String
  var inputs: [Port]
  var outputs: [Port]
  var operators: [OperatorCount]
  var macs: Int
  var parameters: Int
  var weightBytes: [String: Int]
  var arenaBytes: Int64?
  var arenaLowerBoundBytes: Int64?
  var stateBytes: Int
  var planBytes: Int64?
  var fileBytes: Int64?
  /// Operators of the file that no figure covers, but for the weights that they read.
  var omitted: [Omission]

  struct Omission: Encodable {
    var name: String
    var place: String
    var reason: String
    var remedy: String?

    init(_ op: OmittedOperator) {
      name = op.name
      place = op.place
      reason = op.reason
      remedy = op.remedy
    }
  }

  struct Port: Encodable {
    var name: String
    var type: String
    /// `nil` where an operator that edgebench lacks decides it.
    var shape: [Int]?

    init(unknown name: String) {
      self.name = name
      type = "-"
    }

    init(_ tensor: Tensor) {
      name = tensor.name
      type = "\(tensor.elementType)"
      shape = tensor.shape.dimensions
    }
    var text: String { "\(name) \(type) \(shape.map { Shape($0).description } ?? "-")" }
  }

  struct OperatorCount: Encodable {
    var name: String
    var count: Int
    var macs: Int
  }

  init(graph: Graph, cost: GraphCost, artefact: Artefact?, fileBytes: Int64?) {
    name = graph.name
    inputs = graph.ownInputs.map { Port(graph[$0]) }
    outputs =
      graph.ownOutputs.map { Port(graph[$0]) }
      + (graph.omissions?.unknownOutputs ?? []).map { Port(unknown: $0) }
    var counts: [String: OperatorCount] = [:]
    for (node, nodeCost) in zip(graph.nodes, cost.nodes) {
      counts[node.op.name, default: OperatorCount(name: node.op.name, count: 0, macs: 0)].count += 1
      counts[node.op.name]?.macs += nodeCost.macs
    }
    operators = counts.values.sorted { ($1.macs, $1.count, $0.name) < ($0.macs, $0.count, $1.name) }
    macs = cost.macs
    parameters = cost.parameters
    weightBytes = [:]
    for (type, bytes) in cost.weightBytes { weightBytes["\(type)"] = bytes }
    arenaBytes = artefact?.arena.bytes
    arenaLowerBoundBytes = artefact?.arenaLowerBound.bytes
    stateBytes = cost.stateBytes
    planBytes = artefact?.size.bytes
    self.fileBytes = fileBytes
    omitted = (graph.omissions?.operators ?? []).map { Omission($0) }
  }

  var text: String {
    func size(_ bytes: Int64?) -> String { bytes.map { ByteCount(bytes: $0).description } ?? "-" }
    let weights = weightBytes.sorted { $0.key < $1.key }
      .map { "\($0.key) \(ByteCount(bytes: $0.value))" }.joined(separator: ", ")
    var lines = [name]
    lines += inputs.map { "  input       \($0.text)" }
    lines += outputs.map { "  output      \($0.text)" }
    lines += [
      "  file        \(size(fileBytes))",
      "  MACs        \(omitted.isEmpty ? "" : "at least ")\(macs)",
      "  parameters  \(parameters)",
      "  weights     \(weights.isEmpty ? "-" : weights)",
      "  arena       \(size(arenaBytes)) (at least \(size(arenaLowerBoundBytes)))",
      "  state       \(ByteCount(bytes: stateBytes))",
      "  plan        \(size(planBytes))",
      "  operators",
    ]
    let width = operators.map(\.name.count).max() ?? 0
    for entry in operators {
      let name = entry.name + String(repeating: " ", count: width - entry.name.count)
      lines.append("    \(entry.count)\t\(name)  \(entry.macs == 0 ? "-" : "\(entry.macs) MACs")")
    }
    lines += omissionLines
    return lines.joined(separator: "\n") + "\n"
  }

  private var omissionLines: [String] {
    guard !omitted.isEmpty else { return [] }
    var lines = ["  not supported"]
    for op in omitted {
      lines.append("    \(op.place): \(op.reason)")
      if let remedy = op.remedy { lines.append("      instead: \(remedy)") }
    }
    return lines
  }
}
