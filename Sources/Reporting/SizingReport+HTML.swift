import Records
import Sizing

extension SizingReport {
  /// One page without references to anything outside it: a verdict, a plot and a table a model.
  public static func html(_ reports: [SizingReport], title: String) -> String {
    var text = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>\(Escaping.xml(title))</title>
      <style>\(style)</style>
      </head>
      <body>
      <h1>\(Escaping.xml(title))</h1>

      """
    for report in reports { text += report.section }
    return text + "</body>\n</html>\n"
  }

  private var section: String {
    let verdict = decision.verdict
    var text = "<section>\n<h2>\(Escaping.xml(place))</h2>\n"
    text += "<p class=\"verdict\">\(Escaping.xml(verdictLine))</p>\n<ul>\n"
    for reason in verdict.reasons { text += "<li>\(Escaping.xml(reason))</li>\n" }
    for step in verdict.next { text += "<li>Next: \(Escaping.xml(step)).</li>\n" }
    text += "</ul>\n"
    for requirement in plotted { text += plot(requirement).svg ?? "" }
    return text + Self.htmlTable(table) + "</section>\n"
  }

  /// The latency requirements; the median where there is none.
  private var plotted: [(metric: Metric, limit: Double?)] {
    let limits = decision.requirements.list.filter {
      if case .latency = $0.metric { true } else { false }
    }
    return limits.isEmpty ? [(.latency(.median), nil)] : limits.map { ($0.metric, $0.limit) }
  }

  private func plot(_ shown: (metric: Metric, limit: Double?)) -> IntervalPlot {
    IntervalPlot(
      metric: shown.metric, limit: shown.limit,
      lines: entries.map { entry in
        let reading = entry.assessed.candidate.reading(of: shown.metric)
        let finding = shown.limit.map { Assessment(Requirement(shown.metric, limit: $0), reading).finding }
        return .init(label: entry.record.configuration.title, reading: reading, finding: finding ?? .met)
      })
  }

  private static func htmlTable(_ table: Table) -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      let texts = cells.enumerated().map { index, cell in
        let place = table.columns[index].alignment == .trailing ? " class=\"number\"" : ""
        return "<\(tag)\(place)>\(Escaping.xml(cell))</\(tag)>"
      }
      return "<tr>\(texts.joined())</tr>\n"
    }
    let head = "<thead>\n\(row(table.columns.map(\.title), "th"))</thead>\n"
    let body = table.rows.map { row($0.cells.map(\.text), "td") }.joined()
    return "<table>\n\(head)<tbody>\n\(body)</tbody>\n</table>\n"
  }

  private static let style = """

    body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em; color: #222; background: #fff; }
    section { overflow-x: auto; } table { border-collapse: collapse; margin: 1em 0; font-size: 13px; } th, td { padding: .25em .7em; text-align: left; border-bottom: 1px solid #ddd; }
    .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; } .verdict { font-weight: 600; }
    svg { max-width: 100%; height: auto; font-size: 13px; } svg g line { stroke-width: 3; } .axis { stroke: #999; } .tick { fill: #666; font-size: 11px; }
    .limit { stroke: #222; stroke-dasharray: 4 3; } text.limit { stroke: none; fill: #222; font-size: 12px; }
    .met line, .met circle { stroke: #1a7f37; } .met.measured circle { fill: #1a7f37; }
    .exceeded line, .exceeded circle { stroke: #b42318; } .exceeded.measured circle { fill: #b42318; }
    .straddles line, .straddles circle { stroke: #9a6700; } .straddles.measured circle { fill: #9a6700; }
    circle { stroke-width: 2; fill: #fff; }

    """
}
