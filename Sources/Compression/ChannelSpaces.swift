/// Sets of channels that live and die together, across every tensor that carries them.
///
/// A convolution makes a space; element-wise operators pass it on; an addition joins two into one.
struct ChannelSpaces {
  private struct Space {
    var parent: Int
    let count: Int
    /// Something reads these channels by their number or all at once, so none can go.
    var isFixed: Bool
    /// The importance of each channel, added up over the layers that make it.
    var norms: [Double]
  }

  private var spaces: [Space] = []

  /// - Parameter norms: How important each channel is; `nil` for channels that none of ours makes.
  mutating func add(count: Int, norms: [Double]?) -> Int {
    spaces.append(
      Space(
        parent: spaces.count, count: count, isFixed: norms == nil,
        norms: norms ?? Array(repeating: 0, count: count)))
    return spaces.count - 1
  }

  private func root(_ space: Int) -> Int {
    var space = space
    while spaces[space].parent != space { space = spaces[space].parent }
    return space
  }

  func count(_ space: Int) -> Int { spaces[space].count }

  mutating func fix(_ space: Int) { spaces[root(space)].isFixed = true }

  /// - Precondition: Both have as many channels.
  mutating func join(_ a: Int, _ b: Int) {
    let (first, second) = (root(a), root(b))
    guard first != second else { return }
    spaces[second].parent = first
    spaces[first].isFixed = spaces[first].isFixed || spaces[second].isFixed
    for channel in spaces[first].norms.indices {
      spaces[first].norms[channel] += spaces[second].norms[channel]
    }
  }

  /// The channels of each space that stay, in order: `share` of them.
  func kept(_ share: Double) -> [[Int]] {
    var chosen: [Int: [Int]] = [:]
    return spaces.indices.map { space in
      let root = root(space)
      if let known = chosen[root] { return known }
      let channels =
        spaces[root].isFixed ? Array(0..<spaces[root].count) : strongest(spaces[root].norms, share)
      chosen[root] = channels
      return channels
    }
  }

  /// The channels with the largest norms, the first of equals, at least one; of 16 channels or more, a multiple of 8
  /// (what the kernels' tiles are made for), rounded up.
  private func strongest(_ norms: [Double], _ share: Double) -> [Int] {
    let wanted = max(1, Int((Double(norms.count) * share).rounded(.up)))
    let keep = norms.count >= 16 ? (wanted + 7) / 8 * 8 : wanted
    return norms.indices.sorted { (norms[$0], $1) > (norms[$1], $0) }.prefix(keep).sorted()
  }
}
