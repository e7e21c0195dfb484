import Compression
import DeviceProfiles
import Foundation
import Records
import Reporting
import Sizing
import Units

/// What a campaign prints and leaves in the results folder.
struct SizingOutput {
  var profile: DeviceProfile
  var sized: [Campaign.Sized]

  func write(to folder: String, json: JSONOption) throws(CommandFailure) {
    let reports = try writeTables(to: folder)
    let plots = try writePlots(to: folder)
    for warning in warnings { Terminal.warning(warning) }
    if json.json != nil {
      let text = try failing(as: .runFailed) { try SizingReport.json(reports) }
      if try json.write(text: text) { return }
    }
    try Terminal.output(text(reports) + plots + "Records and tables: \(folder)\n")
  }

  /// A plot for each record of sustained load; returns a line about each.
  private func writePlots(to folder: String) throws(CommandFailure) -> String {
    var lines = ""
    for record in sized.flatMap(\.records) {
      guard let load = record.measurement.sustained else { continue }
      let plot = SustainedPlot(title: "\(record.model.name), \(record.configuration.title)", load: load)
      guard let svg = plot.svg else { continue }
      let name = record.key.fileName.dropLast(RecordKey.fileSuffix.count)
      let path = "\(folder)/\(name).sustained.svg"
      try failing(as: .runFailed) { try AtomicFile.write(Data(svg.utf8), to: path) }
      lines += "\(printable(plot.title, limit: 200)): \(plot.summary); \(printable(path, limit: 400))\n"
    }
    return lines
  }

  @discardableResult
  func writeTables(to folder: String) throws(CommandFailure) -> [SizingReport] {
    let reports = sized.compactMap { SizingReport(records: $0.records, decision: $0.decision) }
    let title = "\(profile.name) (\(profile.id))"
    let tables = SizingReport.markdown(reports, title: title)
    try failing(as: .runFailed) {
      try AtomicFile.write(Data(tables.utf8), to: folder + "/TABLES.md")
    }
    return reports
  }

  private func text(_ reports: [SizingReport]) -> String {
    let terminal = TerminalText(usesColour: Terminal.usesColour)
    var text = ""
    if reports.count == 1, let report = reports.first {
      text += report.terminalText(usesColour: terminal.usesColour)
    } else {
      let width = Terminal.outputIsTerminal ? Terminal.width : nil
      text += SizingReport.terminalTable(reports, usesColour: terminal.usesColour, width: width)
      text += reasons(reports, terminal)
    }
    for result in sized {
      for note in notes(result) {
        text += terminal.styled("  \(result.subject.identity.name): \(note)") + "\n"
      }
      for room in result.headRooms {
        text += terminal.styled("  \(result.subject.identity.name): \(room.sentence)") + "\n"
      }
    }
    if sized.flatMap(\.records).contains(where: { $0.projection?.latency != nil }) {
      text += "\(Projection.bandCaveat) See docs/latency-model.md.\n"
    }
    return text
  }

  /// The variants that cannot be made, and why; none where the verdict says so itself.
  private func notes(_ result: Campaign.Sized) -> [String] {
    let hasVariants = result.decision.candidates.contains { $0.candidate.isCompressed }
    if case .insufficient = result.decision.verdict.kind, !hasVariants { return [] }
    return Recipe.all.compactMap { recipe in result.inapplicable[recipe.name].map { "\(recipe.name): \($0)" }
    }
  }

  /// Why, and what next, of the verdicts that leave something to do.
  private func reasons(_ reports: [SizingReport], _ terminal: TerminalText) -> String {
    var text = ""
    for report in reports {
      if case .notRequired = report.decision.verdict.kind { continue }
      text += "\n" + report.verdictText(terminal)
    }
    return text
  }

  /// What the host could not enforce, each said once. What disturbed a run stands with the run.
  private var warnings: [String] {
    var seen: Set<String> = []
    let all = sized.flatMap(\.records).flatMap { $0.measurement.sandbox.notEnforced }
    return all.filter { seen.insert($0).inserted }.map { "not enforced: \($0)" }
  }
}
