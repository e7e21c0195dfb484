internal import CTimer

/// How many samples to take, and how many at a time.
struct SamplingPlan {
  private let wanted: Int
  private let maximum: Int
  private let earliestEnd: Int64
  private let latestEnd: Int64
  private var count = 0
  private let longestBatch: Int

  /// - Parameter estimate: Nanoseconds of one inference, roughly.
  /// - Parameter start: Now, on the monotonic clock.
  init(_ request: borrowing Request, estimate: Int64, start: Int64) {
    wanted = min(request.samples, request.maximumSamples)
    maximum = request.maximumSamples
    earliestEnd = start + min(request.minimumNanoseconds, request.maximumNanoseconds)
    latestEnd = start + request.maximumNanoseconds
    longestBatch = Self.longestBatch(within: request.maximumNanoseconds, estimate: estimate)
  }

  /// At most a 20th of `nanoseconds` at once, so that a batch does not overrun their end by more.
  static func longestBatch(within nanoseconds: Int64, estimate: Int64) -> Int {
    Int(max(1, min(nanoseconds / 20 / max(1, estimate), Int64(EB_TIMER_MAX_BATCH))))
  }

  /// The next batch: never more than the samples still wanted, at least 1.
  var batch: Int {
    let left = (count < wanted ? wanted : maximum) - count
    return max(1, min(longestBatch, left))
  }

  /// Whether to go on. There is always at least one batch.
  func isOpen(at now: Int64) -> Bool {
    if count == 0 { return true }
    if count >= maximum || now >= latestEnd { return false }
    return count < wanted || now < earliestEnd
  }

  mutating func took(_ samples: Int) { count += samples }
}
