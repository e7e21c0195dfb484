import DeviceProfiles
import Records

extension VerdictRule {
  /// "reference, 4 threads: p99 latency 412 ms [405, 421] exceeds 250 ms."
  func failure(_ assessed: CandidateAssessment) -> String { sentence(assessed, assessed.exceeded) }

  func failureOrDoubt(_ assessed: CandidateAssessment) -> String {
    sentence(assessed, assessed.standing == .fails ? assessed.exceeded : assessed.undecided)
  }

  private func sentence(_ assessed: CandidateAssessment, _ facts: [Assessment]) -> String {
    "\(assessed.candidate.configuration.title): \(facts.map(\.text).joined(separator: "; "))."
  }

  /// "int8-static: 1.02x, within noise: refused."
  func refusal(_ assessed: CandidateAssessment) -> String {
    "\(assessed.candidate.configuration.variant): \(assessed.gain?.text ?? "refused")."
  }

  /// "int8-static, 4 threads meets every requirement; p99 latency has the least to spare, 38 % of its limit."
  func success(_ assessed: CandidateAssessment) -> String {
    let fact = "\(assessed.candidate.configuration.title) meets every requirement"
    guard let tightest = assessed.tightest, let margin = tightest.margin else { return fact + "." }
    let spare = "\(decimal(margin * 100, 0)) % of its limit"
    return "\(fact); \(tightest.requirement.metric.name) has the least to spare, \(spare)."
  }

  /// "f16, int8-static cannot be made: the model is already quantized.", one a reason.
  var impossibilities: [String] {
    let names = Dictionary(grouping: inapplicable.keys) { inapplicable[$0] ?? "" }
    return names.map { reason, variants in
      let list = variants.sorted { Invasiveness(variant: $0) < Invasiveness(variant: $1) }
      return "\(list.joined(separator: ", ")) cannot be made: \(reason)."
    }.sorted()
  }

  /// "f16, int8-dynamic": what "no variant" speaks of.
  var triedVariants: String {
    var seen: Set<String> = []
    return candidates.filter(\.candidate.isCompressed).map(\.candidate.configuration.variant)
      .filter { seen.insert($0).inserted }.joined(separator: ", ")
  }

  func remedy(_ assessment: Assessment) -> String {
    switch assessment.reading {
    case .unknown(_, let next): return next
    case .exceeds: return "choose a device with more of it"
    case .figure where assessment.requirement.metric == .accuracyDrop: return Remedy.dataset
    case .figure(let figure):
      return figure.evidence <= .projected ? Remedy.board : "take more samples, so that the interval narrows"
    }
  }

  /// Cheaper questions than compression that no candidate answers.
  func openQuestions(_ closest: CandidateAssessment) -> [String] {
    guard closest.exceeded.contains(where: \.requirement.metric.isSpeed), let profile else { return [] }
    var list: [String] = []
    let most = uncompressed.map(\.candidate.configuration.threads).max() ?? 0
    if most < profile.coreCount {
      list.append("Not tried without compression: more than \(most) of \(profile.coreCount) cores.")
    }
    let hasF16 = profile.clusters.first?.features.value.contains("fp16") ?? false
    if hasF16, !uncompressed.contains(where: \.candidate.configuration.hasCheaperArithmetic) {
      list.append("Not tried without compression: f16 arithmetic, which the cores have.")
    }
    return list
  }
}
