import ArgumentParser
import Engines
import Execution
import Foundation

/// `edgebench boards`: the boards at hand, and models measured on them.
struct Boards: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure models on boards, over ssh or emulated.",
    discussion: """
      A board needs an ssh server, a POSIX shell and glibc 2.31 or newer; nothing is installed there. Keys, aliases and jump \
      hosts are those of your ssh configuration, and host keys are always checked.
      """,
    subcommands: [Add.self, List.self, Check.self, Run.self, Calibrate.self, Remove.self],
    defaultSubcommand: List.self)
}

/// Which board, and where the agents for boards are.
struct BoardOptions: ParsableArguments {
  @Argument(help: "The board's name ('edgebench boards list').")
  var name: String

  @Option(help: "The folder of agents that 'make cross' makes.")
  var agents: String?

  func board() throws(CommandFailure) -> Board {
    try failing(as: .badInput) { try BoardList().board(named: name) }
  }

  func runner(of board: Board) throws(CommandFailure) -> any BoardRunner {
    try failing(as: .runFailed) { try board.runner(agents: agents ?? Self.standardFolder) }
  }

  /// The engine that makes plans for the board's processor.
  static func engine(
    of state: BoardState, _ board: Board, _ arithmetic: Arithmetic = .f32
  ) throws(CommandFailure) -> BuiltinEngine {
    guard let engine = BuiltinEngine(instructionSet: state.instructionSet, arithmetic: arithmetic) else {
      throw .runFailed(
        "\(board.name): its agent has kernels for '\(state.instructionSet)', which this edgebench does not know. Build both from one source."
      )
    }
    return engine
  }

  /// `EDGEBENCH_AGENTS`, else `dist` here, else beside the program or above it.
  static var standardFolder: String {
    if let named = ProcessInfo.processInfo.environment["EDGEBENCH_AGENTS"] { return named }
    return Program.nearby("dist") ?? "dist"
  }
}
