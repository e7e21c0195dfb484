internal import Foundation

/// One run of the agent on a board, which goes on whether or not anybody listens.
struct RemoteRun {
  /// The name of its folder.
  let id: String
  private let connection: SSHConnection

  init(connection: SSHConnection) {
    self.connection = connection
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
    let result: ChildProcess
    do throws(ExecutionError) {
      result = try connection.run(["running", id])
    } catch {
      guard error.kind == .unreachable else { throw error }
      throw ExecutionError(.connectionLost, error.description)
    }
    guard result.status == 0 else {
      throw ExecutionError(
        .agentEnded,
        "\(connection.name): the agent is gone; was the board started anew? Run the same command again.")
    }
  }

  /// Ends it where it runs, and takes away its folder.
  func stop() {
    guard let arguments = try? connection.arguments(for: BoardScript.command(["stop", id])) else { return }
    _ = try? ChildProcess.run(SSHConnection.program, arguments, timeout: .seconds(15), running: { _ in })
  }
}
