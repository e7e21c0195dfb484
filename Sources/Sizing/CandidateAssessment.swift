/// Every requirement held against one configuration.
public struct CandidateAssessment: Sendable {
  public var candidate: Candidate
  /// One a requirement, and one more where the device's memory or disk stopped it.
  public var assessments: [Assessment]
  /// Over the best uncompressed configuration, for a compressed one.
  public var gain: Gain?

  public enum Standing: Sendable, Hashable { case meets, fails, undetermined }

  public init(_ candidate: Candidate, _ requirements: Requirements) {
    self.candidate = candidate
    assessments = requirements.list.map { Assessment($0, candidate.reading(of: $0.metric)) }
    if let misfit = candidate.misfit, requirements.limit(of: misfit.metric) == nil {
      let limit = Requirement(misfit.metric, limit: misfit.limit)
      assessments.append(Assessment(limit, candidate.reading(of: misfit.metric)))
    }
    if let open = candidate.openMetric, requirements.limit(of: open) == nil {
      assessments.append(Assessment(Requirement(open, limit: .infinity), candidate.reading(of: open)))
    }
  }

  /// Fails by one requirement that it surely does not meet, whatever is unknown of the others.
  public var standing: Standing {
    if assessments.contains(where: { $0.finding == .exceeded }) { return .fails }
    return assessments.allSatisfy { $0.finding == .met } ? .meets : .undetermined
  }

  /// Whether it is compressed and yet not better than the best uncompressed configuration by more than the noise.
  public var isRefused: Bool { gain?.isRefused ?? false }

  var exceeded: [Assessment] { assessments.filter { $0.finding == .exceeded } }
  var undecided: [Assessment] { assessments.filter { $0.finding == .straddles || $0.finding == .unknown } }
  /// The requirement met with the least to spare.
  public var tightest: Assessment? {
    assessments.filter { $0.margin != nil }.min { ($0.margin ?? 0) < ($1.margin ?? 0) }
  }
  /// The requirement exceeded the furthest.
  var worst: Assessment? { exceeded.max { $0.excess < $1.excess } }
  /// The best-founded of the failures: one suffices.
  var strongestFailure: Assessment? {
    exceeded.max { ($0.evidence ?? .emulated) < ($1.evidence ?? .emulated) }
  }
}
