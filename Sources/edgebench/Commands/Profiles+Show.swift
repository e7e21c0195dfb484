import ArgumentParser

extension Profiles {
  /// `edgebench profiles show`: one device, every figure with its source.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a profile in its canonical form.",
      discussion: "The digest in the first line is that of the form, and stands in every record.")

    @Argument(help: "A name ('edgebench profiles list'), a file, or 'host'.")
    var profile: String

    @OptionGroup var profiles: ProfileFolderOptions

    func run() throws {
      let profile = try profiles.profile(self.profile)
      try Terminal.output("# \(profile.id), digest \(profile.digest)\n" + profile.canonicalForm())
    }
  }
}
