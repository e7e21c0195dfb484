import Records
import Sizing

extension SizingReport {
  /// `TABLES.md`: what was asked, one table of all models, the verdicts.
  public static func markdown(_ reports: [SizingReport], title: String) -> String {
    var text = "# \(Escaping.markdown(title))\n\n"
    text += "A figure in brackets is an interval: 99 % of a measured percentile, the band of a projection. "
    text += "\(Projection.bandCaveat) "
    text += "Times in the sandbox are this machine's and say nothing of the device's.\n\n"
    for requirements in distinct(reports.map(\.decision.requirements)) where !requirements.isEmpty {
      let list = requirements.list.map { Escaping.markdown($0.text) }.joined(separator: ", ")
      text += "Required: \(list).\n\n"
    }
    guard !reports.isEmpty else { return text + "No records.\n" }
    text += table(reports).markdown + "\n"
    for report in reports { text += report.verdictMarkdown }
    return text
  }

  private var verdictMarkdown: String {
    let verdict = decision.verdict
    var text = "**\(Escaping.markdown(place))**: \(Escaping.markdown(verdictLine))\n\n"
    for reason in verdict.reasons { text += "- \(Escaping.markdown(reason))\n" }
    if let line = paretoLine { text += "- \(Escaping.markdown(line))\n" }
    for step in verdict.next { text += "- Next: \(Escaping.markdown(step)).\n" }
    return text + (verdict.reasons.isEmpty && verdict.next.isEmpty && paretoLine == nil ? "" : "\n")
  }

  private static func distinct(_ list: [Requirements]) -> [Requirements] {
    var seen: Set<Requirements> = []
    return list.filter { seen.insert($0).inserted }
  }
}
