internal import CLinux

extension Session {
  /// Runs `runs` inferences step by step, and sends each step's median time.
  ///
  /// The clock is read around every step (some 25 ns each), so the sum is a little more than an inference takes.
  mutating func profile(_ loaded: Loaded, runs: Int) {
    let stepCount = loaded.plan.stepCount
    // A plan's steps are bounded by its file; the product is kept below 64 MiB of samples.
    let runs = max(1, min(runs, 8_388_608 / max(1, stepCount)))
    let times = UnsafeMutableBufferPointer<Int64>.allocate(capacity: stepCount * runs)
    defer { times.deallocate() }
    for run in 0..<runs {
      loaded.inputs.fill(loaded.executor)
      for step in 0..<stepCount {
        let start = eb_clock_ns()
        loaded.executor.run(step: step)
        times[step * runs + run] = eb_clock_ns() - start
      }
    }
    for first in stride(from: 0, to: stepCount, by: Self.stepsPerEvent) {
      begin("steps")
      name("steps")
      output.byte(UInt8(ascii: "["))
      for step in first..<min(first + Self.stepsPerEvent, stepCount) {
        if step > first { output.byte(UInt8(ascii: ",")) }
        var samples = UnsafeMutableBufferPointer(rebasing: times[(step * runs)..<((step + 1) * runs)])
        samples.sort()
        send(loaded.plan.step(step), nanoseconds: samples[(runs - 1) / 2])
      }
      output.byte(UInt8(ascii: "]"))
      end()
    }
  }

  /// Keeps an event's line short enough for its reader.
  private static var stepsPerEvent: Int { 64 }

  private mutating func send(_ step: PlanStep, nanoseconds: Int64) {
    output.text("{\"name\":")
    let name = step.nodeNameBytes
    output.string(UnsafeRawBufferPointer(rebasing: name[..<min(name.count, 1024)]))
    output.text(",\"op\":\"")
    output.text(step.operatorNameBytes)
    output.text("\",\"ns\":")
    output.number(nanoseconds)
    output.byte(UInt8(ascii: "}"))
  }
}
