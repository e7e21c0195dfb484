import ArgumentParser
import Execution
import Foundation
import Reporting

extension Boards {
  /// `edgebench boards add`: a name for an address.
  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a board.",
      discussion: "Nothing is connected to: 'edgebench boards check NAME' does that.")

    @Argument(help: "What to call it.")
    var name: String

    @Argument(
      help: ArgumentHelp(
        "'ssh://user@host', 'ssh://host:2222', or 'qemu-user:cortex-a72' for an emulated processor.",
        valueName: "address"))
    var address: String

    @Option(help: "An ssh configuration file in place of your own.")
    var sshConfig: String?

    @Option(help: "The device profile that describes it, which 'check' holds it to.")
    var profile: String?

    @OptionGroup var profiles: ProfileFolderOptions

    func run() throws {
      if let profile { _ = try profiles.profile(profile) }
      try failing(as: .badInput) {
        var list = try BoardList()
        try list.add(
          Board(
            name: name, address: try BoardAddress(address),
            sshConfiguration: sshConfig.map { URL(fileURLWithPath: $0).path },
            profile: profile.map { $0.hasSuffix(".yaml") ? URL(fileURLWithPath: $0).path : $0 }))
      }
      try Terminal.output("\(name) is added. Next: 'edgebench boards check \(name)'.\n")
    }
  }

  /// `edgebench boards list`: a line a board.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the boards.")

    func run() throws {
      let list = try failing(as: .badInput) { try BoardList() }
      var table = Table([.init("board"), .init("address")])
      for board in list.boards { table.append([.init(board.name), .init(board.address.text)]) }
      try Terminal.output(table)
    }
  }

  /// `edgebench boards remove`: the board's cache, then its name.
  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove a board, and what was brought to it.",
      discussion: "Deletes ~/.cache/edgebench on the board. Records stay.")

    @OptionGroup var board: BoardOptions

    @Flag(help: "Forget it although it cannot be reached: its cache stays there.")
    var force = false

    func run() throws {
      let found = try board.board()
      do {
        try board.runner(of: found).removeCache()
      } catch {
        let failure = error as? ExecutionError
        guard force else {
          throw CommandFailure.runFailed(
            "\(failure?.description ?? "\(error)") Forget it nevertheless with '--force'.")
        }
        Terminal.warning(failure?.description ?? "\(error)")
      }
      try failing(as: .badInput) {
        var list = try BoardList()
        try list.remove(found.name)
      }
    }
  }
}
