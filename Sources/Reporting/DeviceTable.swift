public import Sizing

/// One model on every device: which hold it as it is, which need what.
public struct DeviceTable: Sendable {
  /// The smallest device first.
  public var entries: [Entry]

  public struct Entry: Sendable {
    public var option: DeviceOption
    public var decision: SizingDecision

    public init(option: DeviceOption, decision: SizingDecision) {
      self.option = option
      self.decision = decision
    }
  }

  public init(_ entries: [Entry]) {
    self.entries = entries.sorted { DeviceOption.isSmaller($0.option, $1.option) }
  }

  /// One row a device.
  public var table: Table {
    var table = Table([
      .init("device"), .init("memory", .trailing, dispensability: 2), .init("answer"),
      .init("configuration", dispensability: 3), .init("latency", .trailing),
      .init("peak memory", .trailing), .init("disk", .trailing, dispensability: 4),
      .init("margin", .trailing), .init("binds"), .init("evidence", dispensability: 1),
    ])
    for entry in entries {
      let verdict = entry.decision.verdict
      func text(_ metric: Metric) -> String? {
        entry.shown?.candidate.reading(of: metric).figure.map { metric.text($0.value, in: $0.interval) }
      }
      table.append([
        .init(entry.option.profile.id), .init(entry.option.profile.memory.dram?.value.description),
        .init(entry.answer, tone: verdict.tone), .init(entry.shown?.candidate.configuration.title),
        .init(text(.latency(.median))), .init(text(.peakMemory)), .init(text(.disk)),
        .init(entry.binding?.margin.map { Metric.accuracyDrop.text($0) }),
        .init(entry.binding?.requirement.text ?? verdict.reasons.first),
        .init(verdict.evidence?.rawValue),
      ])
    }
    return table.withoutEmptyColumns()
  }

  /// "imx6ull: p90 latency is unknown (...), limit 5 ms": one line a device of which nothing can be told for want of a figure.
  public var unknowns: [String] {
    entries.compactMap { entry in
      guard let binding = entry.decision.verdict.binding, case .unknown = binding.reading else { return nil }
      return "\(entry.option.profile.id): \(binding.text)"
    }
  }
}

extension DeviceTable.Entry {
  /// "fits as it is", "fits as int8-static", "does not fit", "cannot tell".
  public var answer: String {
    switch decision.verdict.kind {
    case .notRequired: "fits as it is"
    case .required(let chosen): "fits as \(chosen.variant)"
    case .insufficient: "does not fit"
    case .inconclusive: "cannot tell"
    }
  }

  /// What the configuration that fits has least to spare of; else what the verdict turns on.
  public var binding: Assessment? {
    switch decision.verdict.kind {
    case .notRequired, .required: shown?.tightest ?? decision.verdict.binding
    case .insufficient, .inconclusive: decision.verdict.binding
    }
  }

  /// The configuration that the verdict chose, or the one that it turns on, or the one that is cheapest to adopt.
  public var shown: CandidateAssessment? {
    switch decision.verdict.kind {
    case .notRequired(let chosen), .required(let chosen):
      decision.candidates.first { $0.candidate.configuration == chosen }
    case .insufficient, .inconclusive:
      decision.candidates.first { assessed in
        decision.verdict.binding.map { assessed.assessments.contains($0) } ?? true
      } ?? decision.candidates.first
    }
  }
}
