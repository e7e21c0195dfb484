internal import Foundation
internal import Records
internal import Units

/// The user's own command, running beside a measurement on this machine; ended with what it started by ``end()``.
final class CompanionProcess {
  private let command: String
  private let process: AgentProcess

  /// Waits for a moment, so that what cannot run at all is told apart from what ran.
  ///
  /// - Throws: ``ExecutionError`` where it has ended by then.
  init(_ command: String) throws(ExecutionError) {
    self.command = command
    // The shell itself keeps its streams open: their end is its end.
    process = try AgentProcess(
      program: "/bin/sh", arguments: ["-c", #"eval "$1" >/dev/null 2>&1; exit $?"#, "sh", command],
      folder: nil,
      confinement: ConfinementEntry(), environment: ProcessInfo.processInfo.environment)
    guard case .timeout = process.listen(until: .now + .milliseconds(500)) else {
      throw Self.endedAtOnce(command, status: Int(process.finish(timeout: .seconds(5)).exit_code))
    }
  }

  static func endedAtOnce(_ command: String, status: Int) -> ExecutionError {
    let hint = status == 127 ? "such a program is not there" : "status \(status)"
    return ExecutionError(
      .companion,
      "--beside '\(printable(command, limit: 80))' ended at once (\(hint)); expected a command that goes on.")
  }

  func end() -> Companion {
    var isRunning = false
    if case .timeout = process.listen(until: .now) { isRunning = true }
    process.kill()
    _ = process.finish(timeout: .seconds(5))
    return Companion(command: command, ranToTheEnd: isRunning)
  }

  deinit {
    process.kill()
    _ = process.finish(timeout: .seconds(5))
  }
}
