import ArgumentParser
import Execution
import Foundation
import Records
import Reporting
import Units

extension Fleet {
  /// `edgebench fleet status`: what runs where, since when, and how far it has drifted; nothing is connected to.
  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say which model and agent is on which host, and how far it has drifted.",
      discussion: """
        From what earlier runs have left in OUTPUT; no host is connected to. Drift is the last median against the first one of \
        the same model, configuration and host, runs' and samplers' alike; it counts where the medians' 95 % intervals are apart.
        """)

    @OptionGroup var fleet: FleetOptions

    @Option(
      help: ArgumentHelp(
        "The reference is the first measurement from then on: '2026-11-24'.", valueName: "DATE"))
    var since: String?

    @Option(help: "The folder of agents that 'make cross' makes.")
    var agents: String?

    @OptionGroup var json: JSONOption

    func run() throws {
      let earliest = try since.map(Self.date)
      let selection = try fleet.selection()
      try failing(as: .badInput) { try selection.check() }
      let ansible = try FleetOptions.ansible()
      let hosts = try failing(as: .runFailed) { try ansible.hosts(of: selection) }
      guard !hosts.isEmpty else {
        throw CommandFailure.badInput(
          "\(fleet.inventory): no host\(fleet.hosts.map { " matches '\($0)'" } ?? " in it").")
      }
      let current = Set(AgentFolder.digests(in: agents ?? BoardOptions.standardFolder))
      var devices: [DeviceStatus] = []
      for host in hosts { devices.append(try device(host, since: earliest, current)) }
      if try json.write(devices, by: HostResult.encoder) { return }
      try Terminal.output(DeviceStatus.table(devices))
      try Terminal.output(DeviceStatus.summary(devices))
    }

    private func device(
      _ host: String, since: Date?, _ current: Set<String>
    ) throws(CommandFailure) -> DeviceStatus {
      var status = DeviceStatus(host: host)
      // A name that is no folder's has no records.
      guard (try? FleetHost.check(host)) != nil else { return status }
      let contents = try failing(as: .runFailed) { try ObservationLog(path: fleet.history(of: host)).load() }
      for problem in contents.problems { Terminal.warning(problem.description) }
      status.lastFailure = fleet.standing(of: host).load().failure?.reason
      var seen: Set<Observation.Subject> = []
      let subjects = contents.observations.map(\.subject).filter { seen.insert($0).inserted }
      for subject in subjects {
        let history = contents.observations.filter { $0.subject == subject }
        guard let latest = history.last else { continue }
        let drift = ObservationDrift(
          of: history.filter { observation in since.map { observation.date >= $0 } ?? true })
        status.models.append(
          DeviceStatus.Model(
            latest, measurements: history.count, drift: drift,
            hasCurrentAgent: current.isEmpty ? nil : latest.agentDigest.map { current.contains($0) }))
      }
      return status
    }

    private static func date(_ text: String) throws(CommandFailure) -> Date {
      let formatter = ISO8601DateFormatter()
      let whole = text.contains("T") ? text : "\(text)T00:00:00Z"
      guard let date = formatter.date(from: whole) else {
        throw .badInput("--since is '\(printable(text, limit: 40))'; expected a date such as '2026-11-24'.")
      }
      return date
    }
  }
}
