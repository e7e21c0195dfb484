import Sizing

extension SizingDecision {
  /// Whether measuring a more invasive variant cannot change the verdict: one suffices, or the reference itself is in doubt.
  var isSettled: Bool {
    switch verdict.kind {
    case .notRequired, .required: true
    case .insufficient: false
    case .inconclusive: candidates.contains { !$0.candidate.isCompressed && $0.standing == .undetermined }
    }
  }

  /// Whether the only thing that keeps every uncompressed configuration from meeting the requirements is speed.
  var wouldGainFromThreads: Bool {
    let uncompressed = candidates.filter { !$0.candidate.isCompressed }
    return uncompressed.allSatisfy { assessed in
      let unmet = assessed.assessments.filter { $0.finding != .met }
      return !unmet.isEmpty && unmet.allSatisfy(\.requirement.metric.isSpeed)
    }
  }
}
