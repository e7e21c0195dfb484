import ArgumentParser

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
    subcommands: [Run.self, Infer.self, Measure.self, Inspect.self],
    defaultSubcommand: Run.self)
}

@main
enum Main {
  static func main() {
    do {
      var command = try EdgeBench.parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      Terminal.error(failure.message)
      exit(failure.status.rawValue)
    } catch {
      // ArgumentParser's own: help and version go to stdout with status 0, usage errors to stderr.
      let text = EdgeBench.fullMessage(for: error)
      guard !EdgeBench.exitCode(for: error).isSuccess else {
        print(text)
        exit(0)
      }
      Terminal.error(text, prefix: "")
      exit(ExitStatus.badInput.rawValue)
    }
  }
}
