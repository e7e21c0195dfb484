import Records
import Sizing
import Statistics

extension SizingReport {
  /// The block of one configuration:
  ///
  ///     mobilenet_v2 on rpi-zero-2w: reference, 4 threads  VALID  (300 samples, seed 7)
  ///       p90 latency  412 ms [405, 421]  limit 250 ms  exceeded  measured on board
  ///       peak memory  61.2 MiB           limit 96 MiB  met       measured on board
  public func block(_ entry: Entry, _ terminal: TerminalText) -> String {
    let record = entry.record
    var facts = ["\(record.measurement.samplesNanoseconds.count) samples"]
    if let seed = record.seed { facts.append("seed \(seed)") }
    let title = "\(place): \(record.configuration.title)"
    let word = entry.validity
    var text =
      "\(terminal.styled(title, .strong))  \(terminal.styled(word.text, word.tone))  (\(facts.joined(separator: ", ")))\n"

    let rows = entry.assessed.assessments.map { Self.row($0) } + unlimited(entry)
    let widths = (0..<4).map { column in
      rows.map { DisplayWidth.of(Escaping.terminal($0.cells[column])) }.max() ?? 0
    }
    for row in rows {
      let padded = (0..<4).map { column in
        let cell = Escaping.terminal(row.cells[column])
        let pad = String(repeating: " ", count: widths[column] - DisplayWidth.of(cell))
        return column == 3 ? terminal.styled(cell, row.tone) + pad : cell + pad
      }
      text += Self.trimmed("  \(padded.joined(separator: "  "))  \(terminal.styled(row.note, .faint))") + "\n"
    }
    for reason in record.validity.reasons {
      text += "  \(terminal.styled("invalid: \(reason)", .doubtful))\n"
    }
    for warning in record.validity.warnings {
      text += "  \(terminal.styled("warning: \(warning)", .faint))\n"
    }
    return text
  }

  /// The verdict, its reasons and what to do next.
  public func verdictText(_ terminal: TerminalText) -> String {
    let verdict = decision.verdict
    var text = "\(terminal.styled(place, .strong)): \(terminal.styled(verdictLine, verdict.tone))\n"
    for reason in verdict.reasons { text += "  \(terminal.styled(reason))\n" }
    if let line = paretoLine { text += "  \(terminal.styled(line))\n" }
    for step in verdict.next { text += "  \(terminal.styled("next: \(step)."))\n" }
    return text
  }

  /// Every configuration's block and the verdict.
  public func terminalText(usesColour: Bool) -> String {
    let terminal = TerminalText(usesColour: usesColour)
    return entries.map { block($0, terminal) }.joined() + verdictText(terminal)
  }

  /// The sizing table: the model and its verdict above its configurations.
  ///
  /// - Parameter width: The columns that the terminal has; `nil` for as many as needed.
  public static func terminalTable(_ reports: [SizingReport], usesColour: Bool, width: Int? = nil) -> String {
    TerminalText(usesColour: usesColour).table(groupedTable(reports), width: width)
  }

  private struct Row {
    /// Name, value, limit, finding.
    var cells: [String]
    var tone: Tone
    var note: String
  }

  private static func row(_ assessment: Assessment) -> Row {
    let metric = assessment.requirement.metric
    let limit = "limit \(metric.limitText(assessment.requirement.limit))"
    let tone: Tone =
      switch assessment.finding {
      case .met: .good
      case .exceeded: .bad
      case .straddles, .unknown: .doubtful
      }
    let (value, note) =
      switch assessment.reading {
      case .figure(let figure):
        // The projection is of the median, whichever percentile the limit is on.
        (
          metric.text(figure.value, in: figure.interval),
          figure.evidence == .projected ? "projected (median)" : figure.evidence.rawValue
        )
      case .exceeds(let why, let evidence): (why, evidence.rawValue)
      case .unknown(let why, _): (Table.missing, why)
      }
    return Row(
      cells: [metric.name, value, limit, assessment.finding.rawValue], tone: tone, note: note)
  }

  /// Figures that no requirement limits, for the reader.
  private func unlimited(_ entry: Entry) -> [Row] {
    let text = RecordText(record: entry.record, percentile: percentile)
    let limited = Set(entry.assessed.assessments.map(\.requirement.metric.name))
    let figures: [(String, String?, String)] = [
      ("peak memory", text.peakMemory, entry.record.evidence.rawValue),
      ("disk", text.disk, entry.record.evidence.rawValue),
      ("accuracy", text.accuracy, text.worstClass ?? text.worstInput ?? ""),
      ("in sandbox", text.inSandbox, "\(percentile.name) on this machine, not on the device"),
    ]
    return figures.compactMap { name, value, note in
      guard let value, !limited.contains(name) else { return nil }
      return Row(cells: [name, value, "", ""], tone: .plain, note: note)
    }
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
