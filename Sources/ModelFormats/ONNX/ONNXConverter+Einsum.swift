import Graph

// Einstein summation, as transpositions and matrix products of two operands at a time.

extension ONNXConverter {
  static let einsums: [String: Handler] = ["Einsum": ONNXConverter.einsum]

  /// A tensor and the labels of its axes.
  private struct Labelled {
    var id: TensorID
    var labels: [Character]
  }

  func einsum(_ node: ONNXNode) throws(ModelFormatError) {
    let text = try node.string("equation", default: "").filter { $0 != " " }
    let sides = text.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let terms = (sides[0].hasSuffix("-") ? String(sides[0].dropLast()) : sides[0]).split(
      separator: ",", omittingEmptySubsequences: false
    ).map(String.init)
    guard terms.count == node.inputs.count, text.utf8.count <= 1024,
      sides.count == 1 || sides[0].hasSuffix("-")
    else {
      throw node.malformed("equation '\(text)'", expected: "a term for each of \(node.inputs.count) inputs")
    }
    var operands: [Labelled] = []
    var ellipsis: [Character] = []
    for (position, term) in terms.enumerated() {
      let id = try written(node, position)
      let labels = try self.labels(term, rank: shape(id).rank, node)
      let hidden = labels.filter { Self.isHidden($0) }
      if hidden.count > ellipsis.count { ellipsis = hidden }
      operands.append(try withDistinctLabels(Labelled(id: id, labels: labels), node))
    }
    let output: [Character]
    if sides.count == 2 {
      output = try labels(sides[1], rank: sides[1].filter { $0 != "." }.count + ellipsis.count, node)
    } else {
      // Without an output: the labels that appear once, in alphabetical order.
      let all = terms.joined().filter { $0 != "." }
      output = ellipsis + Set(all).filter { label in all.filter { $0 == label }.count == 1 }.sorted()
    }
    var result = operands[0]
    for position in operands.indices.dropFirst() {
      let later = Set(operands[(position + 1)...].flatMap(\.labels))
      result = try contracted(result, operands[position], keeping: later.union(output), node)
    }
    result = try summed(result, keeping: Set(output), node)
    guard Set(result.labels) == Set(output), result.labels.count == output.count else {
      throw node.malformed("equation '\(text)'", expected: "output labels that inputs have, each once")
    }
    try bind(try arranged(result, output, node), node)
  }

  /// Labels that stand for an ellipsis' axes, counted from the last: none that an equation can write.
  private static func hidden(_ fromEnd: Int) -> Character {
    Character(UnicodeScalar(UInt8(fromEnd + 1)))
  }
  private static func isHidden(_ label: Character) -> Bool { label.asciiValue.map { $0 <= 8 } ?? false }

  private func labels(_ term: String, rank: Int, _ node: ONNXNode) throws(ModelFormatError) -> [Character] {
    let letters = term.filter { $0 != "." }
    let dots = term.count - letters.count
    let open = rank - letters.count
    guard letters.allSatisfy({ $0.isASCII && $0.isLetter }),
      dots == 0 ? open == 0 : dots == 3 && (0...8).contains(open)
    else {
      throw node.malformed("term '\(term)' for \(rank) axes", expected: "a letter an axis, or '...'")
    }
    guard dots == 3, let first = term.firstIndex(of: ".") else { return Array(letters) }
    let hidden = (0..<open).reversed().map { Self.hidden($0) }
    return Array(term[..<first]) + hidden + Array(term[term.index(first, offsetBy: 3)...])
  }

