import ArgumentParser
import Foundation
import Records
import Reporting

/// `edgebench report`: tables and pages from records.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make tables and pages of records, with the verdicts computed anew.",
    discussion: """
      One format goes to stdout. Several, or any with --output, go to files in OUTPUT (the folder of the records where \
      none is named): report.md, report.csv, report.html, report.json, junit.xml. Records that cannot be read are warned \
      of and left out.
      """)

  @Argument(help: "A folder of records, such as results, or one record.")
  var records: String

  @Option(help: "One or more of markdown, csv, html, json, junit, with commas.")
  var format = "markdown"

  @Option(help: "The folder for the reports; made if it is not there.")
  var output: String?

  @OptionGroup(title: "Requirements (those of each record's profile where none is given)")
  var requirements: RequirementOptions

  @OptionGroup var profiles: ProfileFolderOptions

  func run() throws {
    let formats = try ReportFormat.list(format)
    let wanted = try requirements.requirements()
    let reports = try SizingReport.reports(
      of: RecordFolder.load(records), wanted: wanted, library: profiles.library, warn: Terminal.warning)
    let title = "EdgeBench: \((records as NSString).lastPathComponent)"
    let texts = try failing(as: .runFailed) { try formats.map { try $0.text(reports, title: title) } }
    if formats.count == 1, output == nil { return try Terminal.output(texts[0]) }
    let folder = output ?? folderOfRecords
    for (format, text) in zip(formats, texts) {
      let path = "\(folder)/\(format.fileName)"
      try failing(as: .runFailed) { try AtomicFile.write(Data(text.utf8), to: path) }
      try Terminal.output("\(path)\n")
    }
  }

  private var folderOfRecords: String {
    var isDirectory: ObjCBool = false
    let isFile = FileManager.default.fileExists(atPath: records, isDirectory: &isDirectory)
    guard isFile, !isDirectory.boolValue else { return records }
    let folder = (records as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }
}
