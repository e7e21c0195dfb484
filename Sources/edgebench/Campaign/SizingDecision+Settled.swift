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
}
