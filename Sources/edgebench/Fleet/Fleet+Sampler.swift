import ArgumentParser
import Compression
import DeviceProfiles
import Engines
import Execution
import Foundation
import Graph
import Records

/// What a sampler on a device does.
struct FleetSamplerOptions: ParsableArguments {
  @OptionGroup var fleet: FleetOptions

  @Option(help: "The model file.")
  var model: String

  @Option(help: "Threads that run one inference.")
  var threads = 1

  @Option(help: "When, in the device's own time; up to half an hour later.")
  var time = "03:00"

  @Option(help: "Results that a device keeps: 1 to 60.")
  var keep = 30

  @Option(help: "Seconds of sampling a night: 1 to 60.")
  var seconds = 5

  @OptionGroup var agents: FleetAgentOptions

  /// As an inventory would say it.
  var variables: [String: String] {
    [
      "edgebench_threads": "\(threads)", "edgebench_sampler_time": time, "edgebench_sampler_keep": "\(keep)",
      "edgebench_sampler_seconds": "\(seconds)",
    ]
  }
}

extension Fleet {
  /// `edgebench fleet sampler`: a timer on the devices.
  struct Sampler: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Have devices measure themselves nightly.",
      discussion: """
        Off unless installed. Each night the device measures one model for a few seconds and keeps, in \
        \(SamplerRing.folder), a bounded ring of results: the date, the samples' times, memory, and of outputs (and of inputs that an \
        application leaves there) size, digest, least, largest and mean number. Values are never kept, and nothing is sent: the next \
        'edgebench fleet run' collects the ring.
        """,
      subcommands: [Install.self, Remove.self])

    struct Install: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Install the sampler, or bring it up to date.",
        discussion: "Needs systemd, Python 3 and root ('become') on the hosts, as Ansible's own modules do.")

      @OptionGroup var options: FleetSamplerOptions

      func run() throws {
        _ = try Subject(path: options.model)
        let variables = try FleetVariables(of: FleetHost(name: "", host: "", variables: options.variables))
        _ = try variables.integer("threads", in: 1...1024)
        _ = try variables.integer("sampler_keep", in: 1...60)
        _ = try variables.integer("sampler_seconds", in: 1...60)
        _ = try variables.time("sampler_time")
        try Fleet.play(
          "sampler-install.yml", options.fleet, options.agents,
          worker: ["fleet", "sampler-worker"] + Program.arguments(after: 4), done: "has the sampler")
      }
    }

    struct Remove: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Remove the sampler and its results.",
        discussion: "What no 'edgebench fleet run' has collected is lost.")

      @OptionGroup var fleet: FleetOptions
      @OptionGroup var agents: FleetAgentOptions

      func run() throws {
        try Fleet.play("sampler-remove.yml", fleet, agents, worker: [], done: "has no sampler")
      }
    }
  }

  /// Runs a playbook of Ansible's own modules, and says of every host what became of it.
  private static func play(
    _ playbook: String, _ fleet: FleetOptions, _ agents: FleetAgentOptions, worker: [String], done: String
  ) throws {
    let play = try FleetPlay(fleet, agents, worker: worker, message: "The same command goes on from there.")
    defer { withExtendedLifetime(play) {} }
    var failures: [String: String] = [:]
    var unharmed: [String] = []
    let hosts = try play.run(
      playbook, arguments: worker.isEmpty ? [] : ["--work", play.folder]
    ) { event in
      switch event {
      case .failed(let host, let reason): failures[host] = reason
      case .worked(let host, let said):
        if let result = HostResult(line: said, of: host), result.outcome == .failed {
          failures[host] = result.reason
        }
      case .ended(let hosts): unharmed = hosts
      case .started, .noHosts: break
      }
    }
    for host in hosts where failures[host] == nil && unharmed.contains(host) {
      try Terminal.output("\(host) \(done).\n")
    }
    let failed = hosts.filter { failures[$0] != nil || !unharmed.contains($0) }
    guard !failed.isEmpty else { return }
    for host in failed {
      Terminal.warning("\(host) failed: \(failures[host] ?? "Ansible ended before it was done")")
    }
    throw CommandFailure.runFailed(
      "\(failed.count) of \(hosts.count) hosts failed. Run the same command again for them.")
  }

  /// What the playbook starts for each host: makes the files that its sampler is made of.
  struct SamplerWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make one host's sampler, as the fleet's playbook tells.", shouldDisplay: false)

    @OptionGroup var options: FleetSamplerOptions

    @Option(help: "A folder for the files.")
    var work: String

    /// The role's variables: see share/edgebench/ansible, role `sampler`.
    struct Made: Encodable {
      var folder: String
      var files: [String]
      var keep: Int
      var time: String
      var seconds: Int
    }

    func run() throws {
      try FleetWork.answer { host throws(CommandFailure) in try make(for: host) }
    }

    private func make(for host: FleetHost) throws(CommandFailure) -> Made {
      let board = try failing(as: .badInput) { try host.board() }
      let variables = try FleetVariables(of: host, orElse: options.variables)
      let threads = try variables.integer("threads", in: 1...1024)
      let keep = try variables.integer("sampler_keep", in: 1...60)
      let seconds = try variables.integer("sampler_seconds", in: 1...60)
      let runner = try failing(as: .runFailed) { try board.runner(agents: options.agents.folder) }
      let interrupts = FleetWork.interrupts(cancelling: runner)
      defer { withExtendedLifetime(interrupts) {} }
      let state = try failing(as: .runFailed) { try runner.prepare() }
      let engine = try BoardOptions.engine(of: state, board)
      let subject = try Subject(path: options.model)
      let graph = try subject.load()
      let folder = "\(work)/\(host.name)"
      try failing(as: .runFailed) {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try engine.makeArtefact(of: graph, at: "\(folder)/model.ebplan")
        let job = SamplerJob(
          model: subject.identity.name, modelDigest: subject.identity.sha256,
          configuration: Configuration(
            variant: Configuration.referenceVariant, engine: engine.name, threads: threads,
            precision: graph.precision),
          agentDigest: try runner.agentDigest(),
          inputTypes: graph.inputs.map { graph[$0].elementType.dumpName },
          outputTypes: graph.outputs.map { graph[$0].elementType.dumpName })
        for (name, data) in try job.files(seconds: seconds) {
          try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        try AgentFolder.copyAgent(for: state, from: options.agents.folder, to: folder)
      }
      let files = try failing(as: .runFailed) { try FileManager.default.contentsOfDirectory(atPath: folder) }
      return Made(
        folder: folder, files: files.sorted(), keep: keep, time: try variables.time("sampler_time"),
        seconds: seconds)
    }
  }
}

extension ElementType {
  /// What `od` calls it; "-" for one that it does not read.
  var dumpName: String {
    switch self {
    case .f32: "f4"
    case .f64: "f8"
    case .i8: "d1"
    case .i16: "d2"
    case .i32: "d4"
    case .i64: "d8"
    case .u8, .bool: "u1"
    case .u16: "u2"
    case .u32: "u4"
    case .u64: "u8"
    default: "-"
    }
  }
}
