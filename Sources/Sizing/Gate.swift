public import Records

/// Committed limits held against records: passes only what is known to meet them.
public struct Gate: Sendable {
  /// One a model and profile, in the order of the records.
  public var results: [Result]

  public struct Result: Sendable {
    public var model: ModelIdentity
    public var profile: ProfileIdentity
    public var decision: SizingDecision

    /// Whether some configuration that the gate allows is known to meet every limit.
    public var isPassed: Bool {
      decision.candidates.contains { $0.standing == .meets && !$0.isRefused }
        && !decision.requirements.isEmpty
    }
  }

  public var isPassed: Bool { !results.isEmpty && results.allSatisfy(\.isPassed) }

  /// - Throws: ``RequirementError`` for a limit in `requirements` that is none, or a model that no record is of.
  public init(records: [RunRecord], requirements: GateRequirements) throws(RequirementError) {
    struct Key: Hashable {
      var model: ModelIdentity
      var profile: ProfileIdentity
    }
    let names = Set(records.map(\.model.name))
    if let missing = requirements.models.keys.sorted().first(where: { !names.contains($0) }) {
      throw RequirementError(
        place: "models.\(missing)",
        problem: "is a model that no record is of; expected one of \(names.sorted().joined(separator: ", "))")
    }
    var seen: Set<Key> = []
    let keys = records.map { Key(model: $0.model, profile: $0.profile) }.filter { seen.insert($0).inserted }
    results = []
    for key in keys {
      let (limits, variant) = try requirements.resolved(for: key.model.name)
      // Of one configuration the newest alone: an older run that passed does not excuse it.
      let own = records.filter { $0.model == key.model && $0.profile == key.profile }
        .newestOfEachConfiguration()
      let allowed = own.filter { variant == nil || $0.configuration.variant == variant }
      results.append(
        Result(
          model: key.model, profile: key.profile,
          decision: SizingDecision(records: allowed, requirements: limits)))
    }
  }
}
