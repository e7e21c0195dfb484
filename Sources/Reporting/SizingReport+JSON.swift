import Records
import Sizing
import Statistics

extension SizingReport {
  /// An object with one entry a model; names in snake case with their unit.
  ///
  /// - Throws: An `EncodingError` for a number that JSON cannot hold.
  public static func json(_ reports: [SizingReport]) throws -> String {
    try jsonText(Document(reports: reports.map(ModelJSON.init)))
  }

  /// The object of this model alone.
  ///
  /// - Throws: An `EncodingError` for a number that JSON cannot hold.
  public func json() throws -> String { try jsonText(ModelJSON(self)) }

  private struct Document: Encodable {
    var schema = 1
    var reports: [ModelJSON]
  }

  private struct ModelJSON: Encodable {
    var model: ModelIdentity
    var profile: ProfileIdentity
    var requirements: [LimitJSON]
    /// "compression required: int8-static".
    var verdict: String
    var evidence: Evidence?
    var reasons: [String]
    var next: [String]
    var configurations: [ConfigurationJSON]

    init(_ report: SizingReport) {
      let decision = report.decision
      model = report.model
      profile = report.profile
      requirements = decision.requirements.list.map(LimitJSON.init)
      verdict = decision.verdict.statement
      evidence = decision.verdict.evidence
      reasons = decision.verdict.reasons
      next = decision.verdict.next
      let pareto = Set(decision.paretoSet)
      configurations = report.entries.map {
        ConfigurationJSON($0, isPareto: pareto.contains($0.record.configuration))
      }
    }
  }

  private struct LimitJSON: Encodable {
    var metric: String
    var limit: Double
    init(_ requirement: Requirement) {
      metric = requirement.metric.jsonName
      limit = requirement.limit
    }
  }

  /// A record's summary with how it stands.
  private struct ConfigurationJSON: Encodable {
    var summary: RecordSummary
    var findings: [FindingJSON]
    var gain: Double?
    var isRefused: Bool
    /// Whether no other configuration beats it in latency, memory, disk and accuracy.
    var isPareto: Bool

    init(_ entry: Entry, isPareto: Bool) {
      summary = RecordSummary(entry.record)
      findings = entry.assessed.assessments.map(FindingJSON.init)
      gain = entry.assessed.gain?.ratio
      isRefused = entry.assessed.isRefused
      self.isPareto = isPareto
    }

    enum CodingKeys: String, CodingKey {
      case findings, gain
      case isRefused = "refused"
      case isPareto = "pareto"
    }

    func encode(to encoder: any Encoder) throws {
      try summary.encode(to: encoder)
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(findings, forKey: .findings)
      try values.encode(gain, forKey: .gain)
      try values.encode(isRefused, forKey: .isRefused)
      try values.encode(isPareto, forKey: .isPareto)
    }
  }

  private struct FindingJSON: Encodable {
    var metric: String
    /// Absent where only having a figure is asked for.
    var limit: Double?
    var finding: String
    var value: Double?
    var interval: Interval?
    var evidence: Evidence?
    var margin: Double?
    var why: String?

    init(_ assessment: Assessment) {
      metric = assessment.requirement.metric.jsonName
      limit = assessment.requirement.limit.isFinite ? assessment.requirement.limit : nil
      finding = assessment.finding.rawValue
      value = assessment.reading.figure?.value
      interval = assessment.reading.figure?.interval
      evidence = assessment.evidence
      margin = assessment.margin
      switch assessment.reading {
      case .figure: why = nil
      case .exceeds(let reason, _), .unknown(let reason, _): why = reason
      }
    }
  }
}

extension Metric {
  /// "p99_latency_ns", "peak_memory_bytes".
  var jsonName: String {
    switch self {
    case .latency(let percentile): "\(percentile.name)_latency_ns"
    case .throughput: "throughput_per_second"
    case .peakMemory: "peak_memory_bytes"
    case .disk: "disk_bytes"
    case .load: "load_ns"
    case .firstInference: "first_inference_ns"
    case .accuracyDrop: "accuracy_drop"
    }
  }
}
