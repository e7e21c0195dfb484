import Dispatch
import Execution
import Foundation
import Synchronization

/// Answers Ctrl-C and SIGTERM: the run in progress ends, and nothing of it is left behind.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]
  private static let isAnswering = Mutex(false)

  /// - Parameter message: What the user should know then, after "Interrupted."
  init(cancelling runner: AgentRunner, message: String) {
    let queue = DispatchQueue(label: "interrupts")
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        Self.isAnswering.withLock { $0 = true }
        runner.cancel()
        Cleanup.shared.everything()
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
    while isAnswering.withLock({ $0 }) { sleep(1) }
  }
}