  /// The diagonal over axes with the same label.
  private func withDistinctLabels(_ x: Labelled, _ node: ONNXNode) throws(ModelFormatError) -> Labelled {
    var x = x
    while let (first, second) = x.labels.firstRepeated {
      let others = x.labels.indices.filter { $0 != first && $0 != second }
      let dimensions = shape(x.id).dimensions
      let extent = dimensions[first]
      guard dimensions[second] == extent else {
        throw node.malformed("\(shape(x.id)) with a label twice", expected: "the same extent")
      }
      let moved = try apply(.transpose(permutation: others + [first, second]), [x.id], node)
      let kept = others.map { dimensions[$0] }
      let flat = try apply(.reshape, [moved], node, shape: Shape(kept + [extent * extent]))
      let diagonal = try apply(
        .slice(begin: kept.map { _ in 0 } + [0], strides: kept.map { _ in 1 } + [extent + 1]), [flat], node,
        shape: Shape(kept + [extent]))
      x = Labelled(id: diagonal, labels: others.map { x.labels[$0] } + [x.labels[first]])
    }
    return x
  }

  /// The sum over the labels that nothing asks for.
  private func summed(_ x: Labelled, keeping kept: Set<Character>, _ node: ONNXNode) throws(ModelFormatError)
    -> Labelled
  {
    let axes = x.labels.indices.filter { !kept.contains(x.labels[$0]) }
    if axes.isEmpty { return x }
    let id = try apply(.reduce(.sum, axes: axes, keepsDimensions: false), [x.id], node)
    return Labelled(id: id, labels: x.labels.filter { kept.contains($0) })
  }

  /// The axes in the order of `labels`.
  private func arranged(_ x: Labelled, _ labels: [Character], _ node: ONNXNode) throws(ModelFormatError)
    -> TensorID
  {
    let permutation = labels.compactMap { x.labels.firstIndex(of: $0) }
    return permutation == Array(permutation.indices)
      ? x.id : try apply(.transpose(permutation: permutation), [x.id], node)
  }

  /// One product of matrices in a batch: labels of both that are kept, then those of one, summed over the rest of both.
  private func contracted(
    _ a: Labelled, _ b: Labelled, keeping kept: Set<Character>, _ node: ONNXNode
  ) throws(ModelFormatError) -> Labelled {
    let left = try summed(a, keeping: kept.union(b.labels), node)
    let right = try summed(b, keeping: kept.union(a.labels), node)
    let shared = left.labels.filter { right.labels.contains($0) }
    let batch = shared.filter { kept.contains($0) }
    let depth = shared.filter { !kept.contains($0) }
    let rows = left.labels.filter { !shared.contains($0) }
    let columns = right.labels.filter { !shared.contains($0) }
    func extents(_ labels: [Character], _ x: Labelled) -> [Int] {
      labels.compactMap { label in x.labels.firstIndex(of: label).map { shape(x.id)[$0] } }
    }
    // An extent of 1 is repeated, as ellipses may be.
    var widths: [Int] = []
    for (l, r) in zip(extents(batch, left), extents(batch, right)) {
      guard l == r || l == 1 || r == 1 else {
        throw node.malformed("extents \(l) and \(r)", expected: "one extent a label")
      }
      widths.append(max(l, r))
    }
    guard extents(depth, left) == extents(depth, right) else {
      throw node.malformed(
        "extents \(extents(depth, left)) and \(extents(depth, right))", expected: "one extent a label")
    }
    let (m, n) = (extents(rows, left), extents(columns, right))
    let k = extents(depth, left).reduce(1, *)
    let lhs = try apply(
      .reshape, [try arranged(left, batch + rows + depth, node)], node,
      shape: Shape(extents(batch, left) + [m.reduce(1, *), k]))
    let rhs = try apply(
      .reshape, [try arranged(right, batch + depth + columns, node)], node,
      shape: Shape(extents(batch, right) + [k, n.reduce(1, *)]))
    let product = try apply(.matMul(transposeA: false, transposeB: false), [lhs, rhs], node)
    let id = try apply(.reshape, [product], node, shape: Shape(widths + m + n))
    return Labelled(id: id, labels: batch + rows + columns)
  }
}

extension [Character] {
  /// The first two places of a label that is there twice.
  fileprivate var firstRepeated: (Int, Int)? {
    for first in indices {
      if let second = self[(first + 1)...].firstIndex(of: self[first]) { return (first, second) }
    }
    return nil
  }
}
