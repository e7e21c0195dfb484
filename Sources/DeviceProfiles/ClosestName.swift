/// The name among `names` that a slip of the fingers turns into `text`; `nil` where none is near.
///
/// Near is at most a third of the longer text's length, in insertions, deletions, replacements and
/// swaps of neighbours.
public func closestName(to text: String, among names: some Sequence<String>) -> String? {
  // The distance costs the product of the lengths; nobody mistypes a name by a hundred characters.
  guard text.utf8.count <= 100 else { return nil }
  let typed = Array(text.lowercased())
  let scored = names.map { (name: $0, distance: editDistance(typed, Array($0.lowercased()))) }
  let near = scored.filter { $0.distance * 3 <= max(typed.count, $0.name.count) }
  return near.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

/// Optimal string alignment distance (Damerau 1964, restricted): neighbours may be swapped once.
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforePrevious = [Int]()
  var previous = Array(0...b.count)
  for i in 0..<a.count {
    var current = [i + 1]
    for j in 0..<b.count {
      var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforePrevious[j - 1] + 1) }
      current.append(best)
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[b.count]
}
