import ArgumentParser
import Execution
import Foundation

/// `--inventory`, `--hosts`, `--output`: which fleet, and where its records are.
struct FleetOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The Ansible inventory: a file, a folder, or 'host1,host2,'.", valueName: "FILE"))
  var inventory: String

  @Option(
    help: ArgumentHelp(
      "Only these of its hosts: a pattern of Ansible's, such as 'kitchen' or 'gateways:!lab'.",
      valueName: "PATTERN"))
  var hosts: String?

  @Option(help: "The folder for records and tables.")
  var output = "results"

  func selection(forks: Int? = nil) throws(CommandFailure) -> Ansible.Selection {
    if let forks, !(1...1000).contains(forks) {
      throw .badInput("--forks is \(forks); expected 1 to 1000.")
    }
    return Ansible.Selection(inventory: inventory, pattern: hosts, forks: forks)
  }

  func folder(of host: String) -> String { "\(output)/\(host)" }
  func history(of host: String) -> String { "\(folder(of: host))/history.jsonl" }
  func standing(of host: String) -> HostStanding.File {
    HostStanding.File(path: "\(folder(of: host))/fleet.json")
  }
  /// Held by the one run that writes to the output folder.
  var lease: String { "\(output)/.fleet.lock" }

  static func ansible() throws(CommandFailure) -> Ansible {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? ""
    let path = (environment["PATH"] ?? "") + (home.isEmpty ? "" : ":\(home)/.local/bin")
    return try failing(as: .runFailed) {
      try Ansible(named: environment["EDGEBENCH_ANSIBLE"], path: path, folder: playbooks)
    }
  }

  /// `EDGEBENCH_PLAYBOOKS`, else `share/edgebench/ansible` beside the program or above it, else where packages put it.
  ///
  /// Not in the current folder: what is found is run.
  private static var playbooks: String {
    if let named = ProcessInfo.processInfo.environment["EDGEBENCH_PLAYBOOKS"] { return named }
    return Program.beside("share/edgebench/ansible") ?? "/usr/share/edgebench/ansible"
  }
}

/// What the hosts of a fleet measure, and with which agents.
struct FleetAgentOptions: ParsableArguments {
  @Option(help: "The folder of agents that 'make cross' makes.")
  var agents: String?

  @Option(help: "Hosts that are worked on at once; as Ansible is configured where not given.")
  var forks: Int?

  var folder: String { agents ?? BoardOptions.standardFolder }
}
