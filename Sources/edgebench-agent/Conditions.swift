internal import CLinux

/// What the processor did while samples were taken: its measured clock, and how long this program had to wait for it.
struct Conditions {
  private(set) var clockBefore: Int64
  private(set) var lowestClock: Int64
  private(set) var highestClock: Int64
  /// Nanoseconds from the start to ``end()``.
  private(set) var elapsed: Int64 = 0
  /// Of those, how many another program ran in this one's place; `nil` where the kernel does not count them.
  private(set) var waited: Int64?
  private let start: Int64
  private let waitedBefore: Int64?

  init() {
    clockBefore = eb_processor_clock_hz()
    lowestClock = clockBefore
    highestClock = clockBefore
    waitedBefore = Self.wait
    start = eb_clock_ns()
  }

  /// Measures the clock once more; between samples.
  mutating func note() {
    let clock = eb_processor_clock_hz()
    lowestClock = min(lowestClock, clock)
    highestClock = max(highestClock, clock)
  }

  mutating func end() {
    elapsed = eb_clock_ns() - start
    if let before = waitedBefore, let now = Self.wait { waited = max(0, now - before) }
  }

  private static var wait: Int64? {
    var waited: Int64 = 0
    return eb_processor_wait_ns(&waited) ? waited : nil
  }
}
