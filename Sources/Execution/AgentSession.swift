internal import CLinux
internal import DeviceProfiles
internal import Foundation
internal import Records
internal import Units

/// One conversation with one agent, from its start to its end, and what became of it.
struct AgentSession {
  /// How it ended, where that is a result. What is not is thrown.
  enum Ending: Equatable {
    case done
    case outOfMemory(peakBytes: Int64?, phase: Outcome.Phase)
    case timedOut(after: Duration, phase: Outcome.Phase)
    /// The agent's own words.
    case failed(AgentEvent.Fault)
  }

  let process: AgentProcess
  let confinement: any Confinement
  let hasMemoryLimit: Bool
  let request: [UInt8]
  let timeouts: PhaseTimeouts
  let budget: Duration

  private var phase = Outcome.Phase.start
  private var isGreeted = false
  private var lines = LineBuffer()
  /// The last of what came on standard error.
  private var complaint: [UInt8] = []
  private var deadline: ContinuousClock.Instant

  init(
    process: AgentProcess, confinement: any Confinement, hasMemoryLimit: Bool, request: [UInt8],
    timeouts: PhaseTimeouts, budget: Duration
  ) {
    self.process = process
    self.confinement = confinement
    self.hasMemoryLimit = hasMemoryLimit
    self.request = request
    self.timeouts = timeouts
    self.budget = budget
    deadline = .now + timeouts.start
  }

  /// Talks until the agent is done, has failed or has ended. The process is gone when this returns or throws.
  ///
  /// - Parameters:
  ///   - beforeRequest: Called between the agent's greeting and the request.
  ///   - heard: Called with every event.
  mutating func run(
    beforeRequest: () -> Void, heard: (AgentEvent) throws(ExecutionError) -> Void
  ) throws(ExecutionError) -> Ending {
    defer {
      process.kill()
      _ = process.finish(timeout: .seconds(5))
    }
    while true {
      switch process.listen(until: deadline) {
      case .output(let bytes):
        guard lines.append(bytes) else { throw AgentEvent.garbage(lines.rest) }
        while let line = lines.next() {
          let event = try AgentEvent(parsing: line)
          if let ending = try advance(event, line, beforeRequest: beforeRequest) {
            try heard(event)
            return ending
          }
          try heard(event)
        }
      case .error(let bytes): complaint = (complaint + bytes).suffix(2048)
      case .timeout:
        process.kill()
        return .timedOut(after: timeout(of: phase), phase: phase)
      case .end: return try judge(process.finish(timeout: .seconds(5)))
      }
    }
  }

  /// Moves to the phase that the event tells of.
  private mutating func advance(
    _ event: AgentEvent, _ line: [UInt8], beforeRequest: () -> Void
  ) throws(ExecutionError) -> Ending? {
    if case .hello = event {
      guard !isGreeted else { throw AgentEvent.garbage(line) }
      isGreeted = true
      beforeRequest()
      // A broken pipe shows as the end of its output, with a reason.
      if process.send(request, timeout: timeouts.start) == ETIMEDOUT { process.kill() }
      deadline = .now + timeouts.start
      return nil
    }
    switch event {
    case .confined, .companionEnded: return nil
    case .exit(let exit): return try judge(exit)
    default: break
    }
    guard isGreeted else { throw AgentEvent.garbage(line) }
    switch event {
    case .hello, .exit, .confined, .companionEnded: break
    case .loading: phase = .load
    case .loaded: phase = .firstInference
    case .first: phase = .steadyState
    case .samples, .steps, .window, .memory, .output: break
    case .done: return .done
    case .error(let fault):
      guard fault.kind == "out_of_memory", hasMemoryLimit else { return .failed(fault) }
      return .outOfMemory(peakBytes: confinement.counters?.peakBytes, phase: fault.phase)
    }
    deadline = .now + timeout(of: phase)
    return nil
  }

  private func timeout(of phase: Outcome.Phase) -> Duration {
    switch phase {
    case .start: timeouts.start
    case .load: timeouts.load
    case .firstInference: timeouts.firstInference
    case .steadyState: timeouts.steadyState + budget
    }
  }

  /// What the end of the process means, before it said that it was done.
  private func judge(_ exit: eb_process_exit) throws(ExecutionError) -> Ending {
    if process.isKilled { throw ExecutionError(.cancelled, "Interrupted.") }
    if let counters = confinement.counters, counters.kills > 0 {
      return .outOfMemory(peakBytes: counters.peakBytes, phase: phase)
    }
    if failedToStartForMemory(exit) { return .outOfMemory(peakBytes: nil, phase: .start) }
    let said = complaintText.map { ": \($0)" } ?? ""
    if exit.signal != 0 {
      let hint =
        confinement.limitShowsAsFailedAllocation && hasMemoryLimit
        ? " An allocation that its memory limit refused may show so; try a larger one." : ""
      throw ExecutionError(
        .agentBroken,
        "the agent was ended by signal \(exit.signal) (\(String(cString: strsignal(exit.signal)))) in phase '\(phase.rawValue)'\(said).\(hint)"
      )
    }
    throw ExecutionError(
      .agentBroken,
      "the agent ended with status \(exit.exit_code) in phase '\(phase.rawValue)', before it was done\(said)."
    )
  }

  /// What the end of an agent on a board means: a shell's status, and the last thing the agent said on standard error.
  private func judge(_ exit: AgentEvent.Exit) throws(ExecutionError) -> Ending {
    // A shell adds 128 to the signal's number. Nobody else kills it so but the kernel, for want of memory.
    if exit.kills > 0 || exit.status == 128 + Int(SIGKILL) {
      return .outOfMemory(peakBytes: exit.peakBytes, phase: phase)
    }
    let said = exit.message.isEmpty ? "" : ": \(printable(exit.message, limit: 200))"
    throw ExecutionError(
      .agentEnded,
      "the agent ended with status \(exit.status) in phase '\(phase.rawValue)', before it was done\(said).")
  }

  /// Under limits of address space, the program or its libraries could not be mapped: the kernel or the loader says so.
  private func failedToStartForMemory(_ exit: eb_process_exit) -> Bool {
    guard hasMemoryLimit, confinement.limitShowsAsFailedAllocation, !isGreeted else { return false }
    if exit.signal == SIGKILL || exit.signal == SIGSEGV { return true }
    let text = String(decoding: complaint, as: UTF8.self).lowercased()
    return ["cannot allocate memory", "failed to map", "cannot map", "out of memory"].contains {
      text.contains($0)
    }
  }

  /// The last line on standard error, printable.
  private var complaintText: String? {
    let line = complaint.split(separator: 0x0A).last ?? []
    guard !line.isEmpty else { return nil }
    return String(line.prefix(200).map { 0x20..<0x7F ~= $0 ? Character(Unicode.Scalar($0)) : "." })
  }
}
