import Records
import Statistics
import Testing

@testable import Sizing

/// Properties that hold for every set of candidates, tried on many drawn ones.
@Suite struct VerdictPropertyTests {
  private static let seed: UInt64 = 2026
  private static let trials = 1500

  /// Up to five candidates with figures on a small grid, so that limits are often hit and straddled.
  private func draw(_ generator: inout SeededGenerator) -> [Candidate] {
    let variants = ["reference", "f16-weights", "int8-dynamic", "int8-static", "pruned-50"]
    var list: [Candidate] = []
    for variant in variants where variant == "reference" || generator.index(below: 4) > 0 {
      for threads in variant == "reference" ? [1, 4] : [4] where threads == 1 || generator.index(below: 3) > 0
      {
        let low = Double(1 + generator.index(below: 12))
        let known = generator.index(below: 8) > 0
        let memory = generator.index(below: 8) > 0 ? Double(1 + generator.index(below: 12)) : nil
        let evidence: Evidence = generator.index(below: 2) == 0 ? .projected : .measuredOnBoard
        list.append(
          .with(
            variant, threads: threads, latency: known ? (low, low + Double(generator.index(below: 5))) : nil,
            memory: memory, evidence: evidence))
      }
    }
    return list
  }

  private func limits(_ generator: inout SeededGenerator) -> (latency: Double, memory: Double) {
    (Double(generator.index(below: 15)) + 0.5, Double(generator.index(below: 15)) + 0.5)
  }

  private func forEveryDraw(_ check: ([Candidate], (latency: Double, memory: Double), Int) -> Void) {
    var generator = SeededGenerator(seed: Self.seed)
    for trial in 0..<Self.trials { check(draw(&generator), limits(&generator), trial) }
  }

  private func decide(_ candidates: [Candidate], _ latency: Double, _ memory: Double) -> SizingDecision {
    SizingDecision(candidates, requirements: .limits(latency: latency, memory: memory))
  }

  @Test func neverNotRequiredWhileEveryUncompressedConfigurationFails() {
    forEveryDraw { candidates, limit, trial in
      let decision = decide(candidates, limit.latency, limit.memory)
      guard case .notRequired(let chosen) = decision.verdict.kind else { return }
      let assessed = decision.candidates.first { $0.candidate.configuration == chosen }
      #expect(assessed?.standing == .meets, "seed \(Self.seed), trial \(trial)")
      #expect(chosen.variant == "reference", "seed \(Self.seed), trial \(trial)")
    }
  }

  @Test func neverRequiredUnlessEveryUncompressedConfigurationFailsAndTheVariantMeets() {
    forEveryDraw { candidates, limit, trial in
      let decision = decide(candidates, limit.latency, limit.memory)
      guard case .required(let chosen) = decision.verdict.kind else { return }
      let uncompressed = decision.candidates.filter { !$0.candidate.isCompressed }
      #expect(uncompressed.allSatisfy { $0.standing == .fails }, "seed \(Self.seed), trial \(trial)")
      let assessed = decision.candidates.first { $0.candidate.configuration == chosen }
      #expect(
        assessed?.standing == .meets && assessed?.isRefused == false, "seed \(Self.seed), trial \(trial)")
      let gentler = decision.candidates.prefix { $0.candidate.configuration != chosen }
      #expect(
        gentler.allSatisfy { $0.standing != .meets || $0.isRefused }, "seed \(Self.seed), trial \(trial)")
    }
  }

  @Test func insufficientOnlyWhenEveryCandidateSurelyFails() {
    forEveryDraw { candidates, limit, trial in
      let decision = decide(candidates, limit.latency, limit.memory)
      guard decision.verdict.kind == .insufficient else { return }
      #expect(decision.candidates.allSatisfy { $0.standing == .fails }, "seed \(Self.seed), trial \(trial)")
    }
  }

  @Test func looserLimitsNeverMakeCompressionNecessary() {
    forEveryDraw { candidates, limit, trial in
      guard case .notRequired = decide(candidates, limit.latency, limit.memory).verdict.kind else { return }
      for more in [0.5, 1, 3, 20] {
        let looser = decide(candidates, limit.latency + more, limit.memory + more).verdict
        guard case .notRequired = looser.kind else {
          Issue.record("seed \(Self.seed), trial \(trial), \(more) looser: \(looser.statement)")
          return
        }
      }
    }
  }

  @Test func tighterLimitsNeverMakeInsufficientSufficient() {
    forEveryDraw { candidates, limit, trial in
      guard decide(candidates, limit.latency, limit.memory).verdict.kind == .insufficient else { return }
      for less in [0.5, 1, 3] {
        let tighter = decide(candidates, limit.latency - less, limit.memory - less).verdict
        #expect(tighter.kind == .insufficient, "seed \(Self.seed), trial \(trial), \(less) tighter")
      }
    }
  }

  @Test func orderOfTheRecordsDoesNotMatter() {
    forEveryDraw { candidates, limit, trial in
      let forwards = decide(candidates, limit.latency, limit.memory).verdict
      let backwards = decide(candidates.reversed(), limit.latency, limit.memory).verdict
      #expect(forwards == backwards, "seed \(Self.seed), trial \(trial)")
    }
  }

  @Test func everyVerdictGivesAReasonAndEveryDoubtSaysWhatToDo() {
    forEveryDraw { candidates, limit, trial in
      let verdict = decide(candidates, limit.latency, limit.memory).verdict
      #expect(!verdict.reasons.isEmpty, "seed \(Self.seed), trial \(trial)")
      #expect(verdict.kind != .inconclusive || !verdict.next.isEmpty, "seed \(Self.seed), trial \(trial)")
    }
  }

  @Test func evidenceIsNeverStrongerThanThatOfAFigureItRestsOn() {
    forEveryDraw { candidates, limit, trial in
      let decision = decide(candidates, limit.latency, limit.memory)
      guard let binding = decision.verdict.binding?.evidence, let evidence = decision.verdict.evidence else {
        return
      }
      guard case .notRequired = decision.verdict.kind else { return }
      #expect(evidence <= binding, "seed \(Self.seed), trial \(trial)")
    }
  }

  /// Every interval on a small grid against every limit: exactly one finding, by the definition.
  @Test func findingsAreExhaustive() throws {
    for lower in 0...6 {
      for upper in lower...6 {
        for limit in stride(from: -0.5, through: 6.5, by: 0.5) {
          let interval = try #require(Interval(Double(lower), Double(upper)))
          let figure = Figure(value: interval.lower, interval: interval, evidence: .projected)
          let finding = Assessment(Requirement(.disk, limit: limit), .figure(figure)).finding
          let expected: Finding =
            Double(upper) <= limit ? .met : Double(lower) > limit ? .exceeded : .straddles
          #expect(finding == expected, "[\(lower), \(upper)] against \(limit)")
        }
      }
    }
  }
}
