/// Where each buffer of a plan lies.
///
/// Buffers that are alive at the same time do not overlap; others share memory. A buffer is alive from the first step
/// that touches it to the last, inputs from the start, outputs to the end.
public struct MemoryPlan: Sendable {
  public let arenaBytes: Int
  public let stateBytes: Int
  public let constantsBytes: Int
  /// The most that is alive during one step, in bytes: no arena can be smaller.
  public let lowerBound: Int
  /// `constantsBytes` without the states' initial values, which come last.
  let weightsBytes: Int
  /// For each buffer, where it starts in its space.
  let offsets: [Int]

  init(_ builder: PlanBuilder) {
    var placement = BufferPlacement(builder)
    placement.reuseInputsInPlace()
    let lifetimes = placement.lifetimes()
    let packed = ArenaPacker.pack(lifetimes)
    arenaBytes = packed.byteCount
    lowerBound = ArenaPacker.lowerBound(lifetimes)

    var offsets = Array(repeating: 0, count: builder.buffers.count)
    for (lifetime, offset) in zip(lifetimes, packed.offsets) { offsets[lifetime.buffer] = offset }
    var states = 0
    var constants = 0
    var initialValues = 0
    for (index, buffer) in builder.buffers.enumerated() {
      switch buffer.space {
      case .arena:
        let root = placement.root(of: index)
        offsets[index] = offsets[root.buffer] + root.offset
      case .state(let initial):
        offsets[index] = states
        initialValues += (initial?.byteCount ?? 0).roundedUp(to: 64)
        states += buffer.byteCount.roundedUp(to: 64)
      case .constant:
        offsets[index] = constants
        constants += buffer.byteCount.roundedUp(to: 64)
      }
    }
    self.offsets = offsets
    stateBytes = states
    weightsBytes = constants
    constantsBytes = constants + initialValues
  }
}

extension Int {
  func roundedUp(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}
