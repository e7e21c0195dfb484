import Records
import Statistics
import Testing

@testable import Sizing

/// What a search says of itself: what it has not tried, what no configuration beats, and what it would try next.
@Suite struct SearchTests {
  private let reference = Candidate.with("reference", latency: (100, 105))

  @Test func aSearchThatWasCutOffIsInconclusiveUntilEveryVariantWasTried() {
    let planned = ["f16", "int8-static", "pruned-50"]
    var candidates = [reference]
    for (tried, latency) in [("f16", 98.0), ("int8-static", 70.0)] {
      let verdict = SizingDecision(candidates, requirements: .limits(latency: 50), planned: planned).verdict
      #expect(verdict.statement == "inconclusive")
      #expect(verdict.next == ["run the same command again: it goes on from there"])
      candidates.append(.with(tried, latency: (latency, latency + 1)))
    }
    let last = SizingDecision(candidates, requirements: .limits(latency: 50), planned: planned).verdict
    #expect(last.statement == "inconclusive")
    #expect(last.reasons.contains("Not tried yet: pruned-50."))
    let impossible = SizingDecision(
      candidates, requirements: .limits(latency: 50), inapplicable: ["pruned-50": "no layer has channels"],
      planned: planned
    ).verdict
    #expect(impossible.statement == "insufficient")
    candidates.append(.with("pruned-50", latency: (60, 61)))
    let whole = SizingDecision(candidates, requirements: .limits(latency: 50), planned: planned).verdict
    #expect(whole.statement == "insufficient")
  }

  @Test func aVariantThatSufficesEndsTheSearch() {
    let verdict = SizingDecision(
      [reference, .with("f16", latency: (40, 41))], requirements: .limits(latency: 50),
      planned: ["f16", "int8-static"]
    ).verdict
    #expect(verdict.statement == "compression required: f16")
  }

  @Test func whatNoOtherBeatsIsInTheParetoSet() {
    func candidate(_ name: String, _ latency: Double, _ memory: Double, _ drop: (Double, Double)) -> Candidate
    {
      .with(name, latency: (latency, latency), memory: memory, accuracyDrop: drop)
    }
    let decision = SizingDecision(
      [
        candidate("reference", 100, 60, (0, 0)),
        // Worse in nothing beyond the noise, and better in nothing: it beats nothing.
        candidate("f16", 101, 60, (-0.01, 0.01)),
        candidate("int8-dynamic", 70, 40, (-0.01, 0.01)),
        candidate("int8-static", 50, 30, (-0.01, 0.02)),  // beats all of the above
        candidate("pruned-50", 40, 20, (0.3, 0.4)),  // faster, and loses
        candidate("pruned-75", 45, 25, (0.5, 0.6)),  // beaten by pruned-50
      ], requirements: .limits(latency: 10))
    #expect(decision.paretoSet.map(\.variant) == ["int8-static", "pruned-50"])
  }

  @Test func aVariantOfUnknownAccuracyBeatsNothing() {
    let decision = SizingDecision(
      [.with("reference", latency: (100, 100)), .with("f16", latency: (50, 50))],
      requirements: .limits(latency: 10))
    #expect(decision.paretoSet.map(\.variant) == ["reference", "f16"])
  }

  @Test func whereOnlyTheAccuracyIsMissingTrainingIsAdvised() {
    let candidates: [Candidate] = [
      .with("reference", latency: (100, 105), accuracyDrop: (0, 0)),
      .with("int8-static", latency: (40, 41), accuracyDrop: (0.03, 0.05)),
    ]
    let verdict = SizingDecision(candidates, requirements: .limits(latency: 50, accuracyDrop: 0.01)).verdict
    #expect(verdict.statement == "insufficient")
    #expect(
      verdict.next.count == 1 && verdict.next[0].hasPrefix("try qat: int8-static meets all but the accuracy"))
  }

  @Test func whatWasTriedIsNotAdvisedAgain() {
    let candidates: [Candidate] = [reference, .with("pruned-50+int8-static", latency: (60, 61))]
    let verdict = SizingDecision(candidates, requirements: .limits(latency: 50)).verdict
    #expect(verdict.next.count == 1 && verdict.next[0].hasPrefix("try joint --shares 0.5: what is pruned"))
    #expect(
      verdict.next[0].contains("'edgebench compress MODEL --recipe joint --shares 0.5 --dataset DIR -o OUT'"))
  }
}
