import DeviceProfiles
import Records

/// From assessed candidates, the cheapest first, to the verdict.
struct VerdictRule {
  var requirements: Requirements
  var candidates: [CandidateAssessment]
  var profile: DeviceProfile?
  var others: [DeviceOption]
  /// Variants that cannot be made of the model, by name, and why.
  var inapplicable: [String: String]
  /// Variants that the search is to try, in order.
  var planned: [String]

  var uncompressed: [CandidateAssessment] { candidates.filter { !$0.candidate.isCompressed } }
  private var compressed: [CandidateAssessment] { candidates.filter { $0.candidate.isCompressed } }

  var verdict: Verdict {
    guard !requirements.isEmpty else {
      return unasked(
        "No requirement was given and the profile has none.", "give one, such as --latency 'p99<=50ms'")
    }
    guard let closest = SizingDecision.closest(uncompressed) else {
      return unasked("There is no record of the model as it came.", "measure the reference")
    }
    switch closest.standing {
    case .meets: return notRequired(closest)
    case .undetermined: return doubtful(uncompressed, sure: compressed.first { $0.standing == .meets })
    case .fails: break
    }
    if let chosen = compressed.first(where: { $0.standing == .meets && !$0.isRefused }) {
      return required(chosen, because: closest)
    }
    if !untried.isEmpty { return unfinished(closest) }
    guard !compressed.isEmpty || !inapplicable.isEmpty else {
      return Verdict(
        kind: .inconclusive, evidence: weakestFailure(uncompressed), binding: closest.worst,
        reasons: [failure(closest), "No compressed variant has been tried."] + openQuestions(closest),
        next: ["measure the variants"])
    }
    if compressed.contains(where: { $0.standing != .fails }) { return doubtful(compressed, because: closest) }
    return insufficient(closest)
  }

  /// Variants that are neither on record nor known to be impossible.
  private var untried: [String] {
    planned.filter { variant in
      inapplicable[variant] == nil && !candidates.contains { $0.candidate.configuration.variant == variant }
    }
  }

  /// The search ended before every variant was tried: the next may suffice.
  private func unfinished(_ closest: CandidateAssessment) -> Verdict {
    Verdict(
      kind: .inconclusive, evidence: weakestFailure(uncompressed), binding: closest.worst,
      reasons: [failure(closest)] + compressed.map { $0.isRefused ? refusal($0) : failureOrDoubt($0) }
        + ["Not tried yet: \(untried.joined(separator: ", "))."] + openQuestions(closest),
      next: ["run the same command again: it goes on from there"])
  }

  private func unasked(_ reason: String, _ next: String) -> Verdict {
    Verdict(kind: .inconclusive, evidence: nil, binding: nil, reasons: [reason], next: [next])
  }

  private func notRequired(_ chosen: CandidateAssessment) -> Verdict {
    let configuration = chosen.candidate.configuration
    let cheaper = uncompressed.prefix { $0.candidate.configuration != configuration }
    return Verdict(
      kind: .notRequired(configuration),
      evidence: Evidence.weakest(chosen.assessments.compactMap(\.evidence)), binding: chosen.tightest,
      reasons: [success(chosen)] + cheaper.map(failureOrDoubt))
  }

  private func required(_ chosen: CandidateAssessment, because closest: CandidateAssessment) -> Verdict {
    let configuration = chosen.candidate.configuration
    let gentler = compressed.prefix { $0.candidate.configuration != configuration }
    let decisive = uncompressed.compactMap(\.strongestFailure) + chosen.assessments
    return Verdict(
      kind: .required(configuration),
      evidence: Evidence.weakest(decisive.compactMap(\.evidence)), binding: closest.worst,
      reasons: [failure(closest), success(chosen)] + (chosen.candidate.caveat.map { [$0] } ?? [])
        + gentler.map { $0.isRefused ? refusal($0) : failureOrDoubt($0) } + openQuestions(closest))
  }

  private func insufficient(_ uncompressed: CandidateAssessment) -> Verdict {
    let closest = SizingDecision.closest(candidates) ?? uncompressed
    var reasons: [String] = []
    if let worst = closest.worst { reasons.append("\(worst.requirement.text) binds.") }
    reasons.append("Nearest: \(failure(closest))")
    if compressed.isEmpty { reasons += impossibilities }
    if let (device, decision) = DeviceOption.smallest(of: others, meeting: requirements) {
      reasons.append(
        "The smallest device that would do is \(device.profile.id): \(decision.verdict.statement).")
    } else if !others.isEmpty {
      reasons.append("No other device with a profile is known to do.")
    }
    if !triedVariants.isEmpty { reasons.append("Tried with compression: \(triedVariants).") }
    return Verdict(
      kind: .insufficient, evidence: weakestFailure(candidates), binding: closest.worst,
      reasons: reasons + openQuestions(uncompressed), next: advice)
  }

  private var advice: [String] {
    let tried = candidates.map(\.candidate.configuration.variant)
    return SearchAdvice(candidates: compressed, known: Set(tried + inapplicable.keys)).sentences
  }

  /// - Parameters:
  ///   - list: The candidates among which the doubt is.
  ///   - sure: A compressed one that would do whichever way the doubt is resolved.
  ///   - failing: The nearest of the uncompressed, where all of them fail.
  private func doubtful(
    _ list: [CandidateAssessment], sure: CandidateAssessment? = nil,
    because failing: CandidateAssessment? = nil
  ) -> Verdict {
    let open = list.filter { $0.standing != .fails }
    var reasons = failing.map { [failure($0)] } ?? []
    var next: [String] = []
    for candidate in open {
      if candidate.standing == .meets {
        // It meets everything and is refused: then the limit lies inside the noise.
        reasons.append(refusal(candidate))
        next.append("measure both again, several times")
      } else {
        reasons.append(failureOrDoubt(candidate))
      }
      next += candidate.undecided.map(remedy)
    }
    if let sure {
      reasons.append("In any case \(success(sure))")
    }
    let used = open.flatMap(\.assessments) + (failing?.exceeded ?? [])
    var seen: Set<String> = []
    return Verdict(
      kind: .inconclusive, evidence: Evidence.weakest(used.compactMap(\.evidence)),
      binding: open.first?.undecided.first ?? failing?.worst, reasons: reasons,
      next: next.filter { seen.insert($0).inserted })
  }

  private func weakestFailure(_ list: [CandidateAssessment]) -> Evidence? {
    Evidence.weakest(list.compactMap { $0.strongestFailure?.evidence })
  }
}
