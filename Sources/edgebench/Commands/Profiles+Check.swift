import ArgumentParser
import DeviceProfiles

extension Profiles {
  /// `edgebench profiles check`: holds files to what a profile must be.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check profiles: keys, units, ranges, and a source for every figure.",
      discussion: "Each finding is a line on stderr; the exit status is then 2.")

    @Argument(help: "Profile files.")
    var files: [String]

    func run() throws {
      var unsound = 0
      var count = 0
      for file in files {
        let findings = ProfileLibrary.check(file: file)
        for finding in findings { Terminal.writeError("\(finding)\n") }
        unsound += findings.isEmpty ? 0 : 1
        count += findings.count
      }
      guard count == 0 else {
        let found = count == 1 ? "1 finding" : "\(count) findings"
        throw CommandFailure.badInput("\(found) in \(unsound) of \(Self.profiles(files.count)).")
      }
      let verb = files.count == 1 ? "is" : "are"
      try Terminal.output("\(Self.profiles(files.count)) \(verb) sound.\n")
    }

    private static func profiles(_ count: Int) -> String { count == 1 ? "1 profile" : "\(count) profiles" }
  }
}
