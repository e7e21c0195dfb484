import ArgumentParser
import DeviceProfiles
import Engines
import Execution

extension Boards {
  /// `edgebench boards calibrate`: the latency model of the built-in engine, fitted to what is timed on a board.
  struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Time the built-in engine's kernels on a board, so that latencies there can be predicted.",
      discussion: """
        As 'edgebench calibrate -o x.yaml' does on this machine: the steps of networks in f32 and int8, in one thread and on all \
        cores. The times are kept beside the profile (x.steps.csv for x.yaml), which is made where it is not there; \
        'predict --profile x.yaml' finds them. Nothing else should run on the board meanwhile.
        """)

    @OptionGroup var board: BoardOptions

    @Option(
      name: [.customShort("o"), .customLong("output")],
      help: "The profile (.yaml); the one that the board was added with, or NAME.yaml, where not given.")
    var output: String?

    @Option(
      name: .customLong("max-time"), help: "How long the board is timed, in seconds; one round at least.")
    var maximumTime = 600.0

    func validate() throws {
      guard (1...86_400).contains(maximumTime) else {
        throw ValidationError("--max-time is \(maximumTime); expected 1 to 86400 seconds.")
      }
      guard output?.hasSuffix(".yaml") != false else {
        throw ValidationError("--output is '\(output ?? "")'; expected a profile, such as 'kitchen.yaml'.")
      }
    }

    func run() throws {
      let found = try board.board()
      let runner = try board.runner(of: found)
      guard runner.evidence == .measuredOnBoard else {
        throw CommandFailure.badInput(
          "\(found.name): is emulated, so its times are not a board's; expected a board at an 'ssh://' address."
        )
      }
      // Timing answers interrupts itself.
      let interrupts = Interrupts(cancelling: runner, message: "Nothing was kept.")
      let state = try withExtendedLifetime(interrupts) {
        try failing(as: .runFailed) { try runner.prepare() }
      }
      let engine = try BoardOptions.engine(of: state, found)
      let own = found.profile.flatMap { $0.hasSuffix(".yaml") ? $0 : nil }
      try HostCalibration(
        path: output ?? own ?? "\(found.name).yaml", maximumTime: .seconds(maximumTime),
        board: .init(runner: runner, engine: engine, profile: state.profile)
      ).run()
    }
  }
}
