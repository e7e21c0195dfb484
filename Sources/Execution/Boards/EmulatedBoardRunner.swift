internal import DeviceProfiles
internal import Foundation
internal import Records
internal import Synchronization
internal import Units

/// A processor that qemu-user emulates on this machine: whether a model runs there and what comes out, never how fast.
final class EmulatedBoardRunner: BoardRunner {
  let evidence = Evidence.emulated
  private let board: Board
  private let core: String
  private let agents: String
  private let state = Mutex(State())

  private struct State {
    var process: AgentProcess?
    var isCancelled = false
  }

  init(_ board: Board, core: String, agents: String) {
    self.board = board
    self.core = core
    self.agents = agents
  }

  /// - Source: QEMU 7.2, `qemu-arm -cpu help`: the 32-bit cores with NEON.
  private var target: String {
    ["cortex-a7", "cortex-a8", "cortex-a9", "cortex-a15"].contains(core)
      ? "arm-linux-gnueabihf" : "aarch64-linux-gnu"
  }

  var emulator: String {
    target == "aarch64-linux-gnu" ? "/usr/bin/qemu-aarch64" : "/usr/bin/qemu-arm"
  }

  func arguments(_ bundle: AgentBundle, _ words: [String] = []) -> [String] {
    ["-cpu", core, "-L", "/usr/\(target)", bundle.agent] + words
  }

  func bundle() throws(ExecutionError) -> AgentBundle {
    try AgentBundle(target: target, in: agents, board: board.name)
  }

  func prepare() throws(ExecutionError) -> BoardState {
    guard access(emulator, X_OK) == 0 else {
      throw ExecutionError(
        .board, "\(board.name): \(emulator) is not there. Install the package 'qemu-user'.")
    }
    let version = try ChildProcess.run(
      emulator, arguments(bundle(), ["--version"]), timeout: .seconds(30),
      running: { process throws(ExecutionError) in try hold(process) })
    guard version.status == 0 else {
      let said = version.error.split(whereSeparator: \.isNewline).last.map { String($0) } ?? "it said nothing"
      throw ExecutionError(
        .board,
        "\(board.name): the agent does not start under '\(emulator) -cpu \(core)' (\(printable(said, limit: 160))). It needs the packages of 'scripts/setup cross'."
      )
    }
    var profile = DeviceProfile.host()
    profile.id = board.name
    profile.name = "\(core), emulated"
    return try BoardState(
      environment: environment(), profile: profile, greeting: String(decoding: version.output, as: UTF8.self),
      board: board.name)
  }

  var agentBytes: Int64? { try? bundle().agentBytes }

  func agentDigest() throws(ExecutionError) -> String { try bundle().digest }

  func environment() -> HostEnvironment {
    var environment = HostProbe().environment()
    environment.board = BoardIdentity(
      name: board.name, address: board.address.text, model: "\(core), emulated by qemu-user on this machine")
    return environment
  }

  func currentState() -> HostState { HostProbe().state() }

  func measure(
    _ request: MeasurementRequest, progress: @escaping (MeasurementProgress) -> Void
  ) throws(ExecutionError) -> Records.Measurement {
    let bundle = try bundle()
    let confinement = Unconfined(request.limits)
    var collector = MeasurementCollector(
      request, digest: bundle.digest, report: confinement.report, threads: request.threads, progress: progress
    )
    let process = try AgentProcess(
      program: emulator, arguments: arguments(bundle), folder: nil, confinement: confinement.entry,
      environment: [:])
    try hold(process)
    var session = AgentSession(
      process: process, confinement: confinement, hasMemoryLimit: false,
      request: try AgentRequest(request, threads: request.threads, timer: bundle.timer).line,
      timeouts: request.timeouts, budget: request.budget)
    let ending = try session.run {
    } heard: { event throws(ExecutionError) in
      try collector.hear(event)
    }
    try hold(nil)
    var measurement = collector.finish(ending, limit: nil, counters: nil)
    // Of the emulator's own work, which says nothing of the board's.
    measurement.clock = nil
    measurement.contention = nil
    if case .completed = measurement.outcome { measurement.instructions = try instructions(request) }
    return measurement
  }

  func hold(_ process: AgentProcess?) throws(ExecutionError) {
    let isCancelled = state.withLock { state in
      state.process = process
      return state.isCancelled
    }
    guard isCancelled else { return }
    process?.kill()
    throw ExecutionError(.cancelled, "Interrupted.")
  }

  /// Nothing is brought anywhere.
  func removeCache() {}

  func cancel() {
    let process = state.withLock { state in
      state.isCancelled = true
      return state.process
    }
    process?.kill()
  }
}
