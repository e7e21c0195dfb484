import Statistics
import Units

/// Whether a run's times can be trusted, in MLPerf's words, and why not.
///
/// Times only: a disturbed run's peak memory and size stand.
public struct Validity: Sendable, Equatable {
  /// Why the run is INVALID; empty for a valid one.
  public var reasons: [String]
  /// What moved the numbers without making them worthless, and by how much.
  public var warnings: [String]

  public var isValid: Bool { reasons.isEmpty }
  /// "VALID" or "INVALID".
  public var word: String { isValid ? "VALID" : "INVALID" }

  public init(reasons: [String] = [], warnings: [String] = []) {
    self.reasons = reasons
    self.warnings = warnings
  }

  /// Applies every rule. That a model does not fit is a valid result, of which no times are expected.
  public init(judging measurement: Measurement, in environment: HostEnvironment?) {
    self.init()
    switch measurement.outcome {
    case .outOfMemory, .outOfDisk: return
    case .timedOut(let nanoseconds, let phase):
      let time = Duration.nanoseconds(nanoseconds).shortText
      reasons.append("stopped after \(time) during \(phase.words); allow more time, or a smaller model")
      return
    case .failed(let message):
      reasons.append("the agent failed: \(printable(message, limit: 300))")
      return
    case .completed: break
    }
    let samples = measurement.samplesNanoseconds.map(Double.init)
    let summary = SampleSummary(samples)
    let findings = [
      Rules.sampleCount(samples.count),
      Rules.drift(Drift(samples), clockRatio: environment?.clockRatio),
      Rules.steal(environment?.stealShare),
      Rules.governor(environment?.governors),
      Rules.throttling(
        environment?.after?.throttled, before: environment?.before.throttled,
        isSustained: measurement.sustained != nil),
      Rules.clock(measurement.clock),
      Rules.contention(measurement.contention, beside: measurement.companion),
      Rules.companion(measurement.companion),
      Rules.sustained(measurement.sustained),
      Rules.paging(measurement.majorFaults),
      summary.flatMap { Rules.outliers(Outliers($0), of: $0.count) },
    ]
    for case let finding? in findings {
      switch finding {
      case .invalid(let reason): reasons.append(reason)
      case .warning(let warning): warnings.append(warning)
      }
    }
  }
}

/// In JSON the word stands beside its reasons.
extension Validity: Codable {
  enum CodingKeys: String, CodingKey { case status, reasons, warnings }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      reasons: try values.decode([String].self, forKey: .reasons),
      warnings: try values.decode([String].self, forKey: .warnings))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(word, forKey: .status)
    try values.encode(reasons, forKey: .reasons)
    try values.encode(warnings, forKey: .warnings)
  }
}

extension Outcome.Phase {
  public var words: String {
    switch self {
    case .start: "start"
    case .load: "load"
    case .firstInference: "the first inference"
    case .steadyState: "the steady state"
    }
  }
}
