import ArgumentParser
import Records

/// `--sweep`, `--fresh`, `--output`: how far a campaign goes, and where it is kept.
struct CampaignOptions: ParsableArguments {
  @Flag(help: "Measure every variant, rather than stop at the first that suffices.")
  var sweep = false

  @Flag(help: "Measure again what an earlier run has measured.")
  var fresh = false

  @Option(
    help: ArgumentHelp(
      "Begin no further variant after this time; the same command goes on from there.", valueName: "TIME"))
  var maxTime: String?

  @Option(help: "The folder for records and tables.")
  var output = "results"

  func deadline() throws(CommandFailure) -> ContinuousClock.Instant? {
    guard let maxTime else { return nil }
    return try .now + parsedTime(maxTime, option: "--max-time")
  }

  /// - Parameter resting: Where the records of a device at rest are, OUTPUT/NAME.
  func apply(
    to campaign: inout Campaign, _ load: MachineLoad, until deadline: ContinuousClock.Instant?,
    resting: String
  ) {
    campaign.sweeps = sweep
    campaign.isFresh = fresh
    campaign.deadline = deadline
    campaign.load = load
    if load.beside != nil { campaign.restingStore = RecordStore(directory: resting + "/records") }
  }
}
