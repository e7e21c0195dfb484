public import Records

/// What measures plans: this machine's agent, or one on a board.
public protocol PlanRunner: AnyObject, Sendable {
  /// What tells one build of the agent from another, in hexadecimal.
  func agentDigest() throws(ExecutionError) -> String

  /// Measures one plan in a fresh process. See ``AgentRunner/measure(_:progress:)``.
  func measure(
    _ request: MeasurementRequest, progress: @escaping (MeasurementProgress) -> Void
  ) throws(ExecutionError) -> Records.Measurement

  /// The machine that it measures on, as it is now.
  func environment() throws(ExecutionError) -> HostEnvironment
  func currentState() throws(ExecutionError) -> HostState

  /// Ends the run in progress, and every later one. From any thread, but not from a signal handler.
  func cancel()
}

extension AgentRunner: PlanRunner {
  public func environment() -> HostEnvironment { HostProbe().environment() }
  public func currentState() -> HostState { HostProbe().state() }
}
