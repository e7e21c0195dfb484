public import Sizing

extension ComparisonReport {
  /// One row a configuration that both sets have.
  public var table: Table {
    let counted = comparisons.contains { $0.instructions != nil }
    var table = Table(
      [
        .init("model"), .init("profile"), .init("configuration"), .init("old median", .trailing),
        .init("new median", .trailing), .init("new/old", .trailing), .init("p", .trailing), .init("change"),
      ]
        + (counted
          ? [.init("old instructions", .trailing), .init("new", .trailing), .init("new/old", .trailing)] : [])
    )
    for comparison in comparisons {
      let end = counted ? Self.cells(comparison.instructions) : []
      let start: [Table.Cell] = [
        .init(comparison.model.name), .init(comparison.profile.id), .init(comparison.configuration.title),
      ]
      switch comparison.outcome {
      case .slower(let change): table.append(start + Self.cells(change, "slower", .bad) + end)
      case .faster(let change): table.append(start + Self.cells(change, "faster", .good) + end)
      case .unchanged(let change): table.append(start + Self.cells(change, "no change", .plain) + end)
      case .incomparable(let why):
        table.append(
          start + [.init(nil), .init(nil), .init(nil), .init(nil), .init(why, tone: .doubtful)] + end)
      }
    }
    return table
  }

  private static func cells(_ counts: Comparison.Instructions?) -> [Table.Cell] {
    guard let counts else { return [.init(nil), .init(nil), .init(nil)] }
    return [.init("\(counts.old)"), .init("\(counts.new)"), .init(fixed(counts.ratio, 4))]
  }

  private static func cells(_ change: Comparison.Change, _ word: String, _ tone: Tone) -> [Table.Cell] {
    let latency = Metric.latency(.median)
    let interval = "[\(fixed(change.interval.lower, 3)), \(fixed(change.interval.upper, 3))]"
    return [
      .init(latency.text(change.old)), .init(latency.text(change.new)),
      .init("\(fixed(change.ratio, 3)) \(interval)"),
      .init(change.pValue < 0.0001 ? "<0.0001" : fixed(change.pValue, 4)), .init(word, tone: tone),
    ]
  }

  /// The table, and what only one of the sets has.
  public func terminalText(usesColour: Bool) -> String {
    let terminal = TerminalText(usesColour: usesColour)
    var text = comparisons.isEmpty ? "No configuration is in both.\n" : terminal.table(table)
    for title in onlyOld { text += "only in the old: \(terminal.styled(title))\n" }
    for title in onlyNew { text += "only in the new: \(terminal.styled(title))\n" }
    return text
  }
}
