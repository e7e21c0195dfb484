import ArgumentParser
import DeviceProfiles
import Engines
import Execution
import Foundation
import Records
import ReferenceSuite
import Reporting
import Sizing

/// `edgebench run`, the default: models under a device's limits, and a verdict for each.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Size a model, or the reference suite, for a device.",
    discussion: """
      Measures the model as it is, then compressed variants from the least invasive on, until one meets every \
      requirement. Without --model the reference suite is sized; without requirements, those of the profile hold. \
      Records and tables are kept in OUTPUT/PROFILE, and a second run reuses what still stands.
      """)

  @Option(help: "The device profile: a name ('edgebench profiles list'), a file, or 'host'.")
  var profile: String

  @Option(help: "A model file; repeat for more.")
  var model: [String] = []

  @Option(help: "What to size where no --model is given: models, kernels or all.")
  var suite = Suite.models

  @OptionGroup(title: "Requirements") var requirements: RequirementOptions
  @OptionGroup var engine: EngineOptions

  @Option(
    help: ArgumentHelp(
      "Data that variants are calibrated on and judged by: .npy arrays, a .csv table, or a folder of images for each class.",
      valueName: "DIR"))
  var dataset: String?

  @OptionGroup(title: "Load") var load: LoadOptions
  @OptionGroup var campaign: CampaignOptions

  @OptionGroup var profiles: ProfileFolderOptions
  @OptionGroup var json: JSONOption

  enum Suite: String, ExpressibleByArgument, CaseIterable { case models, kernels, all }

  func run() throws {
    guard dataset == nil || !model.isEmpty else {
      throw CommandFailure.badInput(
        "--dataset is given without --model; expected the model that the data are for. The suite's trained models have theirs."
      )
    }
    let profile = try profiles.profile(self.profile)
    let wanted = try requirements.requirements()
    let resolved = try failing(as: .badInput) { try wanted.orDefaults(of: profile) }
    let engine = try engine.resolve()
    let deadline = try campaign.deadline()
    let load = try load.load()
    let subjects = try subjects()
    let runner = AgentRunner(agentPath: Program.agent)
    _ = try failing(as: .runFailed) { try runner.agentDigest() }
    Sweep.run()
    let interrupts = Interrupts(
      cancelling: runner, message: "What was measured is kept; the same command goes on from there.")
    defer { withExtendedLifetime(interrupts) {} }

    let resting = "\(self.campaign.output)/\(profile.id)"
    let folder = load.folder(in: resting)
    let store = RecordStore(directory: folder + "/records")
    let work = try failing(as: .runFailed) { try TemporaryFolder() }
    defer { work.remove() }
    var campaign = Campaign(
      profile: profile, requirements: resolved, engine: engine,
      threadCounts: self.engine.threads.map { [$0] } ?? engine.threadCounts(on: profile),
      runner: runner,
      store: store, work: work, command: Program.commandLine)
    // The profile 'host' is this machine: what is measured here is measured on the board.
    if profile.id == "host" { campaign.evidence = .measuredOnBoard }
    self.campaign.apply(to: &campaign, load, until: deadline, resting: resting)
    campaign.dataset = dataset
    campaign.otherProfiles = profiles.library.loadAll()

    try SizingOutput(profile: profile, sized: campaign.size(subjects)).write(to: folder, json: json)
  }

  private func subjects() throws(CommandFailure) -> [Subject] {
    if model.isEmpty {
      let models = suite == .kernels ? [] : ReferenceSuite.models
      let kernels = suite == .models ? [] : ReferenceSuite.kernels
      return (models + kernels).map { Subject($0) }
    }
    var subjects: [Subject] = []
    for path in model { subjects.append(try Subject(path: path)) }
    return subjects
  }
}
