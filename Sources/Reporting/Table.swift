/// Cells in rows under titles, before it is known where they will be shown. A missing value is "-".
public struct Table: Sendable, Hashable {
  public enum Alignment: Sendable { case leading, trailing }

  public struct Column: Sendable, Hashable {
    public var title: String
    public var alignment: Alignment
    /// Above 0 it may be left out where there is too little room; the largest goes first.
    public var dispensability: Int

    public init(_ title: String, _ alignment: Alignment = .leading, dispensability: Int = 0) {
      self.title = title
      self.alignment = alignment
      self.dispensability = dispensability
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

  public struct Row: Sendable, Hashable {
    /// Stands in a line of its own above the row, across all columns.
    public var heading: Cell?
    public var cells: [Cell]
  }

  public static let missing = "-"

  public var columns: [Column]
  public private(set) var rows: [Row] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// - Precondition: One cell a column.
  public mutating func append(_ cells: [Cell], under heading: Cell? = nil) {
    precondition(cells.count == columns.count, "a row has one cell a column")
    rows.append(Row(heading: heading, cells: cells))
  }

  /// The table without the columns in which no row has a value.
  public func withoutEmptyColumns() -> Table {
    let empty = columns.indices.filter { column in
      rows.allSatisfy { $0.cells[column].text == Self.missing }
    }
    return empty.reversed().reduce(self) { $0.without(column: $1) }
  }

  func without(column: Int) -> Table {
    var table = self
    table.columns.remove(at: column)
    for index in table.rows.indices { table.rows[index].cells.remove(at: column) }
    return table
  }
}

/// What a text says, for places that can show it in colour.
public enum Tone: Sendable, Hashable {
  case plain, strong, good, bad, doubtful, faint
}
