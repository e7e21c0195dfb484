import ArgumentParser
import Compression
import DeviceProfiles
import Engines
import Execution
import Reporting
import Sizing

/// `edgebench size`: one model, every device.
struct Size: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say of every device whether a model fits it as it is, compressed, or not at all.",
    discussion: """
      One row a device, the smallest first. Latencies are projected from each profile's figures, with their band. Peak \
      memory and disk are those of one short, unconstrained run of each variant on this machine; 'edgebench run' measures \
      one device's case under its limits. Without requirements, those of each profile hold.
      """)

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup(title: "Requirements") var requirements: RequirementOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var profiles: ProfileFolderOptions
  @OptionGroup var json: JSONOption

  func run() throws {
    let wanted = try requirements.requirements()
    let engine = try engine.resolve()
    let devices = try devices(wanted)
    let subject = try Subject(path: model)
    let runner = AgentRunner(agentPath: Program.agent, sandbox: .rlimit)
    _ = try failing(as: .runFailed) { try runner.agentDigest() }
    let interrupts = Interrupts(cancelling: runner, message: "Nothing was kept.")
    defer { withExtendedLifetime(interrupts) {} }
    let work = try failing(as: .runFailed) { try TemporaryFolder() }
    defer { work.remove() }

    var survey = DeviceSurvey(
      engine: engine, threads: self.engine.threadCount, runner: runner, work: work,
      command: Program.commandLine,
      devices: devices)
    var progress = ProgressBar(total: 1)
    let table = try survey.survey(subject) { progress.show($0) }
    progress.clear()
    for recipe in Recipe.all {
      guard let reason = survey.inapplicable[recipe.name] else { continue }
      Terminal.warning("\(recipe.name) is not among the variants: \(reason).")
    }
    let report = SizeReport(model: subject.identity, table: table)
    guard try !json.write(report) else { return }
    try Terminal.output(table.table)
    let terminal = TerminalText(usesColour: Terminal.usesColour)
    for line in table.unknowns { try Terminal.output(terminal.styled(line) + "\n") }
  }

  private func devices(_ wanted: Requirements) throws(CommandFailure) -> [DeviceSurvey.Device] {
    let library = profiles.library
    // The variant that is the board itself under another name is left out.
    var seen: Set<String> = []
    let profiles = library.loadAll().filter { seen.insert($0.digest).inserted }
    guard !profiles.isEmpty else {
      throw .badInput("\(library.directory): holds no sound profile. Name their folder with --profiles.")
    }
    return try profiles.map { profile throws(CommandFailure) in
      let requirements = try failing(as: .badInput) { try wanted.orDefaults(of: profile) }
      return DeviceSurvey.Device(profile: profile, requirements: requirements)
    }
  }
}
