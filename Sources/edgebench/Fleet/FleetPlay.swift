import Execution
import Foundation

/// One playbook on one fleet: whoever runs it holds the output folder, and its workers end with it.
final class FleetPlay {
  private let fleet: FleetOptions
  private let selection: Ansible.Selection
  private let ansible: Ansible
  private let lease: Lease
  private let work: TemporaryFolder
  private let worker: [String]
  private let interrupts: Interrupts

  /// - Parameters:
  ///   - worker: The arguments of this program that Ansible starts for each host.
  ///   - message: What the user should know after an interrupt.
  init(
    _ fleet: FleetOptions, _ agents: FleetAgentOptions, worker: [String], message: String
  ) throws(CommandFailure) {
    self.fleet = fleet
    self.worker = worker
    selection = try fleet.selection(forks: agents.forks)
    try failing(as: .badInput) { [selection] in try selection.check() }
    let ansible = try FleetOptions.ansible()
    self.ansible = ansible
    guard let lease = try failing(as: .runFailed, { try Lease(path: fleet.lease) }) else {
      throw .runFailed("\(fleet.output): another 'edgebench fleet' is at work on it. Wait for its end.")
    }
    self.lease = lease
    Sweep.run()
    work = try failing(as: .runFailed) { try TemporaryFolder() }
    interrupts = Interrupts(message: message) {
      // First the workers, so that they take away what runs on the boards.
      lease.release()
      ansible.cancel()
    }
  }

  /// - Parameter heard: Called for each event, on this thread.
  /// - Returns: The hosts, by name.
  func run(
    _ playbook: String, arguments: [String] = [], heard: (FleetEvent) -> Void
  ) throws(CommandFailure) -> [String] {
    var hosts: Set<String> = []
    var isEmpty = false
    try failing(as: .runFailed) {
      try ansible.play(
        playbook, on: selection, job: .init(program: Program.path, arguments: worker + arguments),
        lease: fleet.lease, work: work
      ) { event in
        switch event {
        case .started(let host), .worked(let host, _), .failed(let host, _): hosts.insert(host)
        case .noHosts: isEmpty = true
        case .ended: break
        }
        heard(event)
      }
    }
    guard !isEmpty, !hosts.isEmpty else {
      throw .badInput(
        "\(fleet.inventory): no host\(fleet.hosts.map { " matches '\($0)'" } ?? " in it"); see 'ansible-inventory --list'."
      )
    }
    return hosts.sorted()
  }

  var folder: String { work.path }
}
