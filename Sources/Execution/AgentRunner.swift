internal import CLinux
internal import CTimer
internal import Digests
internal import Foundation
internal import Synchronization

/// Starts agents, one at a time, each in a sandbox of its own.
///
/// A call blocks its thread until the agent is gone, since the kernel ties the agent's life to that thread.
public final class AgentRunner: Sendable {
  public let agentPath: String
  /// The library that the agent takes its samples with: `libedgebench-timer.so` in the folder of the agent.
  ///
  /// It is measuring apparatus, not part of what a board stores: the agent opens it by this path wherever it is copied
  /// to itself, and its size and memory do not count.
  public let timerPath: String
  public let sandbox: SandboxChoice
  private let state = Mutex(State())

  struct State {
    var process: AgentProcess?
    var isCancelled = false
    var digest: String?
  }

  /// - Parameter agentPath: The program `edgebench-agent`.
  public init(agentPath: String, sandbox: SandboxChoice = .best()) {
    self.agentPath = AbsolutePath.of(agentPath)
    timerPath = Self.timer(beside: self.agentPath)
    self.sandbox = sandbox
  }

  /// Ends the run in progress, which then throws ``ExecutionError/Kind/cancelled``, and every later one. From any
  /// thread, but not from a signal handler.
  public func cancel() {
    let process = state.withLock { state in
      state.isCancelled = true
      return state.process
    }
    process?.kill()
  }

  private static func timer(beside agent: String) -> String {
    // The agent may be a link to where both are installed.
    let program = realpath(agent, nil)
    defer { free(program) }
    let folder = ((program.map { String(cString: $0) } ?? agent) as NSString).deletingLastPathComponent
    return "\(folder)/\(EB_TIMER_LIBRARY)"
  }

  /// What tells one build of the agent from another: SHA-256, in hexadecimal, of its file followed by the timer's.
  public func agentDigest() throws(ExecutionError) -> String {
    if let digest = state.withLock({ $0.digest }) { return digest }
    try checkAgent()
    try checkTimer()
    let digest = try FileDigest.sha256(of: agentPath, timerPath)
    state.withLock { $0.digest = digest }
    return digest
  }

  func checkAgent() throws(ExecutionError) {
    var status = stat()
    guard stat(agentPath, &status) == 0 else {
      throw ExecutionError(
        .agentMissing,
        "\(agentPath): no agent there (\(systemMessage(errno))); expected the program edgebench-agent. Build it with 'make build'."
      )
    }
    guard status.st_mode & S_IFMT == S_IFREG, access(agentPath, X_OK) == 0 else {
      throw ExecutionError(
        .agentMissing,
        "\(agentPath): is not a program that may be run; expected edgebench-agent. Build it with 'make build'."
      )
    }
  }

  private func checkTimer() throws(ExecutionError) {
    guard access(timerPath, R_OK) == 0 else {
      throw ExecutionError(
        .agentMissing,
        "\(timerPath): no timer there (\(systemMessage(errno))); expected the agent's timer library. Build it with 'make build'."
      )
    }
  }

  func checkPlan(_ path: String) throws(ExecutionError) {
    guard access(path, R_OK) == 0 else {
      throw ExecutionError(.file, "\(path): cannot be read (\(systemMessage(errno))); expected a plan.")
    }
  }

  /// Starts an agent in `confinement`, so that ``cancel()`` finds it.
  func start(
    program: String, folder: String?, confinement: any Confinement, instructionSet: String?
  ) throws(ExecutionError) -> AgentProcess {
    var environment: [String: String] = [:]
    let own = ProcessInfo.processInfo.environment
    for name in ["EDGEBENCH_ISA", "LD_LIBRARY_PATH"] { environment[name] = own[name] }
    if let instructionSet { environment["EDGEBENCH_ISA"] = instructionSet }
    try throwIfCancelled()
    let process = try AgentProcess(
      program: program, folder: folder, confinement: confinement.entry, environment: environment)
    let isCancelled = state.withLock { state in
      state.process = process
      return state.isCancelled
    }
    if isCancelled { process.kill() }
    return process
  }

  func ended() { state.withLock { $0.process = nil } }

  func throwIfCancelled() throws(ExecutionError) {
    if state.withLock({ $0.isCancelled }) { throw ExecutionError(.cancelled, "Interrupted.") }
  }

  /// Makes room under `limits` and takes it away after `body`, or when the program is told to end.
  func confined<Result>(
    _ limits: ResourceLimits, plan: String, _ body: (any Confinement) throws(ExecutionError) -> Result
  ) throws(ExecutionError) -> Result {
    let confinement = try sandbox.sandbox.confine(limits, device: BlockDevice(holding: plan))
    let key = "confinement \(ObjectIdentifier(confinement))"
    Cleanup.shared.add(key) { confinement.remove() }
    defer { Cleanup.shared.run(key) }
    return try body(confinement)
  }
}
