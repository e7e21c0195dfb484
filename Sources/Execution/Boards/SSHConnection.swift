internal import Foundation
internal import Synchronization
internal import Units

/// Commands on a board through the system's `ssh`: the user's own configuration, keys and jump hosts.
///
/// Host keys are always checked and nothing is asked for. All commands share one connection where the folder for its
/// socket has a name short enough for one.
final class SSHConnection: Sendable {
  let name: String
  let address: SSHAddress
  /// A file in place of the user's `~/.ssh/config`.
  private let configuration: String?
  /// Of an option that is given twice ssh takes the first: these override none of our own.
  private let furtherArguments: [String]
  private let folder: TemporaryFolder
  private let state = Mutex(State())

  private struct State {
    var process: AgentProcess?
    var isCancelled = false
    /// Whether a command has been carried out: what breaks afterwards may come back.
    var isReached = false
  }

  /// How long a connection that was there is tried for again.
  private let patience = Duration.seconds(120)

  static let program = "/usr/bin/ssh"
  /// ssh's own status: the connection, not the command, failed.
  static let connectionStatus: Int32 = 255

  init(to board: Board, at address: SSHAddress) throws(ExecutionError) {
    name = board.name
    self.address = address
    configuration = board.sshConfiguration
    furtherArguments = board.sshArguments
    folder = try TemporaryFolder()
  }

  deinit {
    _ = try? ChildProcess.run(
      Self.program, options + ["-O", "exit", "--", address.host], timeout: .seconds(5), running: { _ in })
  }

  private var options: [String] {
    var options = [
      "-T", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=10",
      "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "-o", "ForwardX11=no", "-a",
    ]
    // %C is 40 characters, ssh adds 17 while it listens, and a socket's path has at most 107.
    if folder.path.utf8.count <= 48 {
      options += [
        "-o", "ControlMaster=auto", "-o", "ControlPersist=60", "-o", "ControlPath=\(folder.path)/%C",
      ]
    }
    if let configuration { options += ["-F", configuration] }
    if let user = address.user { options += ["-l", user] }
    if let port = address.port { options += ["-p", String(port)] }
    return options + furtherArguments
  }

  /// The arguments of an ssh that runs `words` on the board.
  func arguments(for words: [String]) throws(ExecutionError) -> [String] {
    guard let line = ShellWord.commandLine(words) else {
      throw ExecutionError(.board, "\(name): a name with a NUL byte cannot be sent to a board.")
    }
    return options + ["--", address.host, line]
  }

  /// Runs one of the functions of ``BoardScript`` and returns what it said.
  ///
  /// Where the connection breaks that was there before, it is tried again.
  ///
  /// - Parameter isRepeatable: Whether the function may have run when the connection broke, and run again.
  /// - Throws: ``ExecutionError`` where ssh could not carry it out. What the command itself says of its failure is in the
  ///   result.
  func run(
    _ words: [String], input: ChildProcess.Input = .nothing, timeout: Duration = .seconds(60),
    isRepeatable: Bool = true
  ) throws(ExecutionError) -> ChildProcess {
    let deadline = ContinuousClock.now + patience
    var pause: UInt32 = 1
    while true {
      do throws(ExecutionError) {
        let result = try runOnce(words, input, timeout)
        state.withLock { $0.isReached = true }
        return result
      } catch {
        guard error.kind == .connectionLost || error.kind == .unreachable, isRepeatable,
          state.withLock({ $0.isReached }), ContinuousClock.now < deadline
        else { throw error }
      }
      sleep(pause)
      pause = min(8, pause * 2)
    }
  }

  private func runOnce(
    _ words: [String], _ input: ChildProcess.Input, _ timeout: Duration
  ) throws(ExecutionError) -> ChildProcess {
    let result = try run(words: BoardScript.command(words), input: input, timeout: timeout)
    guard result.status == BoardScript.notThere else { return result }
    let kept = try run(
      words: BoardScript.installation, input: .bytes(Array(BoardScript.text.utf8)), timeout: timeout)
    // Where nothing can be kept, the command itself says so best.
    return try run(
      words: kept.status == 0 ? BoardScript.command(words) : BoardScript.wholeCommand(words), input: input,
      timeout: timeout)
  }

  /// Runs a command once; see ``run(_:input:timeout:isRepeatable:)``.
  func run(
    words: [String], input: ChildProcess.Input = .nothing, timeout: Duration = .seconds(60)
  ) throws(ExecutionError) -> ChildProcess {
    let result = try ChildProcess.run(
      Self.program, arguments(for: words), input: input, timeout: timeout,
      running: { process throws(ExecutionError) in try hold(process) })
    if result.status == Self.connectionStatus || result.status < 0 { throw failure(saying: result.error) }
    return result
  }

  /// Keeps `process` where ``cancel()`` finds it.
  func hold(_ process: AgentProcess?) throws(ExecutionError) {
    let isCancelled = state.withLock { state in
      state.process = process
      return state.isCancelled
    }
    if isCancelled {
      process?.kill()
      throw ExecutionError(.cancelled, "Interrupted.")
    }
  }

  func cancel() {
    let process = state.withLock { state in
      state.isCancelled = true
      return state.process
    }
    process?.kill()
  }

  /// What ssh's own words mean, in one line with what to do.
  func failure(saying text: String) -> ExecutionError {
    let lines = text.split(whereSeparator: \.isNewline).map { String($0) }
    let last = printableTail(lines)
    func says(_ phrase: String) -> Bool { text.localizedCaseInsensitiveContains(phrase) }
    if says("REMOTE HOST IDENTIFICATION HAS CHANGED") {
      return ExecutionError(
        .board,
        "\(name): the host key of \(address.host) is not the known one. If the board was set up anew, remove the old key with 'ssh-keygen -R'; else somebody stands in between."
      )
    }
    if says("Host key verification failed") {
      return ExecutionError(
        .board,
        "\(name): the host key of \(address.host) is not known. Connect once with '\(address.command)' and compare its fingerprint."
      )
    }
    if says("Permission denied (") || says("Too many authentication failures") {
      return ExecutionError(
        .board,
        "\(name): \(address.text) does not let this user in (\(last)). Give it your key with 'ssh-copy-id', and unlock it in ssh-agent."
      )
    }
    let unreachable = [
      "Connection refused", "timed out", "No route to host", "Could not resolve", "Network is unreachable",
      "Connection closed by UNKNOWN", "Name or service not known",
    ]
    if unreachable.contains(where: says) {
      return ExecutionError(
        .unreachable,
        "\(name): \(address.text) cannot be reached (\(last)). Check that the board is on, and try '\(address.command)'."
      )
    }
    return ExecutionError(
      .connectionLost,
      "\(name): the connection to \(address.text) broke (\(last)). Run the same command again.")
  }

  private func printableTail(_ lines: [String]) -> String {
    printable(lines.last { !$0.isEmpty } ?? "ssh said nothing", limit: 160)
  }
}
