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
/// Greedy, each buffer at the tightest gap that holds it, in several orders of which the best is taken: by size
/// (Pisarchyk and Lee, arXiv:2001.03288, "Efficient memory management for deep neural net inference"), by size times
/// lifetime, and as they come to life.
enum ArenaPacker {
  /// Above this many buffers only the order of coming to life is tried: the others take quadratic time.
  static let largestSearched = 4096

  static func pack(_ lifetimes: [Lifetime]) -> (offsets: [Int], byteCount: Int) {
    var best = packInTime(lifetimes)
    guard lifetimes.count <= largestSearched else { return best }
    let bound = lowerBound(lifetimes)
    let end = (lifetimes.filter { $0.last < .max }.map(\.last).max() ?? 0) + 1
    let sizes = lifetimes.map { Double($0.byteCount) }
    let areas = lifetimes.map { Double($0.byteCount) * Double(min($0.last, end) - $0.first + 1) }
    for weights in [sizes, areas] where best.byteCount > bound {
      let order = lifetimes.indices.sorted {
        (-weights[$0], lifetimes[$0].first, $0) < (-weights[$1], lifetimes[$1].first, $1)
      }
      let packed = pack(lifetimes, in: order)
      if packed.byteCount < best.byteCount { best = packed }
    }
    return best
  }

  private static func pack(_ lifetimes: [Lifetime], in order: [Int]) -> (offsets: [Int], byteCount: Int) {
    var arena = Arena(lifetimes)
    for index in order { arena.place(index) }
    return (arena.offsets, arena.byteCount)
  }

  /// As they come to life: only buffers that are alive then are looked at.
  private static func packInTime(_ lifetimes: [Lifetime]) -> (offsets: [Int], byteCount: Int) {
    let order = lifetimes.indices.sorted {
      (lifetimes[$0].first, -lifetimes[$0].byteCount, $0) < (
        lifetimes[$1].first, -lifetimes[$1].byteCount, $1
      )
    }
    var arena = Arena(lifetimes)
    for index in order {
      arena.forget(before: lifetimes[index].first)
      arena.place(index)
    }
    return (arena.offsets, arena.byteCount)
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

/// Buffers placed so far, in the order of their offsets.
private struct Arena {
  private let lifetimes: [Lifetime]
  private var placed: [Int] = []
  private(set) var offsets: [Int]
  private(set) var byteCount = 0

  init(_ lifetimes: [Lifetime]) {
    self.lifetimes = lifetimes
    offsets = Array(repeating: 0, count: lifetimes.count)
  }

  /// Puts a buffer where it fits most tightly between those alive at the same time, or behind them.
  mutating func place(_ index: Int) {
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

  /// Buffers that ended before `step` are in nobody's way any more.
  mutating func forget(before step: Int) { placed.removeAll { lifetimes[$0].last < step } }
}
