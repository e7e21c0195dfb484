internal import CLinux

extension Session {
  /// Samples held until a window is full: half a MiB, touched after the model's own memory was measured.
  private static var windowCapacity: Int { 65_536 }

  /// Runs without pause for as long as was asked, and says of every window how fast the inferences were, at which clock
  /// and temperature.
  mutating func sustain(
    _ loaded: Loaded, _ request: borrowing Request, _ timer: Timer, estimate: Int64
  ) throws(AgentError) {
    guard request.sustainedNanoseconds > 0 else { return }
    let samples = UnsafeMutableBufferPointer<Int64>.allocate(capacity: Self.windowCapacity)
    defer { samples.deallocate() }
    let batch = SamplingPlan.longestBatch(within: request.windowNanoseconds, estimate: estimate)
    let start = eb_clock_ns()
    var windowStart = start
    var count = 0
    while true {
      try timer.sample(loaded, count: batch, into: samples.baseAddress.map { $0 + count })
      count += batch
      let now = eb_clock_ns()
      let isOver = now - start >= request.sustainedNanoseconds
      guard isOver || count + batch > samples.count || now - windowStart >= request.windowNanoseconds else {
        continue
      }
      var window = UnsafeMutableBufferPointer(rebasing: samples[..<count])
      window.sort()
      begin("window")
      member("start_ns", windowStart - start)
      member("end_ns", now - start)
      member("count", count)
      member("median_ns", window[(count - 1) / 2])
      member("p90_ns", window[(count * 9 + 9) / 10 - 1])
      member("max_ns", window[count - 1])
      member("clock_hz", eb_processor_clock_hz())
      var temperature: Int64 = 0
      if Self.read(request.temperature, &temperature) { member("temperature_millidegrees", temperature) }
      end()
      if isOver { return }
      windowStart = eb_clock_ns()
      count = 0
    }
  }

  private static func read(_ path: [UInt8], _ number: inout Int64) -> Bool {
    guard !path.isEmpty else { return false }
    return path.withUnsafeBytes { path in
      eb_kernel_number(path.bindMemory(to: CChar.self).baseAddress, &number)
    }
  }
}
