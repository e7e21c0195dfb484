public import Records
public import Sizing

/// One model on one device, for every format: the records, how they stand, and the verdict.
public struct SizingReport: Sendable {
  public var model: ModelIdentity
  public var profile: ProfileIdentity
  /// In the order of the decision's candidates.
  public var entries: [Entry]
  public var decision: SizingDecision

  public struct Entry: Sendable {
    public var record: RunRecord
    public var assessed: CandidateAssessment
  }

  /// - Parameter records: Those that `decision` was made from, all of one model under one profile.
  /// - Returns: `nil` for no record.
  public init?(records: [RunRecord], decision: SizingDecision) {
    guard let first = records.first else { return nil }
    model = first.model
    profile = first.profile
    self.decision = decision
    entries = decision.candidates.compactMap { assessed in
      records.first { $0.configuration == assessed.candidate.configuration }
        .map { Entry(record: $0, assessed: assessed) }
    }
  }

  /// The percentile that a latency requirement names, for the columns of measured latencies; p90 where none does.
  var percentile: LatencyPercentile {
    for requirement in decision.requirements.list {
      if case .latency(let percentile) = requirement.metric { return percentile }
    }
    return .p90
  }

  /// The rows of a sizing table, one a configuration.
  public var table: Table { Self.table([self]) }

  /// One table of several models.
  ///
  /// What was measured on the device, projected, and measured in the sandbox stand in columns of their own. Columns
  /// without any value are left out.
  public static func table(_ reports: [SizingReport]) -> Table {
    let names = Set(reports.map(\.percentile.name)).sorted().joined(separator: "/")
    var table = Table([
      .init("model"), .init("configuration"), .init("\(names) on board", .trailing),
      .init("projected median", .trailing), .init("\(names) in sandbox", .trailing),
      .init("peak memory", .trailing), .init("disk", .trailing), .init("accuracy", .trailing),
      .init("gain"), .init("requirements"), .init("run"),
    ])
    for report in reports {
      for (index, entry) in report.entries.enumerated() {
        let text = RecordText(record: entry.record, percentile: report.percentile)
        table.append([
          .init(index == 0 ? report.model.name : "", tone: .strong),
          .init(entry.record.configuration.title), .init(text.onBoard), .init(text.projected),
          .init(text.inSandbox, tone: .faint), .init(text.peakMemory), .init(text.disk),
          .init(text.accuracy), .init(entry.assessed.gain?.text), entry.standing, entry.validity,
        ])
      }
    }
    return table.withoutEmptyColumns()
  }
}

extension SizingReport.Entry {
  /// "met", or the names of the requirements that are not.
  var standing: Table.Cell {
    func names(_ finding: Finding) -> String {
      assessed.assessments.filter { $0.finding == finding }.map(\.requirement.metric.name)
        .joined(separator: ", ")
    }
    switch assessed.standing {
    case .meets: return .init(assessed.assessments.isEmpty ? nil : "met", tone: .good)
    case .fails: return .init("exceeded: \(names(.exceeded))", tone: .bad)
    case .undetermined:
      let texts = [("straddles", names(.straddles)), ("unknown", names(.unknown))]
      return .init(
        texts.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)" }.joined(separator: "; "), tone: .doubtful)
    }
  }

  /// "VALID", "INVALID", or how the run ended.
  var validity: Table.Cell {
    switch record.measurement.outcome {
    case .outOfMemory: return .init("out of memory", tone: .bad)
    case .outOfDisk: return .init("out of disk", tone: .bad)
    case .timedOut: return .init("timed out", tone: .doubtful)
    case .failed: return .init("failed", tone: .doubtful)
    case .completed:
      let validity = record.validity
      return .init(validity.word, tone: validity.isValid ? .plain : .doubtful)
    }
  }
}
