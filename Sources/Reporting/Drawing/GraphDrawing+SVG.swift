extension GraphDrawing {
  private static let boxHeight = 40
  private static let rowHeight = 70
  private static let gap = 24
  private static let margin = 20
  /// The width of a letter of 13 pixels, on average.
  private static let letterWidth = 8

  /// The graph as a picture, its rows from top to bottom.
  public func svg() -> String {
    let places = layout()
    let width = (places.map { $0.x + $0.width }.max() ?? 0) + 2 * Self.margin + Self.gap
    let height = (places.map { $0.y + Self.boxHeight }.max() ?? 0) + Self.margin
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="sans-serif">
      <title>\(Escaping.xml(title))</title>
      <rect width="100%" height="100%" fill="#ffffff"/>

      """
    for line in lines {
      let (from, to) = (places[line.from], places[line.to])
      let (x1, y1) = (from.x + from.width / 2, from.y + Self.boxHeight)
      let (x2, y2) = (to.x + to.width / 2, to.y)
      // A line past other rows bends out of their boxes' way.
      let bend = (to.y - from.y) / Self.rowHeight > 1 ? (max(from.width, to.width) / 2 + Self.gap) * 4 / 3 : 0
      text +=
        "<path d=\"M\(x1) \(y1) C\(x1 + bend) \(y1 + 30) \(x2 + bend) \(y2 - 30) \(x2) \(y2)\" fill=\"none\" stroke=\"#777777\"/>\n"
    }
    for (box, place) in zip(boxes, places) {
      let middle = place.x + place.width / 2
      text += """
        <rect x="\(place.x)" y="\(place.y)" width="\(place.width)" height="\(Self.boxHeight)" rx="5" \
        fill="\(box.role.fill)" stroke="#555555"/>
        <text x="\(middle)" y="\(place.y + 17)" text-anchor="middle" font-size="13">\(Escaping.xml(box.title))</text>
        <text x="\(middle)" y="\(place.y + 32)" text-anchor="middle" font-size="11" fill="#444444">\(Escaping.xml(box.detail))</text>

        """
    }
    return text + "</svg>\n"
  }

  private struct Place {
    var x: Int
    var y: Int
    var width: Int
  }

  /// Rows centred above each other; within a row a box stands near the middle of those it is made from.
  private func layout() -> [Place] {
    let rows = rows()
    var members = Array(repeating: [Int](), count: (rows.max() ?? -1) + 1)
    for (index, row) in rows.enumerated() { members[row].append(index) }
    let widths = boxes.map {
      max($0.title.count * Self.letterWidth, $0.detail.count * (Self.letterWidth - 1)) + 2 * Self.gap / 2 + 8
    }
    var sources = Array(repeating: [Int](), count: boxes.count)
    for line in lines { sources[line.to].append(line.from) }
    func span(_ row: [Int]) -> Int { row.reduce(-Self.gap) { $0 + widths[$1] + Self.gap } }
    let widest = members.map(span).max() ?? 0
    var places = Array(repeating: Place(x: 0, y: 0, width: 0), count: boxes.count)
    for (row, boxesOfRow) in members.enumerated() {
      func wish(_ box: Int) -> Int {
        let own = sources[box]
        return own.isEmpty ? 0 : own.reduce(0) { $0 + places[$1].x + places[$1].width / 2 } / own.count
      }
      let ordered = boxesOfRow.map { (box: $0, wish: wish($0)) }.sorted {
        ($0.wish, $0.box) < ($1.wish, $1.box)
      }
      var x = Self.margin + (widest - span(boxesOfRow)) / 2
      for (box, _) in ordered {
        places[box] = Place(x: x, y: Self.margin + row * Self.rowHeight, width: widths[box])
        x += widths[box] + Self.gap
      }
    }
    return places
  }
}
