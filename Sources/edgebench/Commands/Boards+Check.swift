import ArgumentParser
import DeviceProfiles
import Execution
import Records
import Units

extension Boards {
  /// `edgebench boards check`: whether a board can be measured on, and what it is.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reach a board, bring the agent there, and say what it is.")

    @OptionGroup var board: BoardOptions
    @OptionGroup var json: JSONOption

    func run() throws {
      let runner = try board.runner(of: board.board())
      let interrupts = Interrupts(cancelling: runner, message: "The board is as it was.")
      defer { withExtendedLifetime(interrupts) {} }
      let state = try failing(as: .runFailed) { try runner.prepare() }
      if try !json.write(state.environment) { try Terminal.output(Self.text(state)) }
    }

    private static func text(_ state: BoardState) -> String {
      let environment = state.environment
      let cores = state.profile.clusters.map { cluster in
        "\(cluster.count.value)x \(cluster.core.value)\(cluster.maxClock.map { " at \($0.value)" } ?? "")"
      }
      let now = environment.before
      let lines: [(String, String?)] = [
        ("model", environment.board?.model ?? environment.cpuModel),
        ("system on chip", environment.board?.soc),
        ("cores", cores.joined(separator: " + ")),
        ("instruction set", state.instructionSet),
        ("memory", environment.memoryBytes.map { ByteCount(bytes: $0).description }),
        ("storage", environment.board?.storage),
        ("kernel", "\(environment.kernel), \(environment.architecture)"),
        ("programs", environment.board?.bits.map { "\($0)-bit" }),
        ("governor", environment.governors?.joined(separator: ", ")),
        ("clock", now.clockHertz.map { Frequency(hertz: $0).description }),
        ("temperature", now.temperature.map { "\(Int($0.rounded())) degrees Celsius" }),
        (
          "power and heat",
          now.throttled.map { $0.now.isEmpty ? "as they should be" : $0.now.joined(separator: ", ") }
        ),
        ("agent", state.agent),
      ]
      let name = environment.board?.name ?? state.profile.id
      return "\(name)\n"
        + lines.map { label, value in
          "  " + label.padding(toLength: 16, withPad: " ", startingAt: 0)
            + printable(value ?? "-", limit: 200)
            + "\n"
        }.joined()
    }
  }
}
