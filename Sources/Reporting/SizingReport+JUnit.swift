import Records
import Sizing

extension SizingReport {
  /// One test case a model: passed where a configuration is known to meet every requirement, failed where none does, an
  /// error where it cannot be told.
  public static func junit(_ reports: [SizingReport]) -> String {
    let cases = reports.map { report in
      let verdict = report.decision.verdict
      let details = (verdict.reasons + verdict.next.map { "next: \($0)." }).joined(separator: "\n")
      let outcome: JUnit.Outcome =
        switch verdict.kind {
        case .notRequired, .required: .passed
        case .insufficient: .failed(verdict.statement)
        case .inconclusive: .error(verdict.statement)
        }
      return JUnit.Case(
        group: report.profile.id, name: report.model.name, outcome: outcome,
        details: "\(verdict.statement)\n\(details)")
    }
    return JUnit.text(suite: "edgebench", cases)
  }
}

/// The XML that build servers read.
enum JUnit {
  enum Outcome {
    case passed
    case failed(String)
    case error(String)
  }

  struct Case {
    var group: String
    var name: String
    var outcome: Outcome
    /// May have several lines.
    var details: String
  }

  static func text(suite: String, _ cases: [Case]) -> String {
    let failures = cases.count { if case .failed = $0.outcome { true } else { false } }
    let errors = cases.count { if case .error = $0.outcome { true } else { false } }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text +=
      "<testsuite name=\"\(Escaping.xml(suite))\" tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\">\n"
    for item in cases {
      text += "  <testcase classname=\"\(Escaping.xml(item.group))\" name=\"\(Escaping.xml(item.name))\">\n"
      let details = item.details.split(separator: "\n").map { Escaping.xml(String($0)) }.joined(
        separator: "\n")
      switch item.outcome {
      case .passed: text += "    <system-out>\(details)</system-out>\n"
      case .failed(let message):
        text += "    <failure message=\"\(Escaping.xml(message))\">\(details)</failure>\n"
      case .error(let message): text += "    <error message=\"\(Escaping.xml(message))\">\(details)</error>\n"
      }
      text += "  </testcase>\n"
    }
    return text + "</testsuite>\n"
  }
}
