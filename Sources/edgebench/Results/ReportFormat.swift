import ArgumentParser
import Reporting

/// A form that sizings can be written in.
enum ReportFormat: String, CaseIterable {
  case markdown, csv, html, json, junit

  /// Of the file in a report's folder.
  var fileName: String {
    switch self {
    case .markdown: "report.md"
    case .csv: "report.csv"
    case .html: "report.html"
    case .json: "report.json"
    case .junit: "junit.xml"
    }
  }

  func text(_ reports: [SizingReport], title: String) throws -> String {
    switch self {
    case .markdown: SizingReport.markdown(reports, title: title)
    case .csv: SizingReport.csv(reports)
    case .html: SizingReport.html(reports, title: title)
    case .json: try SizingReport.json(reports)
    case .junit: SizingReport.junit(reports)
    }
  }

  /// Reads "markdown,csv".
  static func list(_ text: String) throws(CommandFailure) -> [ReportFormat] {
    var formats: [ReportFormat] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let format = ReportFormat(rawValue: String(name)) else {
        let names = allCases.map(\.rawValue).joined(separator: ", ")
        throw .badInput("--format names '\(name)'; expected one or more of \(names), with commas.")
      }
      if !formats.contains(format) { formats.append(format) }
    }
    return formats
  }
}
