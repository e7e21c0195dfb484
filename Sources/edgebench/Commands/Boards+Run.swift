import ArgumentParser
import DeviceProfiles
import Engines
import Execution
import Records
import Sizing

extension Boards {
  /// `edgebench boards run`: models on a board, and a verdict for each.
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure models on a board, and size them for it.",
      discussion: """
        As 'edgebench run', with every figure measured on the board. The agent, the plan and the inputs are sent where the \
        board does not have them; after a dropped connection the run is found again. What ran under an emulator is \
        recorded, and enters no verdict. Records and tables are kept in OUTPUT/NAME.
        """)

    @OptionGroup var board: BoardOptions

    @Option(help: "A model file; repeat for more.")
    var model: [String]

    @Option(
      help: "The profile whose requirements hold where none are given; the board's own figures hold else.")
    var profile: String?

    @OptionGroup(title: "Requirements") var requirements: RequirementOptions

    @Option(help: "Threads that run one inference; one, then all of the fastest cores, where not given.")
    var threads: Int?

    @OptionGroup(title: "Load") var load: LoadOptions
    @OptionGroup var arithmetic: ArithmeticOption
    @OptionGroup var campaign: CampaignOptions

    @OptionGroup var profiles: ProfileFolderOptions
    @OptionGroup var json: JSONOption

    func run() throws {
      let wanted = try requirements.requirements()
      let deadline = try campaign.deadline()
      let described = try profile.map { name throws(CommandFailure) in try profiles.profile(name) }
      let found = try board.board()
      let load = try load.load()
      var subjects: [Subject] = []
      for path in model { subjects.append(try Subject(path: path)) }
      let runner = try board.runner(of: found)
      Sweep.run()
      let interrupts = Interrupts(
        cancelling: runner, message: "What was measured is kept; the same command goes on from there.")
      defer { withExtendedLifetime(interrupts) {} }
      let state = try failing(as: .runFailed) { try runner.prepare() }
      let engine = try BoardOptions.engine(of: state, found, arithmetic.arithmetic)
      if let threads, !(1...engine.maximumThreads).contains(threads) {
        throw CommandFailure.badInput(
          "--threads is \(threads); engine '\(engine.name)' runs 1 to \(engine.maximumThreads).")
      }
      let profile = described ?? state.profile
      let resolved = try failing(as: .badInput) { try wanted.orDefaults(of: profile) }
      let work = try failing(as: .runFailed) { try TemporaryFolder() }
      defer { work.remove() }
      let resting = "\(self.campaign.output)/\(found.name)"
      let folder = load.folder(in: resting)
      var campaign = Campaign(
        on: runner, profile: profile, requirements: resolved, engine: engine, threads: threads,
        folder: folder, work: work, command: Program.commandLine)
      self.campaign.apply(to: &campaign, load, until: deadline, resting: resting)

      try SizingOutput(profile: profile, sized: campaign.size(subjects)).write(to: folder, json: json)
    }
  }
}
