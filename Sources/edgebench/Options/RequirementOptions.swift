import ArgumentParser
import Sizing

/// The hard requirements.
struct RequirementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Latency at a percentile, such as 'p99<=50ms'; '50ms' is the p90.", valueName: "LIMIT")
  )
  var latency: String?

  @Option(help: ArgumentHelp("Inferences a second, such as '>=30/s'.", valueName: "LIMIT"))
  var throughput: String?

  @Option(help: ArgumentHelp("Peak memory, such as '64MiB'; enforced as well.", valueName: "SIZE"))
  var memory: String?

  @Option(help: ArgumentHelp("Model and runtime on storage, such as '8MiB'.", valueName: "SIZE"))
  var disk: String?

  @Option(help: ArgumentHelp("Time to load, such as '500ms'.", valueName: "TIME"))
  var load: String?

  @Option(help: ArgumentHelp("Time of the first inference, such as '80ms'.", valueName: "TIME"))
  var firstInference: String?

  @Option(help: ArgumentHelp("Accuracy that may be lost, such as '1%'.", valueName: "SHARE"))
  var maxAccuracyDrop: String?

  func requirements() throws(CommandFailure) -> Requirements {
    try failing(as: .badInput) {
      try Requirements.parse(
        latency: latency, throughput: throughput, memory: memory, disk: disk, load: load,
        firstInference: firstInference, maxAccuracyDrop: maxAccuracyDrop)
    }
  }
}
