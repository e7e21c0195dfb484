import ArgumentParser
import Reporting
import Sizing
import Units

/// `edgebench compare`: two sets of records.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the latencies of two sets of records, configuration by configuration.",
    discussion: """
      A change is one that chance does not explain (Mann-Whitney) and that is larger than the difference between two runs \
      of one program. To make a pipeline fail by limits, see 'edgebench gate'.

      Instructions of an inference, counted on emulated boards, are exact: where those of a configuration grew by more than \
      --max-growth the exit status is 1.
      """)

  @Argument(help: "The folder of the earlier records, or one record.")
  var old: String

  @Argument(help: "The folder of the later records, or one record.")
  var new: String

  @Option(help: "By how much an inference's instructions may grow.")
  var maxGrowth = "1%"

  func run() throws {
    let growth = try failing(as: .badInput) { try Percentage(parsing: maxGrowth) }
    let report = ComparisonReport(old: try RecordFolder.load(old), new: try RecordFolder.load(new))
    try Terminal.output(report.terminalText(usesColour: Terminal.usesColour))
    let grown = report.instructionGrowth(beyond: growth.fraction)
    guard let worst = grown.first, let counts = worst.instructions else { return }
    throw CommandFailure(
      status: .gateFailed,
      message:
        "\(worst.model.name), \(worst.configuration.title): \(counts.new) instructions an inference, \(counts.old) before; --max-growth is \(growth). \(grown.count) of \(report.comparisons.count) grew by more."
    )
  }
}
