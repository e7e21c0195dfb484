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
  public func table(_ table: Table) -> String {
    let widths = table.columns.indices.map { column in
      ([table.columns[column].title] + table.rows.map { $0[column].text })
        .map { DisplayWidth.of(Escaping.terminal($0)) }.max() ?? 0
    }
    var lines = [line(table, widths, table.columns.map { Table.Cell($0.title, tone: .strong) })]
    lines.append(widths.map { String(repeating: "\u{2500}", count: $0) }.joined(separator: "  "))
    lines += table.rows.map { line(table, widths, $0) }
    return lines.map { $0 + "\n" }.joined()
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
      line += isLast ? "" : "  "
    }
    return line
  }
}

/// The name under which the command knows it.
public enum TerminalTable {
  public static func render(_ table: Table, usesColour: Bool) -> String {
    TerminalText(usesColour: usesColour).table(table)
  }
}
