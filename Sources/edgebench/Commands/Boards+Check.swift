import ArgumentParser
import DeviceProfiles
import Execution
import Records
import Units

extension Boards {
  /// `edgebench boards check`: whether a board can be measured on, and what it is.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reach a board, bring the agent there, and say what it is.",
      discussion: """
        With a profile it also says whether the board is the one that the profile describes, a line for each difference; the \
        exit status is 1 where there are any.
        """)

    @OptionGroup var board: BoardOptions

    @Option(help: "The device profile to hold it to; the one it was added with where not given.")
    var profile: String?

    @OptionGroup var profiles: ProfileFolderOptions
    @OptionGroup var json: JSONOption

    func run() throws {
      let found = try board.board()
      let described = try (profile ?? found.profile).map { name throws(CommandFailure) in
        try profiles.profile(name)
      }
      let runner = try board.runner(of: found)
      let interrupts = Interrupts(cancelling: runner, message: "The board is as it was.")
      defer { withExtendedLifetime(interrupts) {} }
      let state = try failing(as: .runFailed) { try runner.prepare() }
      let differences = described.map { Self.differences($0, state) }
      if try !json.write(state.environment) {
        try Terminal.output(Self.text(state))
        if let described, differences == [] {
          try Terminal.output("As '\(described.id)' describes it, as far as its kernel tells.\n")
        }
      }
      guard let described, let differences, !differences.isEmpty else { return }
      for line in differences { Terminal.warning("\(found.name): \(line).") }
      throw CommandFailure(
        status: .gateFailed,
        message:
          "\(found.name) is not as profile '\(described.id)' describes it, in the \(differences.count) ways above."
      )
    }

    private static func differences(_ profile: DeviceProfile, _ state: BoardState) -> [String] {
      let board = state.environment.board
      return profile.differences(
        on: state.profile, storageKind: board?.storageKind,
        storageRead: board?.storageReadBytesPerSecond.map { Bandwidth(bytesPerSecond: Double($0)) })
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
        ("revision", environment.board?.revision),
        ("cores", cores.joined(separator: " + ")),
        ("instruction set", state.instructionSet),
        ("memory", environment.memoryBytes.map { ByteCount(bytes: $0).description }),
        ("storage", storage(environment.board)),
        ("firmware", environment.board?.firmware),
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
      func storage(_ board: BoardIdentity?) -> String? {
        func speed(_ bytes: Int64?) -> String? {
          bytes.map { Bandwidth(bytesPerSecond: Double($0)).description }
        }
        let parts = [
          board?.storage, board?.storageKind, speed(board?.storageReadBytesPerSecond).map { "reads \($0)" },
          speed(board?.storageWriteBytesPerSecond).map { "writes \($0)" },
        ]
        let known = parts.compactMap { $0 }
        return known.isEmpty ? nil : known.joined(separator: ", ")
      }
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
