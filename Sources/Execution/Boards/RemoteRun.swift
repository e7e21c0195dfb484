internal import Foundation

/// One run of the agent on a board, which goes on whether or not anybody listens.
struct RemoteRun {
  /// The name of its folder.
  let id: String
  private let connection: SSHConnection
  /// How long a lost connection is tried for.
  private let patience: Duration

  init(connection: SSHConnection, patience: Duration) {
    self.connection = connection
    self.patience = patience
    id = String(UInt64.random(in: 0 ... .max), radix: 16)
  }

  /// Follows the events of the run from its first one; where the connection breaks, from the first one again.
  ///
  /// - Parameter listen: Reads the events until the run is over.
  func follow<Result>(
    _ listen: (AgentProcess) throws(ExecutionError) -> Result
  ) throws(ExecutionError) -> Result {
    while true {
      let process = try AgentProcess(
        program: SSHConnection.program,
        arguments: connection.arguments(for: BoardScript.command(["follow", id])), folder: nil,
        confinement: ConfinementEntry(), environment: ProcessInfo.processInfo.environment)
      try connection.hold(process)
      do throws(ExecutionError) {
        let result = try listen(process)
        try connection.hold(nil)
        return result
      } catch {
        try connection.hold(nil)
        // What the agent itself makes of its end comes as an event: where ssh ends before, the connection broke.
        guard error.kind == .agentBroken, !process.isKilled else { throw error }
      }
      try reconnect()
    }
  }

  /// Waits until the board answers again.
  ///
  /// - Throws: ``ExecutionError`` where it does not, or has forgotten the run.
  private func reconnect() throws(ExecutionError) {
    let deadline = ContinuousClock.now + patience
    var pause: UInt32 = 1
    while true {
      do throws(ExecutionError) {
        let result = try connection.run(["running", id])
        guard result.status == 0 else {
          throw ExecutionError(
            .agentBroken,
            "\(connection.name): the agent is gone; was the board started anew? Run the same command again.")
        }
        return
      } catch {
        guard error.kind == .connectionLost || error.kind == .board else { throw error }
        guard ContinuousClock.now < deadline else {
          throw ExecutionError(.connectionLost, error.description)
        }
      }
      sleep(pause)
      pause = min(8, pause * 2)
    }
  }

  /// Ends it where it runs, and takes away its folder.
  func stop() {
    guard let arguments = try? connection.arguments(for: BoardScript.command(["stop", id])) else { return }
    _ = try? ChildProcess.run(SSHConnection.program, arguments, timeout: .seconds(15), running: { _ in })
  }
}
