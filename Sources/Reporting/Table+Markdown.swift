extension Table {
  /// The table in GitHub's Markdown, columns padded so that the source can be read too. Headings have no place in it.
  public var markdown: String {
    let titles = columns.map { Escaping.markdown($0.title) }
    let cells = rows.map { $0.cells.map { Escaping.markdown($0.text) } }
    let widths = columns.indices.map { column in
      max(3, ([titles[column]] + cells.map { $0[column] }).map(DisplayWidth.of).max() ?? 3)
    }
    func line(_ texts: [String]) -> String {
      let padded = texts.enumerated().map { index, text in
        let pad = String(repeating: " ", count: widths[index] - DisplayWidth.of(text))
        return columns[index].alignment == .leading ? text + pad : pad + text
      }
      return "| " + padded.joined(separator: " | ") + " |\n"
    }
    let rule = columns.indices.map { column in
      let dashes = String(repeating: "-", count: widths[column] - 1)
      return columns[column].alignment == .leading ? ":" + dashes : dashes + ":"
    }
    return line(titles) + line(rule) + cells.map(line).joined()
  }
}
