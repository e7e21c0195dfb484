extension GraphDrawing {
  /// The graph in Graphviz's language.
  public func dot() -> String {
    func quoted(_ text: String) -> String {
      let escaped = Escaping.terminal(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return "\"\(escaped)\""
    }
    var text = "digraph \(quoted(title)) {\n  node [shape=box, style=filled, fontname=\"sans-serif\"];\n"
    for (index, box) in boxes.enumerated() {
      let label = quoted(box.title).dropLast() + "\\n" + quoted(box.detail).dropFirst()
      text += "  n\(index) [label=\(label), fillcolor=\"\(box.role.fill)\"];\n"
    }
    for line in lines { text += "  n\(line.from) -> n\(line.to);\n" }
    return text + "}\n"
  }
}

extension GraphDrawing.Role {
  /// Light enough for black letters.
  var fill: String {
    switch self {
    case .boundary: "#eeeeee"
    case .product: "#b9d3f0"
    case .reduction: "#cfe8c6"
    case .elementwise: "#f7e6b0"
    case .movement: "#e6d5ee"
    case .unsupported: "#f3b7ae"
    }
  }
}
