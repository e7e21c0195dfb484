internal import Records
internal import Units

extension Outcome {
  /// Killed by the kernel: for its own limit, or, where it had none, for want of memory on the host.
  init(killedForMemoryAt limit: ByteCount?, peakBytes: Int64?, phase: Phase) {
    if let limit {
      self = .outOfMemory(limitBytes: limit.bytes, peakBytes: peakBytes, phase: phase)
    } else {
      self = .failed(message: "\(phase.rawValue): killed by the kernel; the host itself ran out of memory.")
    }
  }
}

/// Makes a measurement of an agent's events.
struct MeasurementCollector {
  var measurement: Records.Measurement
  private let request: MeasurementRequest
  private let digest: String
  private let progress: (MeasurementProgress) -> Void
  private var started: ContinuousClock.Instant?

  init(
    _ request: MeasurementRequest, digest: String, report: SandboxReport, threads: Int,
    progress: @escaping (MeasurementProgress) -> Void
  ) {
    self.request = request
    self.digest = digest
    self.progress = progress
    measurement = Measurement(outcome: .completed, agent: nil, sandbox: report, threads: threads)
  }

  mutating func hear(_ event: AgentEvent) throws(ExecutionError) {
    switch event {
    case .hello(let hello):
      measurement.agent = AgentIdentity(digest: digest, build: hello.build, isa: hello.isa)
    case .loading: progress(MeasurementProgress(phase: .loading))
    case .loaded(let loaded):
      measurement.loadNanoseconds = loaded.nanoseconds
      measurement.arenaBytes = loaded.arenaBytes
      measurement.planBytes = loaded.planBytes
      measurement.loadPeakMemoryBytes = loaded.memory.peakBytes
      progress(MeasurementProgress(phase: .firstInference))
    case .first(let nanoseconds):
      measurement.firstInferenceNanoseconds = nanoseconds
      started = .now
    case .samples(let samples): try hear(samples)
    case .steps(let steps): try hear(steps)
    case .memory(let memory):
      measurement.peakMemoryBytes = memory.peakBytes
      measurement.steadyMemoryBytes = memory.residentBytes
    case .window(let window): try hear(window)
    case .done(let done):
      measurement.timerOverheadNanoseconds = done.timerOverheadNanoseconds
      measurement.majorFaults = done.majorFaults
      measurement.clock = done.clock
      measurement.contention = done.contention
    case .output, .error, .exit, .confined, .companionEnded: break
    }
  }

  private mutating func hear(_ samples: [Int64]) throws(ExecutionError) {
    // The agent is given a maximum; one that does not keep to it would fill this process's memory.
    guard measurement.samplesNanoseconds.count + samples.count <= max(1, request.maximumSamples) else {
      throw ExecutionError(
        .agentBroken, "the agent sent more than the \(request.maximumSamples) samples asked for.")
    }
    measurement.samplesNanoseconds += samples
    let count = measurement.samplesNanoseconds.count
    var update = MeasurementProgress(phase: .sampling, samples: count)
    update.medianNanoseconds = measurement.samplesNanoseconds.sorted()[(count - 1) / 2]
    update.fraction = fraction(count)
    progress(update)
  }

  /// Sampling ends with whichever comes first: the time, or the samples wanted.
  private func fraction(_ count: Int) -> Double {
    let elapsed = started.map { ContinuousClock.now - $0 } ?? .zero
    let byTime = request.budget > .zero ? elapsed / request.budget : 1
    let byMinimum = request.minimumTime > .zero ? elapsed / request.minimumTime : 1
    let byCount = Double(count) / Double(max(1, request.samples))
    return min(1, max(byTime, min(byCount, byMinimum)))
  }

  private mutating func hear(_ window: SustainedLoad.Window) throws(ExecutionError) {
    var load = measurement.sustained ?? SustainedLoad()
    // A window a second for a day.
    guard load.windows.count < 86_400 else {
      throw ExecutionError(.agentBroken, "the agent sent more than 86400 windows.")
    }
    load.windows.append(window)
    measurement.sustained = load
    var update = MeasurementProgress(phase: .sustaining)
    update.medianNanoseconds = window.medianNanoseconds
    update.fraction = min(
      1, Double(window.endNanoseconds) / Double(max(1, request.sustained.wholeNanoseconds)))
    progress(update)
    started = .now
  }

  private mutating func hear(_ steps: [StepTime]) throws(ExecutionError) {
    let known = measurement.steps ?? []
    // Far beyond any model; a bound on what an agent can make this process keep.
    guard known.count + steps.count <= 1 << 20 else {
      throw ExecutionError(.agentBroken, "the agent sent times of more than 1048576 steps.")
    }
    measurement.steps = known + steps
    progress(MeasurementProgress(phase: .profiling, fraction: 1))
  }

  /// The measurement, with what its end and the sandbox's counters tell.
  func finish(
    _ ending: AgentSession.Ending, limit: ByteCount?, counters: MemoryCounters?
  ) -> Records.Measurement {
    var result = measurement
    result.sandbox.chargedPeakBytes = counters?.peakBytes
    switch ending {
    case .done: result.outcome = .completed
    case .outOfMemory(let peak, let phase):
      result.outcome = Outcome(killedForMemoryAt: limit, peakBytes: peak, phase: phase)
      // Killed before it could say: what was charged is the only figure.
      if result.peakMemoryBytes == nil { result.peakMemoryBytes = peak }
    case .timedOut(let after, let phase):
      result.outcome = .timedOut(afterNanoseconds: after.wholeNanoseconds, phase: phase)
    case .failed(let fault): result.outcome = .failed(message: "\(fault.phase.rawValue): \(fault.message)")
    }
    return result
  }
}
