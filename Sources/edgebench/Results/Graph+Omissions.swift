import Graph

extension Graph {
  /// What to say of a graph that lacks operators of its model; `nil` where it has all.
  var omissionWarning: String? {
    guard let omitted = omissions?.operators, !omitted.isEmpty else { return nil }
    let missing = omitted.filter { $0.remedy != nil }
    var counts: [String: Int] = [:]
    for op in missing { counts[op.name, default: 0] += 1 }
    let names = counts.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    let dependent = omitted.count - missing.count
    return
      "the model cannot be run: edgebench has no \(names)"
      + (dependent == 0 ? "" : "; \(dependent) operators behind it have no known shape")
      + ". The figures are of what is left, and the arena is not known."
  }
}
