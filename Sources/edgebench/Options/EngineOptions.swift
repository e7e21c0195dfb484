import ArgumentParser
import DeviceProfiles
import Engines

/// `--engine` and `--threads`.
struct EngineOptions: ParsableArguments {
  @Option(help: "The engine that runs the model.")
  var engine = "builtin"

  @Option(help: "Threads that run one inference; 1 where not given.")
  var threads: Int?

  var threadCount: Int { threads ?? 1 }

  /// - Throws: ``CommandFailure`` for an engine that this build does not have, or more threads than it can use.
  func resolve() throws(CommandFailure) -> any Engine {
    guard let found = EngineLibrary.named(engine) else {
      let names = EngineLibrary.all.map(\.name)
      let hint = closestName(to: engine, among: names).map { "Did you mean '\($0)'?" }
      throw .badInput(
        "Unknown engine '\(engine)'. \(hint ?? "This edgebench has: \(names.joined(separator: ", ")).")")
    }
    guard (1...found.maximumThreads).contains(threadCount) else {
      throw .badInput(
        "--threads is \(threadCount); engine '\(engine)' runs 1\(found.maximumThreads > 1 ? " to \(found.maximumThreads)" : " thread")."
      )
    }
    return found
  }
}
