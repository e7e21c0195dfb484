/// Text for a terminal, in colour only if asked.
public struct TerminalText: Sendable {
  public var usesColour: Bool

  public init(usesColour: Bool) { self.usesColour = usesColour }

  /// `text` without anything that a terminal would obey, in the colour of `tone`.
  public func styled(_ text: String, _ tone: Tone = .plain) -> String {
    let plain = Escaping.terminal(text)
    guard usesColour, let code = Self.codes[tone], !plain.isEmpty else { return plain }
    return "\u{1B}[\(code)m\(plain)\u{1B}[0m"
  }

  private static let codes: [Tone: Int] = [.strong: 1, .faint: 2, .bad: 31, .good: 32, .doubtful: 33]

  /// `table` in aligned columns, two blanks between them, a rule under the titles; each line ends in a newline.
  ///
  /// - Parameter width: The columns that the terminal has. Where they are too few, columns that may be left out are,
  ///   and a line names them; `nil` for all.
  public func table(_ table: Table, width: Int? = nil) -> String {
    let (shown, dropped) = fitted(table, width)
    let widths = columnWidths(shown)
    var text = line(shown, widths, shown.columns.map { Table.Cell($0.title, tone: .strong) })
    text += widths.map { String(repeating: "\u{2500}", count: $0) }.joined(separator: "  ") + "\n"
    for (index, row) in shown.rows.enumerated() {
      if let heading = row.heading {
        text += (index > 0 ? "\n" : "") + styled(heading.text, heading.tone) + "\n"
      }
      text += line(shown, widths, row.cells)
    }
    if !dropped.isEmpty {
      text += styled("Not shown for want of width: \(dropped.joined(separator: ", ")).", .faint) + "\n"
    }
    return text
  }

  /// Leaves out the columns that may be, the most dispensable first, until the rest fits.
  private func fitted(_ table: Table, _ width: Int?) -> (Table, dropped: [String]) {
    guard let width else { return (table, []) }
    var shown = table
    var dropped: [String] = []
    while columnWidths(shown).reduce(0, { $0 + $1 + 2 }) - 2 > width {
      let dispensable = shown.columns.indices.filter { shown.columns[$0].dispensability > 0 }
      guard
        let index = dispensable.max(by: {
          shown.columns[$0].dispensability < shown.columns[$1].dispensability
        })
      else { break }
      dropped.append(shown.columns[index].title)
      shown = shown.without(column: index)
    }
    return (shown, dropped)
  }

  private func columnWidths(_ table: Table) -> [Int] {
    table.columns.indices.map { column in
      ([table.columns[column].title] + table.rows.map { $0.cells[column].text })
        .map { DisplayWidth.of(Escaping.terminal($0)) }.max() ?? 0
    }
  }

  private func line(_ table: Table, _ widths: [Int], _ cells: [Table.Cell]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let pad = String(repeating: " ", count: widths[index] - DisplayWidth.of(Escaping.terminal(cell.text)))
      let text = styled(cell.text, cell.tone)
      let isLast = index == cells.count - 1
      switch table.columns[index].alignment {
      case .leading: line += isLast ? text : text + pad
      case .trailing: line += pad + text
      }
      line += isLast ? "\n" : "  "
    }
    return line
  }
}
