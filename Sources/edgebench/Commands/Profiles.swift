import ArgumentParser

/// `edgebench profiles`: the devices that edgebench knows.
struct Profiles: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show or check device profiles.",
    subcommands: [List.self, Show.self, Check.self],
    defaultSubcommand: List.self)
}
