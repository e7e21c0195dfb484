internal import CLinux
internal import Foundation
internal import Synchronization

/// The agent, running. Made, listened to and waited for on one thread: the kernel kills it when that thread ends.
final class AgentProcess: Sendable {
  private struct State {
    var process: eb_process
    /// Set with the process's end, so that its number is not used once it may be another's.
    var exit: eb_process_exit?
    var isKilled = false
  }
  private let state: Mutex<State>
  private let key: String

  /// - Parameters:
  ///   - arguments: Without the program's name.
  ///   - environment: Of the agent; it gets nothing else.
  init(
    program: String, arguments: [String] = [], folder: String?, confinement: ConfinementEntry,
    environment: [String: String]
  ) throws(ExecutionError) {
    var process = eb_process()
    var step = EB_PROCESS_PIPE
    let error = try Self.start(
      program: program, arguments: arguments, folder: folder, confinement: confinement,
      environment: environment, &process, &step)
    guard error == 0 else { throw Self.failure(program, step, error) }
    state = Mutex(State(process: process))
    key = "agent \(process.pid)"
    Cleanup.shared.add(key) { [weak self] in self?.kill() }
  }

  private static func start(
    program: String, arguments words: [String], folder: String?, confinement: ConfinementEntry,
    environment: [String: String],
    _ process: inout eb_process, _ step: inout eb_process_step
  ) throws(ExecutionError) -> Int32 {
    var cgroups: [Int32] = []
    defer { for descriptor in cgroups { close(descriptor) } }
    for path in confinement.cgroups {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw ExecutionError(.sandbox, "\(path): cannot be opened (\(systemMessage(errno))).")
      }
      cgroups.append(descriptor)
    }
    let cores = confinement.cores.map { UInt32(clamping: $0) }
    var arguments: [UnsafeMutablePointer<CChar>?] =
      ([program] + words).map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    let directory = folder.map { strdup($0) } ?? nil
    defer {
      for string in arguments + variables + [directory] { free(string) }
    }
    return program.withCString { path in
      var options = eb_process_options()
      options.path = path
      options.directory = UnsafePointer(directory)
      options.address_space = confinement.addressSpace ?? UInt64.max
      options.data = confinement.data ?? UInt64.max
      return arguments.withUnsafeMutableBufferPointer { arguments in
        variables.withUnsafeMutableBufferPointer { variables in
          cgroups.withUnsafeBufferPointer { cgroups in
            cores.withUnsafeBufferPointer { cores in
              options.arguments = UnsafePointer(arguments.baseAddress)
              options.environment = UnsafePointer(variables.baseAddress)
              options.cgroups = cgroups.baseAddress
              options.cgroup_count = cgroups.count
              options.cores = cores.baseAddress
              options.core_count = cores.count
              return eb_process_start(&options, &process, &step)
            }
          }
        }
      }
    }
  }

  private static func failure(_ program: String, _ step: eb_process_step, _ error: Int32) -> ExecutionError {
    let reason = systemMessage(error)
    if error == ENOMEM { return ExecutionError(.noMemory, "\(program): cannot be started (\(reason)).") }
    switch step {
    case EB_PROCESS_EXEC:
      return ExecutionError(
        .agentMissing,
        "\(program): cannot be started (\(reason)); expected edgebench-agent. Build it with 'make build'.")
    case EB_PROCESS_CGROUP:
      return ExecutionError(.sandbox, "cgroup: the agent could not join it (\(reason)).")
    case EB_PROCESS_AFFINITY:
      return ExecutionError(.sandbox, "cores: the agent could not be bound to them (\(reason)).")
    case EB_PROCESS_LIMIT:
      return ExecutionError(.sandbox, "rlimits: the agent could not set them (\(reason)).")
    case EB_PROCESS_DIRECTORY:
      return ExecutionError(.sandbox, "\(program): its folder cannot be entered (\(reason)).")
    default: return ExecutionError(.sandbox, "the agent's process could not be made (\(reason)).")
    }
  }

  enum Heard {
    case output([UInt8])
    case error([UInt8])
    /// Both streams have ended.
    case end
    case timeout
  }

  /// Waits for what the agent says next. Nobody else may listen meanwhile.
  func listen(until deadline: ContinuousClock.Instant) -> Heard {
    var process = state.withLock { $0.process }
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      var stream = EB_PROCESS_OUTPUT
      var count = 0
      let left = (deadline - .now).wholeNanoseconds
      let error = eb_process_read(&process, &buffer, buffer.count, left, &stream, &count)
      switch error {
      case 0 where count == 0:
        state.withLock { [process] state in
          state.process.output = process.output
          state.process.error = process.error
        }
      case 0:
        return stream == EB_PROCESS_OUTPUT
          ? .output(Array(buffer[..<count])) : .error(Array(buffer[..<count]))
      case ETIMEDOUT: return .timeout
      default: return .end
      }
    }
  }

  /// Returns 0, or why not: EPIPE where the agent has ended.
  func send(_ bytes: [UInt8], timeout: Duration) -> Int32 {
    var process = state.withLock { $0.process }
    return eb_process_send(&process, bytes, bytes.count, timeout.wholeNanoseconds)
  }

  /// Kills it, from any thread; it is still to be waited for.
  func kill() {
    state.withLock { state in
      guard state.exit == nil else { return }
      state.isKilled = true
      eb_process_kill(&state.process)
    }
  }

  var processID: Int32 { state.withLock { $0.process.pid } }

  /// Whether ``kill()`` ended it.
  var isKilled: Bool { state.withLock { $0.isKilled } }

  /// Closes its streams, so that it ends, and waits for it; kills it where that takes longer than `timeout`.
  func finish(timeout: Duration) -> eb_process_exit {
    state.withLock { eb_process_close(&$0.process) }
    let deadline = ContinuousClock.now + timeout
    while true {
      if let exit = reap() { return exit }
      if ContinuousClock.now >= deadline { kill() }
    }
  }

  /// Short waits, each under the lock, so that ``kill()`` never meets a number that is free again.
  private func reap() -> eb_process_exit? {
    let exit = state.withLock { state -> eb_process_exit? in
      if let exit = state.exit { return exit }
      var exit = eb_process_exit()
      switch eb_process_wait(&state.process, 1_000_000, &exit) {
      case 0: break
      case ETIMEDOUT: return nil
      // Somebody else has waited for it: nothing is known of its end.
      default: exit = eb_process_exit(exit_code: -1, signal: 0, user_ns: 0, system_ns: 0, read_bytes: 0)
      }
      state.exit = exit
      return exit
    }
    if exit != nil { Cleanup.shared.run(key) }
    return exit
  }
}
