import Dispatch
import Execution
import Foundation
import Synchronization

/// Answers Ctrl-C and SIGTERM: the run in progress ends, and nothing of it is left behind.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]
  private static let state = Mutex(State())

  private struct State {
    var isAnswering = false
    /// Whether the main thread has nothing left to do.
    var isYielding = false
  }

  /// - Parameter message: What the user should know then, after "Interrupted."
  convenience init(cancelling runner: any PlanRunner, message: String) {
    self.init(message: message) {
      runner.cancel()
      // What runs on a board is ended over a connection whose socket is in a folder that goes next.
      if runner is any BoardRunner { Self.awaitMain(milliseconds: 10_000) }
    }
  }

  /// - Parameter cancel: Called from another thread.
  init(message: String, cancel: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "interrupts")
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        Self.state.withLock { $0.isAnswering = true }
        cancel()
        Cleanup.shared.everything()
        Self.awaitMain()
        Terminal.writeError(Terminal.errorIsTerminal ? "\r\u{1B}[K" : "")
        Terminal.error("Interrupted. \(message)")
        exit(ExitStatus.runFailed.rawValue)
      }
      source.resume()
      return source
    }
  }

  /// Does not return where an interrupt is being answered: the run that it cancels fails, and must not end the program
  /// before everything is taken away.
  static func yield() {
    let isAnswering = state.withLock { state in
      state.isYielding = true
      return state.isAnswering
    }
    while isAnswering { sleep(1) }
  }

  /// The main thread may be about to make a folder or a cgroup, which it then takes away at once: it gets the time for that,
  /// but not the time for a long computation.
  private static func awaitMain(milliseconds: Int = 500) {
    for _ in 0..<milliseconds where !state.withLock({ $0.isYielding }) { usleep(1000) }
  }
}
