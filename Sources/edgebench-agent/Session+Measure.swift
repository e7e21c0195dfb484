internal import CLinux
internal import CTimer

extension Session {
  /// Loads, runs once, warms up, samples; each with its event.
  mutating func measure(_ request: borrowing Request) throws(AgentError) {
    let loaded = try load(request)
    phase = .firstInference
    let first = Self.time(loaded)
    begin("first")
    member("first_inference_ns", first)
    end()

    phase = .steadyState
    let estimate = Self.warmUp(
      loaded, runs: request.warmUp, first: first, budget: request.maximumNanoseconds / 10)
    // Every later inference repeats these, and allocates nothing. What would come on top is the timer's own code and
    // heap (some 3 MiB), which is not on the device.
    begin("memory")
    memoryMembers()
    end()
    let timer = try Timer(path: request.timer)
    // Before the samples, so that none of them waits for Google Benchmark's own code.
    let overhead = try timer.overhead()
    // The samples follow it, so that they are of the state that it led to.
    try sustain(loaded, request, timer, estimate: estimate)
    let faultsBefore = eb_memory_major_faults()
    var conditions = Conditions()
    try sample(loaded, request, timer, estimate: estimate, &conditions)
    conditions.end()
    let faults = eb_memory_major_faults() - faultsBefore
    if request.profileRuns > 0 { profile(loaded, runs: request.profileRuns) }
    begin("done")
    member("timer_overhead_ns", overhead)
    member("major_faults", faults)
    member("clock_before_hz", conditions.clockBefore)
    member("clock_lowest_hz", conditions.lowestClock)
    member("clock_highest_hz", conditions.highestClock)
    if let waited = conditions.waited {
      member("sampling_ns", conditions.elapsed)
      member("waited_ns", waited)
    }
    end()
  }

  /// One inference, timed without Google Benchmark: a first one cannot be repeated.
  static func time(_ loaded: Loaded) -> Int64 {
    loaded.inputs.fill(loaded.executor)
    let start = eb_clock_ns()
    loaded.executor.run()
    return eb_clock_ns() - start
  }

  /// Runs until there were `runs`, or `budget` nanoseconds are used up. Returns the last one's time.
  private static func warmUp(_ loaded: Loaded, runs: Int, first: Int64, budget: Int64) -> Int64 {
    var last = first
    var spent: Int64 = 0
    for _ in 0..<runs where spent < budget {
      last = time(loaded)
      spent += last
    }
    return last
  }

  private mutating func sample(
    _ loaded: Loaded, _ request: borrowing Request, _ timer: Timer, estimate: Int64,
    _ conditions: inout Conditions
  ) throws(AgentError) {
    let chunk = SampleChunk()
    var plan = SamplingPlan(request, estimate: estimate, start: eb_clock_ns())
    while plan.isOpen(at: eb_clock_ns()) {
      let batch = min(plan.batch, chunk.free)
      try timer.sample(loaded, count: batch, into: chunk.end)
      chunk.append(batch)
      plan.took(batch)
      if chunk.free == 0 || chunk.isDue(at: eb_clock_ns()) || !plan.isOpen(at: eb_clock_ns()) {
        send(chunk)
        conditions.note()
        // The reader on the other side has just disturbed the caches: one inference that does not count.
        if estimate < 10_000_000 { _ = Self.time(loaded) }
      }
    }
  }

  private mutating func send(_ chunk: SampleChunk) {
    begin("samples")
    name("ns")
    output.byte(UInt8(ascii: "["))
    for index in 0..<chunk.count {
      if index > 0 { output.byte(UInt8(ascii: ",")) }
      output.number(chunk[index])
    }
    output.byte(UInt8(ascii: "]"))
    end()
    chunk.clear(at: eb_clock_ns())
  }
}
