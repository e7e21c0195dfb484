/// A graph to be drawn: boxes in rows, each below what it is made from, and lines between them.
public struct GraphDrawing: Sendable {
  public struct Box: Sendable {
    /// "conv2d".
    public var title: String
    /// What is below the title, in smaller letters: "1x16x16x8".
    public var detail: String
    public var role: Role

    public init(title: String, detail: String, role: Role) {
      self.title = title
      self.detail = detail
      self.role = role
    }
  }

  /// What a box does, which its colour shows.
  public enum Role: String, Sendable, CaseIterable {
    case boundary, product, reduction, elementwise, movement, unsupported
  }

  public struct Line: Sendable, Hashable {
    public var from: Int
    public var to: Int
    public init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  public var title: String
  public private(set) var boxes: [Box]
  public private(set) var lines: [Line]

  /// - Precondition: Every line goes from an earlier box to a later one.
  public init(title: String, boxes: [Box], lines: [Line]) {
    precondition(lines.allSatisfy { $0.from >= 0 && $0.from < $0.to && $0.to < boxes.count })
    self.title = title
    self.boxes = boxes
    self.lines = lines
  }

  /// The row of each box: one below the lowest that it is made from.
  func rows() -> [Int] {
    var rows = Array(repeating: 0, count: boxes.count)
    for line in lines.sorted(by: { ($0.to, $0.from) < ($1.to, $1.from) }) {
      rows[line.to] = max(rows[line.to], rows[line.from] + 1)
    }
    return rows
  }
}
