/// A buffer's size, and the steps during which it is needed.
struct Lifetime: Sendable, Hashable {
  var buffer: Int
  /// A multiple of 64.
  var byteCount: Int
  /// -1: before the first step.
  var first: Int
  var last: Int

  func overlaps(_ other: Lifetime) -> Bool { first <= other.last && other.first <= last }
}

/// Gives buffers offsets so that those alive together are apart.
///
/// Greedy by size, each at the tightest gap that holds it: Pisarchyk and Lee, arXiv:2001.03288, "Efficient memory
/// management for deep neural net inference".
enum ArenaPacker {
  static func pack(_ lifetimes: [Lifetime]) -> (offsets: [Int], byteCount: Int) {
    let order = lifetimes.indices.sorted {
      (-lifetimes[$0].byteCount, lifetimes[$0].first, $0) < (
        -lifetimes[$1].byteCount, lifetimes[$1].first, $1
      )
    }
    var offsets = Array(repeating: 0, count: lifetimes.count)
    var placed: [Int] = []  // by offset
    var byteCount = 0
    for index in order {
      let lifetime = lifetimes[index]
      var best: (offset: Int, gap: Int)?
      var end = 0
      for other in placed where lifetimes[other].overlaps(lifetime) {
        let gap = offsets[other] - end
        if gap >= lifetime.byteCount, gap < best?.gap ?? .max { best = (end, gap) }
        end = max(end, offsets[other] + lifetimes[other].byteCount)
      }
      offsets[index] = best?.offset ?? end
      byteCount = max(byteCount, offsets[index] + lifetime.byteCount)
      placed.insert(index, at: placed.firstIndex { offsets[$0] > offsets[index] } ?? placed.count)
    }
    return (offsets, byteCount)
  }

  /// The largest sum of buffers alive during one step.
  static func lowerBound(_ lifetimes: [Lifetime]) -> Int {
    var changes: [(step: Int, bytes: Int)] = []
    for lifetime in lifetimes {
      changes.append((lifetime.first, lifetime.byteCount))
      if lifetime.last < .max { changes.append((lifetime.last + 1, -lifetime.byteCount)) }
    }
    changes.sort { ($0.step, $0.bytes) < ($1.step, $1.bytes) }
    var alive = 0
    var most = 0
    for change in changes {
      alive += change.bytes
      most = max(most, alive)
    }
    return most
  }
}
