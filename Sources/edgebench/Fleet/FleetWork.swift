import Execution
import Foundation

/// What workers have in common: a host comes in, one line of JSON goes out.
enum FleetWork {
  /// Answers for the host on standard input, and ends the process with what Ansible takes for failure where that failed.
  static func answer(_ work: (FleetHost) throws(CommandFailure) -> some Encodable) throws {
    let input = try FileHandle.standardInput.read(upToCount: 1 << 20) ?? Data()
    let host = try failing(as: .badInput) { try FleetHost(json: input) }
    let line: Data
    let status: ExitStatus
    do {
      (line, status) = (try HostResult.encoder.encode(work(host)), .done)
    } catch {
      let reason = (error as? CommandFailure)?.message ?? "\(error)"
      (line, status) = (try HostResult.encoder.encode(HostResult.failed(host.name, reason)), .runFailed)
    }
    try Terminal.output(String(decoding: line, as: UTF8.self) + "\n")
    Interrupts.yield()
    exit(status.rawValue)
  }

  /// Ends the work where whoever ordered it has ended, whatever has become of Ansible in between.
  static func interrupts(cancelling runner: any BoardRunner) -> Interrupts {
    let interrupts = Interrupts(cancelling: runner, message: "The fleet's run has ended.")
    if let lease = ProcessInfo.processInfo.environment["EDGEBENCH_FLEET_LEASE"] {
      Lease.watch(lease) { kill(getpid(), SIGTERM) }
    }
    return interrupts
  }
}
