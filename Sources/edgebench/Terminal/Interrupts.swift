import Dispatch
import Execution
import Foundation

/// Answers Ctrl-C and SIGTERM: the run in progress ends, and nothing of it is left behind.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]

  init(cancelling runner: AgentRunner) {
    let queue = DispatchQueue(label: "interrupts")
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        runner.cancel()
        Cleanup.shared.everything()
        Terminal.writeError(Terminal.errorIsTerminal ? "\r\u{1B}[K" : "")
        Terminal.error("Interrupted. What was measured is kept; the same command goes on from there.")
        exit(ExitStatus.runFailed.rawValue)
      }
      source.resume()
      return source
    }
  }
}
