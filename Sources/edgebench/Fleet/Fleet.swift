import ArgumentParser

/// `edgebench fleet`: many boards at once, by the inventory that they have already.
struct Fleet: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure models on the hosts of an Ansible inventory.",
    discussion: """
      Needs ansible-core 2.14 or newer here, and on the hosts what 'edgebench boards' needs. Ansible says which hosts there \
      are and how they are reached; docs/fleet.md has the inventory's variables.
      """,
    subcommands: [Run.self, Status.self, Sampler.self, Worker.self, SamplerWorker.self])
}
