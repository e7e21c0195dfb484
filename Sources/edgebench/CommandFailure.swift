/// What the process tells the shell.
enum ExitStatus: Int32 {
  case done = 0
  case gateFailed = 1
  case badInput = 2
  case runFailed = 3
}

/// Ends the command with one line on stderr.
struct CommandFailure: Error {
  var status: ExitStatus
  var message: String

  static func badInput(_ message: String) -> CommandFailure {
    CommandFailure(status: .badInput, message: message)
  }
  static func runFailed(_ message: String) -> CommandFailure {
    CommandFailure(status: .runFailed, message: message)
  }
}

/// Runs `body`, and turns whatever it throws into a failure with `status` and the error's own line.
func failing<Result>(as status: ExitStatus, _ body: () throws -> Result) throws(CommandFailure) -> Result {
  do {
    return try body()
  } catch let failure as CommandFailure {
    throw failure
  } catch {
    throw CommandFailure(status: status, message: "\(error)")
  }
}
