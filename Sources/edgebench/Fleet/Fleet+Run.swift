import ArgumentParser
import DeviceProfiles
import Execution
import Foundation
import Records
import Reporting
import Units

/// What `fleet run` measures; its worker, which runs once a host, takes the same.
struct FleetRunOptions: ParsableArguments {
  @OptionGroup var fleet: FleetOptions

  @Option(help: "A model file; repeat for more.")
  var model: [String]

  @Option(
    help: "The profile whose requirements hold where none are given; each board's own figures hold else.")
  var profile: String?

  @OptionGroup(title: "Requirements") var requirements: RequirementOptions

  @Option(help: "Threads that run one inference; one, then all of the fastest cores, where not given.")
  var threads: Int?

  @Flag(help: "Measure every variant, rather than stop at the first that suffices.")
  var sweep = false

  @Flag(help: "Measure every host again, not only the rest.")
  var all = false

  @OptionGroup var agents: FleetAgentOptions
  @OptionGroup var profiles: ProfileFolderOptions
  @OptionGroup var json: JSONOption
}

extension Fleet {
  /// `edgebench fleet run`: models on every host of an inventory, and what failed and why.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure models on every host, and size them for it.",
      discussion: """
        As 'edgebench boards run' on each host, several at once. A host that is done is left alone by the next run, so the same \
        command completes what failed. Records and tables are kept in OUTPUT/HOST. Exit status 3 where a host failed.
        """)

    @OptionGroup var options: FleetRunOptions

    func run() throws {
      // What every host would refuse is refused once, before any is reached.
      let wanted = try options.requirements.requirements()
      if let name = options.profile {
        _ = try failing(as: .badInput) { try wanted.orDefaults(of: options.profiles.profile(name)) }
      }
      for path in options.model { _ = try Subject(path: path) }
      let play = try FleetPlay(
        options.fleet, options.agents, worker: ["fleet", "worker"] + Program.arguments(after: 3),
        message: "What was measured is kept; the same command goes on from there.")
      defer { withExtendedLifetime(play) {} }
      var results: [String: HostResult] = [:]
      var progress = ProgressBar(total: 0)
      let hosts = try play.run("run.yml") { event in
        switch event {
        case .started(let host): progress.show("\(host): measuring", estimate: "\(results.count) hosts done")
        case .worked(let host, let said):
          results[host] =
            HostResult(line: said, of: host) ?? .failed(host, "its worker's answer cannot be read")
        case .failed(let host, let reason): results[host] = .failed(host, reason)
        case .ended, .noHosts: break
        }
      }
      progress.clear()
      let ordered = hosts.map { results[$0] ?? .failed($0, "Ansible ended before it was done") }
      try keepFailures(of: ordered)
      try report(ordered)
    }

    /// So that `fleet status` knows of them.
    private func keepFailures(of results: [HostResult]) throws(CommandFailure) {
      for result in results where result.outcome == .failed && (try? FleetHost.check(result.host)) != nil {
        let file = options.fleet.standing(of: result.host)
        var standing = file.load()
        standing.failure = result
        try file.save(standing)
      }
    }

    private func report(_ results: [HostResult]) throws(CommandFailure) {
      let failed = results.filter { $0.outcome == .failed }
      if try !options.json.write(results, by: HostResult.encoder) { try table(results) }
      for result in results {
        for warning in result.warnings { Terminal.warning("\(result.host): \(warning)") }
      }
      guard !failed.isEmpty else { return }
      for result in failed { Terminal.warning("\(result.host) failed: \(result.reason ?? "")") }
      throw CommandFailure.runFailed(
        "\(failed.count) of \(results.count) hosts failed. The same command tries them again, and no other.")
    }

    private func table(_ results: [HostResult]) throws(CommandFailure) {
      var table = Table([
        .init("host"), .init("outcome"), .init("model"), .init("median", .trailing), .init("p90", .trailing),
        .init("verdict"), .init("board", dispensability: 2), .init("agent", dispensability: 1),
      ])
      for result in results {
        let outcome = Table.Cell(
          result.outcome.rawValue, tone: result.outcome == .failed ? .bad : .plain)
        let board = Table.Cell(result.board)
        let agent = Table.Cell(result.agentDigest.map { String($0.prefix(12)) })
        if result.models.isEmpty {
          table.append([
            .init(result.host), outcome, .init(nil), .init(nil), .init(nil), .init(nil), board, agent,
          ])
        }
        for model in result.models {
          table.append([
            .init(result.host), outcome, .init(model.name), .init(Self.time(model.median)),
            .init(Self.time(model.p90)), .init(model.verdict + (model.isValid ? "" : " (INVALID)")), board,
            agent,
          ])
        }
      }
      try Terminal.output(table.withoutEmptyColumns())
      let collected = results.compactMap(\.collected).reduce(0, +)
      if collected > 0 { try Terminal.output("\(collected) results of samplers were collected.\n") }
      try Terminal.output("Records and tables: \(options.fleet.output)/HOST\n")
    }

    static func time(_ nanoseconds: Double?) -> String? {
      nanoseconds.flatMap { Int64(exactly: $0.rounded()) }.map { Duration.nanoseconds($0).shortText }
    }
  }
}
