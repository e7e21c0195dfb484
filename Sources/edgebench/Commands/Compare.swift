import ArgumentParser
import Reporting
import Sizing

/// `edgebench compare`: two sets of records.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the latencies of two sets of records, configuration by configuration.",
    discussion: """
      A change is one that chance does not explain (Mann-Whitney) and that is larger than the difference between two runs \
      of one program. To make a pipeline fail, see 'edgebench gate'.
      """)

  @Argument(help: "The folder of the earlier records, or one record.")
  var old: String

  @Argument(help: "The folder of the later records, or one record.")
  var new: String

  func run() throws {
    let report = ComparisonReport(old: try RecordFolder.load(old), new: try RecordFolder.load(new))
    try Terminal.output(report.terminalText(usesColour: Terminal.usesColour))
  }
}
