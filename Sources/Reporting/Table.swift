/// Cells in rows under titles, before it is known where they will be shown. A missing value is "-".
public struct Table: Sendable, Hashable {
  public enum Alignment: Sendable { case leading, trailing }

  public struct Column: Sendable, Hashable {
    public var title: String
    public var alignment: Alignment
    public init(_ title: String, _ alignment: Alignment = .leading) {
      self.title = title
      self.alignment = alignment
    }
  }

  public struct Cell: Sendable, Hashable {
    public var text: String
    public var tone: Tone
    public init(_ text: String?, tone: Tone = .plain) {
      self.text = text ?? Table.missing
      self.tone = tone
    }
  }

  public static let missing = "-"

  public var columns: [Column]
  public private(set) var rows: [[Cell]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// - Precondition: One cell a column.
  public mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row has one cell a column")
    rows.append(row)
  }

  /// The table without the columns in which no row has a value.
  public func withoutEmptyColumns() -> Table {
    let kept = columns.indices.filter { column in rows.contains { $0[column].text != Self.missing } }
    var table = Table(kept.map { columns[$0] })
    table.rows = rows.map { row in kept.map { row[$0] } }
    return table
  }
}

/// What a text says, for places that can show it in colour.
public enum Tone: Sendable, Hashable {
  case plain, strong, good, bad, doubtful, faint
}
