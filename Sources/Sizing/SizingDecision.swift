public import DeviceProfiles
public import Records

/// One model on one device: every configuration held against every requirement, and the verdict.
///
/// A pure function of records, requirements and profile: anyone can recompute it without the board.
public struct SizingDecision: Sendable {
  public var requirements: Requirements
  /// The cheapest to adopt first.
  public var candidates: [CandidateAssessment]
  public var verdict: Verdict

  /// - Parameters:
  ///   - profile: The device, for the questions that were not asked (more threads, f16 arithmetic).
  ///   - others: Other devices, for the smallest that would do where this one does not.
  ///   - inapplicable: Variants that cannot be made of the model, by name, and why.
  ///   - planned: Variants that the search is to try, in order.
  public init(
    _ candidates: [Candidate], requirements: Requirements, profile: DeviceProfile? = nil,
    others: [DeviceOption] = [], inapplicable: [String: String] = [:], planned: [String] = []
  ) {
    self.requirements = requirements
    var assessed = candidates.sorted(by: Candidate.isCheaper).map { CandidateAssessment($0, requirements) }
    if let base = Self.closest(assessed.filter { !$0.candidate.isCompressed }) {
      for index in assessed.indices where assessed[index].candidate.isCompressed {
        assessed[index].gain = Gain.best(from: base, to: assessed[index].candidate)
      }
    }
    self.candidates = assessed
    let rule = VerdictRule(
      requirements: requirements, candidates: assessed, profile: profile, others: others,
      inapplicable: inapplicable, planned: planned)
    verdict = rule.verdict
  }

  /// - Parameter records: Of one model under one profile, one a configuration.
  public init(
    records: [RunRecord], requirements: Requirements, profile: DeviceProfile? = nil,
    others: [DeviceOption] = []
  ) {
    self.init(
      records.map { Candidate($0, requirements: requirements, device: profile) },
      requirements: requirements, profile: profile, others: others,
      inapplicable: records.compactMap(\.inapplicableVariants).reduce(into: [:]) { $0.merge($1) { $1 } },
      planned: records.compactMap(\.plannedVariants).max { $0.count < $1.count } ?? [])
  }

  /// The configurations that no other beats, for a search that has tried compressed ones; else empty.
  public var paretoSet: [Configuration] {
    candidates.contains { $0.candidate.isCompressed } ? ParetoSet.of(candidates) : []
  }

  /// The uncompressed configuration that comes nearest to meeting everything.
  public var closestUncompressed: CandidateAssessment? {
    Self.closest(candidates.filter { !$0.candidate.isCompressed })
  }

  /// The one that comes nearest to meeting everything: it meets, or may, or exceeds by the least factor. Of equals the
  /// first.
  static func closest(_ list: [CandidateAssessment]) -> CandidateAssessment? {
    func distance(_ assessed: CandidateAssessment) -> Double {
      switch assessed.standing {
      case .meets: -1
      case .undetermined: 0
      case .fails: assessed.worst?.excess ?? .infinity
      }
    }
    return list.min { distance($0) < distance($1) }
  }
}
