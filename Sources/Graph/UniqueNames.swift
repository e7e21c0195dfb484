/// Gives out names, each once.
public struct UniqueNames: Sendable {
  private var taken: Set<String> = []
  /// The number tried next for a name that was asked for before, so that many alike do not take quadratic time.
  private var next: [String: Int] = [:]

  public init() {}

  /// `name`, or the first free one of `name_1`, `name_2`, ... where it is taken.
  public mutating func take(_ name: String) -> String {
    if taken.insert(name).inserted { return name }
    var number = next[name, default: 1]
    while !taken.insert("\(name)_\(number)").inserted { number += 1 }
    next[name] = number + 1
    return "\(name)_\(number)"
  }
}
