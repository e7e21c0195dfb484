public import Records
public import Statistics

/// How one configuration's latency changed between two sets of records.
public struct Comparison: Sendable {
  public var model: ModelIdentity
  public var profile: ProfileIdentity
  public var configuration: Configuration
  public var outcome: Outcome
  /// Of one inference, where both were counted on an emulated processor.
  public var instructions: Instructions?

  /// Counted exactly: any difference is one of the program or the model.
  public struct Instructions: Sendable, Hashable {
    public var old: Int64
    public var new: Int64
    /// `new / old`.
    public var ratio: Double { Double(new) / Double(max(1, old)) }
  }

  public enum Outcome: Sendable, Hashable {
    case slower(Change)
    case faster(Change)
    /// No shift beyond chance and the usual difference between two runs.
    case unchanged(Change)
    case incomparable(why: String)
  }

  public struct Change: Sendable, Hashable {
    /// Medians, in nanoseconds.
    public var old: Double
    public var new: Double
    /// `new / old`: 1.1 is a tenth slower.
    public var ratio: Double
    /// Holds the ratio of the true medians with at least 95 %: each median's distribution-free interval at 97.5 %, the
    /// worse ends against each other (Bonferroni).
    public var interval: Interval
    /// Mann-Whitney's, two-sided.
    public var pValue: Double
  }

  /// A shift less clear than this is called chance.
  public static let significance = 0.01

  public var isRegression: Bool { if case .slower = outcome { true } else { false } }

  public init(old: RunRecord, new: RunRecord) {
    model = new.model
    profile = new.profile
    configuration = new.configuration
    outcome = Self.outcome(old, new)
    if let before = old.measurement.instructions, let after = new.measurement.instructions, before > 0 {
      instructions = Instructions(old: before, new: after)
    }
  }

  private static func outcome(_ old: RunRecord, _ new: RunRecord) -> Outcome {
    guard old.evidence == new.evidence else {
      return .incomparable(why: "the old was \(old.evidence.rawValue), the new \(new.evidence.rawValue)")
    }
    guard new.evidence != .emulated else { return .incomparable(why: "times under an emulator say nothing") }
    for (name, record) in [("old", old), ("new", new)] {
      if case .completed = record.measurement.outcome, let reason = record.validity.reasons.first {
        return .incomparable(why: "the \(name) run is INVALID: \(reason)")
      }
    }
    guard let before = SampleSummary(old.measurement.samplesNanoseconds),
      let after = SampleSummary(new.measurement.samplesNanoseconds),
      let change = Change(from: before, to: after)
    else { return .incomparable(why: "one of the runs has too few samples") }
    let noise = Metric.latency(.median).noise
    guard change.pValue < significance, !change.interval.contains(1), abs(change.ratio - 1) > noise else {
      return .unchanged(change)
    }
    return change.ratio > 1 ? .slower(change) : .faster(change)
  }
}

extension Comparison.Change {
  /// - Returns: `nil` without samples enough for the medians' intervals, or an old median of zero.
  init?(from before: SampleSummary, to after: SampleSummary) {
    guard let old = before.percentile(0.5, confidence: 0.975),
      let new = after.percentile(0.5, confidence: 0.975), old.interval.lower > 0,
      let interval = Interval(
        new.interval.lower / old.interval.upper, new.interval.upper / old.interval.lower),
      let test = MannWhitney(after.samples, before.samples)
    else { return nil }
    self.old = old.value
    self.new = new.value
    self.ratio = new.value / old.value
    self.interval = interval
    self.pValue = test.pValue
  }
}

/// Two sets of records, configuration by configuration.
public struct ComparisonReport: Sendable {
  /// In the order of the new records.
  public var comparisons: [Comparison]
  /// Titles of configurations that only one set has.
  public var onlyOld: [String]
  public var onlyNew: [String]

  public var hasRegression: Bool { comparisons.contains(where: \.isRegression) }

  /// Those whose instructions grew by more than `share` (0.01 for 1 %), the most grown first.
  public func instructionGrowth(beyond share: Double) -> [Comparison] {
    func ratio(_ comparison: Comparison) -> Double { comparison.instructions?.ratio ?? 1 }
    return comparisons.filter { ratio($0) > 1 + share }.sorted { ratio($0) > ratio($1) }
  }

  /// Matches by model name, profile and configuration; of several records of one the last counts.
  public init(old: [RunRecord], new: [RunRecord]) {
    struct Key: Hashable {
      var model: String
      var profile: String
      var configuration: Configuration
      init(_ record: RunRecord) {
        model = record.model.name
        profile = record.profile.id
        configuration = record.configuration
      }
      var title: String { "\(model) on \(profile): \(configuration.title)" }
    }
    let before = Dictionary(old.map { (Key($0), $0) }, uniquingKeysWith: { $1 })
    let after = Dictionary(new.map { (Key($0), $0) }, uniquingKeysWith: { $1 })
    var seen: Set<Key> = []
    let order = new.map(Key.init).filter { seen.insert($0).inserted }
    comparisons = order.compactMap { key in
      guard let old = before[key], let new = after[key] else { return nil }
      return Comparison(old: old, new: new)
    }
    onlyNew = order.filter { before[$0] == nil }.map(\.title)
    onlyOld = before.keys.filter { after[$0] == nil }.map(\.title).sorted()
  }
}
