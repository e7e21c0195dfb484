public import Sizing

extension Gate {
  /// One row a model and limit: the figure of the configuration that comes nearest to passing.
  public var table: Table {
    var table = Table([
      .init("model"), .init("profile"), .init("configuration"), .init("limit"), .init("found", .trailing),
      .init("gate"),
    ])
    for result in results {
      let start: [Table.Cell] = [.init(result.model.name), .init(result.profile.id)]
      guard let nearest = result.nearest else {
        table.append(
          start + [
            .init(nil), .init(nil), .init("no record of an allowed variant"), .init("FAILED", tone: .bad),
          ])
        continue
      }
      for assessment in nearest.assessments {
        let metric = assessment.requirement.metric
        let found =
          switch assessment.reading {
          case .figure(let figure): metric.text(figure.value, in: figure.interval)
          case .exceeds(let why, _), .unknown(let why, _): why
          }
        let isMet = assessment.finding == .met
        table.append(
          start + [
            .init(nearest.candidate.configuration.title), .init(assessment.requirement.text), .init(found),
            .init(isMet ? "passed" : "FAILED: \(assessment.finding.rawValue)", tone: isMet ? .good : .bad),
          ])
      }
    }
    return table
  }

  /// The table and the sum.
  public func terminalText(usesColour: Bool) -> String {
    let failed = results.count { !$0.isPassed }
    let sum =
      results.isEmpty
      ? "No records: FAILED\n"
      : failed == 0 ? "\(results.count) passed\n" : "\(failed) of \(results.count) FAILED\n"
    return TerminalText(usesColour: usesColour).table(table) + sum
  }

  /// One test case a model and profile.
  public var junit: String {
    let cases = results.map { result in
      let lines = result.nearest?.assessments.map(\.text) ?? ["no record of an allowed variant"]
      return JUnit.Case(
        group: result.profile.id, name: result.model.name,
        outcome: result.isPassed ? .passed : .failed("not known to meet every limit"),
        details: lines.joined(separator: "\n"))
    }
    return JUnit.text(suite: "edgebench gate", cases)
  }
}

extension Gate.Result {
  /// The one that passes, or the first with the fewest limits not met.
  public var nearest: CandidateAssessment? {
    decision.candidates.first { $0.standing == .meets && !$0.isRefused }
      ?? decision.candidates.min { first, second in
        first.assessments.count { $0.finding != .met } < second.assessments.count { $0.finding != .met }
      }
  }
}
