import ArgumentParser
import DeviceProfiles
import Digests
import Engines
import Execution
import Foundation
import Records
import Sizing

extension Fleet {
  /// What the playbook starts for each host: reads the host from standard input, and answers in one line of JSON.
  struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure on one host, as the fleet's playbook tells.", shouldDisplay: false)

    @OptionGroup var options: FleetRunOptions

    func run() throws {
      try FleetWork.answer { host throws(CommandFailure) in try measure(on: host) }
    }

    private func measure(on host: FleetHost) throws(CommandFailure) -> HostResult {
      let board = try failing(as: .badInput) { try host.board() }
      let variables = try FleetVariables(of: host)
      let asked = variables.applied(to: options.requirements)
      let wanted = try asked.requirements()
      let described = try (variables["profile"] ?? options.profile).map { name throws(CommandFailure) in
        try options.profiles.profile(name)
      }
      let threads =
        variables["threads"] == nil ? options.threads : try variables.integer("threads", in: 1...1024)
      let file = options.fleet.standing(of: host.name)
      let standing = file.load()
      let job = try job(on: host, asked, described, threads)
      let folder = options.fleet.folder(of: host.name)
      if !options.all, standing.holds(for: job, in: folder),
        var result = standing.result
      {
        result.outcome = .doneBefore
        return result
      }

      let runner = try failing(as: .runFailed) { try board.runner(agents: options.agents.folder) }
      let interrupts = FleetWork.interrupts(cancelling: runner)
      defer { withExtendedLifetime(interrupts) {} }
      let state = try failing(as: .runFailed) { try runner.prepare() }
      let profile = described ?? state.profile
      let engine = try BoardOptions.engine(of: state, board)
      if let threads, threads > engine.maximumThreads {
        throw .badInput(
          "\(threads) threads; engine '\(engine.name)' runs 1 to \(engine.maximumThreads).")
      }
      let requirements = try failing(as: .badInput) { try wanted.orDefaults(of: profile) }
      let work = try failing(as: .runFailed) { try TemporaryFolder() }
      defer { work.remove() }
      var campaign = Campaign(
        on: runner, profile: profile, requirements: requirements, engine: engine, threads: threads,
        folder: folder, work: work,
        command: (["edgebench", "fleet", "run"] + Program.arguments(after: 3)).joined(separator: " "))
      campaign.sweeps = options.sweep
      campaign.isFresh = options.all

      var sized: [Campaign.Sized] = []
      for path in options.model {
        sized.append(try campaign.size(Subject(path: path)) { _, _ in })
        // After each model: a later one may fail, and what was measured is history.
        try keep(sized.last?.records.map(Observation.init) ?? [], of: host)
      }
      try SizingOutput(profile: profile, sized: sized).writeTables(to: folder)
      let digest = try failing(as: .runFailed) { try runner.agentDigest() }
      var result = HostResult(
        host: host.name, outcome: .done, date: Date(),
        board: state.environment.board?.model ?? state.environment.cpuModel, agentDigest: digest,
        models: sized.map(HostResult.Model.init))
      let records = sized.flatMap(\.records).map { "records/\($0.key.fileName)" }
      // Without what was collected: that is told once.
      try file.save(HostStanding(job: job, result: result, records: records, failure: nil))
      try collect(from: board, of: host, into: &result)
      return result
    }

    @discardableResult
    private func keep(_ observations: [Observation], of host: FleetHost) throws(CommandFailure) -> Int {
      let log = ObservationLog(path: options.fleet.history(of: host.name))
      return try failing(as: .runFailed) { try log.merge(observations) }
    }

    private func collect(
      from board: Board, of host: FleetHost, into result: inout HostResult
    ) throws(CommandFailure) {
      do {
        let ring = try SamplerRing(of: board)
        let count = try keep(ring.observations, of: host)
        result.collected = count > 0 ? count : nil
        result.warnings += ring.problems
      } catch {
        // The measurements stand without it.
        result.warnings.append("its sampler's results were not collected: \(error)")
      }
    }

    /// The digest of everything that shapes the result: where it is the same, so is the result.
    private func job(
      on host: FleetHost, _ requirements: RequirementOptions, _ profile: DeviceProfile?, _ threads: Int?
    ) throws(CommandFailure) -> String {
      var parts = [Program.identity, host.host, host.user ?? "", host.port.map { "\($0)" } ?? ""]
      parts += host.sshArguments + ["options"]
      for text in [
        requirements.latency, requirements.throughput, requirements.memory, requirements.disk,
        requirements.load, requirements.firstInference, requirements.maxAccuracyDrop, profile?.digest,
      ] {
        parts.append(text ?? "-")
      }
      parts += [threads.map { "\($0)" } ?? "-", options.sweep ? "sweep" : "-", "models"]
      for path in options.model {
        parts.append(try failing(as: .badInput) { try FileDigest.sha256(of: path) })
      }
      parts += ["agents"] + AgentFolder.digests(in: options.agents.folder)
      // Each part with its length, so that no two lists run together into one text.
      return SHA256.hexadecimal(of: parts.map { "\($0.utf8.count):\($0)" }.joined())
    }
  }
}
