internal import CLinux

extension Session {
  /// Loads, runs once, and runs again between marks that an emulator counts instructions by.
  mutating func count(_ request: borrowing Request) throws(AgentError) {
    let loaded = try load(request)
    phase = .firstInference
    _ = Self.time(loaded)
    phase = .steadyState
    for _ in 0..<min(request.samples, request.maximumSamples) {
      loaded.inputs.fill(loaded.executor)
      eb_mark_start()
      loaded.executor.run()
      eb_mark_end()
    }
    begin("done")
    end()
  }
}
