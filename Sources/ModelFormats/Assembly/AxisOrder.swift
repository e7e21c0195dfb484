import Graph

/// In which order a tensor's axes lie in memory, beside the order that the model's format has.
enum AxisOrder: Sendable, Hashable {
  /// As the format has them.
  case written
  /// The second axis of three and more, the channels, moved to the end: `[N, C, H, W]` lies as `[N, H, W, C]`.
  case channelsLast

  /// `permutation[i]` is the written axis that lies at place `i`.
  func permutation(rank: Int) -> [Int] {
    guard self == .channelsLast, rank >= 3 else { return Array(0..<rank) }
    return [0] + Array(2..<rank) + [1]
  }

  /// The place where a written axis lies.
  func place(of axis: Int, rank: Int) -> Int {
    guard self == .channelsLast, rank >= 3 else { return axis }
    switch axis {
    case 0: return 0
    case 1: return rank - 1
    default: return axis - 1
    }
  }

  /// A list with one entry a written axis, in the order of memory.
  func arranged<Element>(_ list: [Element]) -> [Element] { permutation(rank: list.count).map { list[$0] } }
}

extension [Int] {
  /// The permutation that undoes this one.
  var inverted: [Int] {
    var inverse = self
    for (place, axis) in enumerated() { inverse[axis] = place }
    return inverse
  }
}
