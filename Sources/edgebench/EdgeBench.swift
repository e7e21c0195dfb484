import ArgumentParser
import DeviceProfiles
import Units

#if canImport(Glibc)
  import Glibc
#endif

/// The command. Without a subcommand it is `run`.
struct EdgeBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edgebench",
    abstract: "Does this model have to be compressed to run on this board?",
    discussion: """
      Measures a model and its compressed variants under the limits of a device profile, and says \
      'compression not required', 'compression required: VARIANT', 'insufficient' or 'inconclusive', with the evidence.

      Exit status: 0 done; 1 a gate failed; 2 bad input; 3 the run itself failed.
      """,
    subcommands: [
      Run.self, Infer.self, Measure.self, Inspect.self, Compress.self, Predict.self, Calibrate.self,
      Size.self, Tables.self, Boards.self, Boards.Check.self, Fleet.self, Profiles.self,
      Report.self, Compare.self, GateCommand.self, Operators.self,
    ],
    defaultSubcommand: Run.self)
}

@main
enum Main {
  static func main() {
    do {
      try refuseUnknownSubcommand()
      var command = try EdgeBench.parseAsRoot()
      try command.run()
      Interrupts.yield()
    } catch {
      Interrupts.yield()
      end(with: error)
    }
  }

  /// The default subcommand takes no arguments but options, so a bare first word that is no subcommand is a slip.
  private static func refuseUnknownSubcommand() throws(CommandFailure) {
    guard CommandLine.arguments.count > 1, let word = CommandLine.arguments[1...].first, !word.hasPrefix("-")
    else { return }
    let names = EdgeBench.configuration.subcommands.map { $0._commandName } + ["help"]
    guard !names.contains(word) else { return }
    let hint = closestName(to: word, among: names).map { "Did you mean '\($0)'?" }
    throw .badInput(
      "Unknown subcommand '\(printable(word, limit: 60))'. \(hint ?? "See 'edgebench --help'.")")
  }

  private static func end(with error: any Error) -> Never {
    if let failure = error as? CommandFailure {
      Terminal.error(failure.message)
      exit(failure.status.rawValue)
    }
    // ArgumentParser's own: help and version go to stdout with status 0, usage errors to stderr.
    let text = EdgeBench.fullMessage(for: error)
    guard !EdgeBench.exitCode(for: error).isSuccess else {
      do throws(CommandFailure) {
        try Terminal.output(text + "\n")
        exit(ExitStatus.done.rawValue)
      } catch { end(with: error) }
    }
    // One line: the usage and the options are a command away.
    let message = EdgeBench.message(for: error).split(separator: "\n").joined(separator: " ")
    let hint = text.split(separator: "\n").last { $0.hasPrefix("  See '") && !$0.contains("<") }
    let next = hint.map { String($0.dropFirst(2)) } ?? "See 'edgebench --help'."
    Terminal.error("\(message)\(message.hasSuffix(".") ? "" : ".") \(next)")
    exit(ExitStatus.badInput.rawValue)
  }
}
