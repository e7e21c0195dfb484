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

  /// One table of several models, the model's name in the first column.
  ///
  /// What was measured on the device, projected, and measured in the sandbox stand in columns of their own. Columns
  /// without any value are left out.
  public static func table(_ reports: [SizingReport]) -> Table {
    var table = Table([.init("model")] + columns(reports))
    for report in reports {
      for entry in report.entries { table.append([.init(report.model.name)] + report.cells(entry)) }
    }
    return table.withoutEmptyColumns()
  }

  /// The same for a terminal: the model and its verdict in a line above its configurations.
  static func groupedTable(_ reports: [SizingReport]) -> Table {
    var table = Table(columns(reports))
    for report in reports {
      for (index, entry) in report.entries.enumerated() {
        let heading = Table.Cell("\(report.place): \(report.verdictLine)", tone: report.decision.verdict.tone)
        table.append(report.cells(entry), under: index == 0 ? heading : nil)
      }
    }
    return table.withoutEmptyColumns()
  }

  private static func columns(_ reports: [SizingReport]) -> [Table.Column] {
    let percentiles = Set(reports.map(\.percentile)).sorted().map(\.name).joined(separator: "/")
    return [
      .init("configuration"), .init("\(percentiles) on board", .trailing),
      .init("projected median", .trailing),
      .init("\(percentiles) in sandbox", .trailing, dispensability: 4), .init("peak memory", .trailing),
      .init("disk", .trailing, dispensability: 2), .init("accuracy", .trailing, dispensability: 3),
      .init("gain", dispensability: 1), .init("requirements"), .init("run"),
    ]
  }

  private func cells(_ entry: Entry) -> [Table.Cell] {
    let text = RecordText(record: entry.record, percentile: percentile)
    return [
      .init(entry.record.configuration.title), .init(text.onBoard), .init(text.projected),
      .init(text.inSandbox, tone: .faint), .init(text.peakMemory), .init(text.disk), .init(text.accuracy),
      .init(entry.assessed.gain?.text), entry.standing, entry.validity,
    ]
  }

  /// "mobilenet_v2 on rpi4".
  var place: String { "\(model.name) on \(profile.id)" }

  /// "Pareto set (latency, memory, disk, accuracy): reference, 1 thread; int8-static, 1 thread."; `nil` where no variant was
  /// tried.
  var paretoLine: String? {
    let titles = decision.paretoSet.map(\.title)
    return titles.isEmpty
      ? nil : "Pareto set (latency, memory, disk, accuracy): \(titles.joined(separator: "; "))."
  }

  /// "compression required: int8-static (projected)".
  var verdictLine: String {
    decision.verdict.statement + (decision.verdict.evidence.map { " (\($0.rawValue))" } ?? "")
  }
}

extension Verdict {
  var tone: Tone {
    switch kind {
    case .notRequired: .good
    case .required: .strong
    case .insufficient: .bad
    case .inconclusive: .doubtful
    }
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
