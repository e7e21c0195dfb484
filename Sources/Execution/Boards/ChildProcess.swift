internal import CLinux
internal import Foundation

/// A program that runs to its end, and what it said.
struct ChildProcess {
  var status: Int32
  var output: [UInt8]
  var error: String

  /// What a program may say on standard output, at most.
  static let maximumOutput = 4 << 20

  /// - Parameters:
  ///   - arguments: Without the program's name.
  ///   - input: Sent to it; its standard input is left open, so it must know how much to read.
  ///   - environment: This process's own where `nil`.
  ///   - running: Gets the process, so that it can be killed from another thread.
  static func run(
    _ program: String, _ arguments: [String], input: Input = .nothing, timeout: Duration,
    environment: [String: String]? = nil,
    running: (AgentProcess?) throws(ExecutionError) -> Void
  ) throws(ExecutionError) -> ChildProcess {
    let process = try AgentProcess(
      program: program, arguments: arguments, folder: nil, confinement: ConfinementEntry(),
      environment: environment ?? ProcessInfo.processInfo.environment)
    defer {
      process.kill()
      _ = process.finish(timeout: .seconds(5))
    }
    try running(process)
    let deadline = ContinuousClock.now + timeout
    try input.send(to: process, until: deadline)
    var result = ChildProcess(status: -1, output: [], error: "")
    var complaint: [UInt8] = []
    listening: while true {
      switch process.listen(until: deadline) {
      case .output(let bytes):
        result.output += bytes
        guard result.output.count <= maximumOutput else { break listening }
      case .error(let bytes): complaint = (complaint + bytes).suffix(8192)
      case .end: break listening
      case .timeout:
        process.kill()
        break listening
      }
    }
    result.status = process.finish(timeout: .seconds(5)).exit_code
    result.error = String(decoding: complaint, as: UTF8.self)
    try running(nil)
    if process.isKilled, ContinuousClock.now < deadline { throw ExecutionError(.cancelled, "Interrupted.") }
    return result
  }

  enum Input {
    case nothing
    case bytes([UInt8])
    /// A file, in pieces.
    case file(String)

    fileprivate func send(to process: AgentProcess, until deadline: ContinuousClock.Instant)
      throws(ExecutionError)
    {
      switch self {
      case .nothing: return
      // A pipe that breaks shows in what the program says and how it ends.
      case .bytes(let bytes): _ = process.send(bytes, timeout: deadline - .now)
      case .file(let path):
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
          throw ExecutionError(.file, "\(path): cannot be read (\(systemMessage(errno))).")
        }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
          let count = read(file, &buffer, buffer.count)
          guard count > 0, process.send(Array(buffer[..<count]), timeout: deadline - .now) == 0 else {
            return
          }
        }
      }
    }
  }
}
