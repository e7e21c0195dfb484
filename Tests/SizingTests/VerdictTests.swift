import Records
import Statistics
import Testing

@testable import Sizing

@Suite struct VerdictTests {
  private func verdict(_ candidates: [Candidate], _ requirements: Requirements) -> Verdict {
    SizingDecision(candidates, requirements: requirements).verdict
  }

  @Test func compressionIsNotRequiredWhenTheReferenceMeetsEverything() {
    let verdict = verdict([.with("reference", latency: (30, 31))], .limits(latency: 50))
    #expect(verdict.statement == "compression not required")
    #expect(
      verdict.reasons == [
        "reference, 4 threads meets every requirement; p99 latency has the least to spare, 38 % of its limit."
      ])
    #expect(verdict.binding?.margin == 1 - 31.0 / 50)
    #expect(verdict.next.isEmpty)
  }

  @Test func bindingRequirementIsTheOneWithTheLeastToSpare() {
    let verdict = verdict(
      [.with("reference", latency: (30, 31), memory: 60)], .limits(latency: 50, memory: 64))
    #expect(verdict.binding?.requirement.metric == .peakMemory)
  }

  @Test func leastInvasiveVariantThatMeetsAllIsRequired() {
    let candidates: [Candidate] = [
      .with("pruned-50", latency: (20, 21)), .with("int8-static", latency: (30, 31)),
      .with("f16-weights", latency: (70, 71)), .with("reference", latency: (100, 105)),
    ]
    let verdict = verdict(candidates, .limits(latency: 50))
    #expect(verdict.statement == "compression required: int8-static")
    #expect(
      verdict.reasons == [
        "reference, 4 threads: p99 latency 103 ms [100, 105] exceeds 50 ms.",
        "int8-static, 4 threads meets every requirement; p99 latency has the least to spare, 38 % of its limit.",
        "f16-weights, 4 threads: p99 latency 70.5 ms [70.0, 71.0] exceeds 50 ms.",
      ])
    #expect(verdict.binding?.requirement.metric == .latency(.p99))
  }

  @Test func withoutAVariantThatCanBeMadeTheVerdictIsInsufficient() {
    let reference = Candidate.with("reference", latency: (100, 105))
    let reason = "the model is already quantized"
    let inapplicable = ["f16": reason, "int8-static": reason, "pruned-50": "no layer has channels"]
    let decision = SizingDecision(
      [reference], requirements: .limits(latency: 50), inapplicable: inapplicable)
    #expect(decision.verdict.statement == "insufficient")
    #expect(decision.verdict.next == [])
    #expect(
      decision.verdict.reasons == [
        "p99 latency <= 50 ms binds.",
        "Nearest: reference, 4 threads: p99 latency 103 ms [100, 105] exceeds 50 ms.",
        "f16, int8-static cannot be made: the model is already quantized.",
        "pruned-50 cannot be made: no layer has channels.",
      ])
  }

  @Test func aVariantThatWasNotTriedLeavesTheVerdictOpen() {
    let verdict = verdict([.with("reference", latency: (100, 105))], .limits(latency: 50))
    #expect(verdict.statement == "inconclusive")
    #expect(verdict.next == ["measure the variants"])
  }

  @Test func verdictIsInconclusiveWhenTheIntervalStraddlesTheLimit() {
    let verdict = verdict([.with("reference", latency: (48, 52))], .limits(latency: 50))
    #expect(verdict.statement == "inconclusive")
    #expect(verdict.reasons == ["reference, 4 threads: p99 latency 50.0 ms [48.0, 52.0] straddles 50 ms."])
    #expect(verdict.next == ["take more samples, so that the interval narrows"])
  }

  @Test func straddlingProjectionAsksForTheBoard() {
    let reference = Candidate.with("reference", latency: (30, 90), evidence: .projected)
    let verdict = verdict([reference], .limits(latency: 50))
    #expect(verdict.statement == "inconclusive")
    #expect(verdict.next == [Remedy.board])
    #expect(verdict.evidence == .projected)
  }

  @Test func referenceInDoubtIsNotOverruledByAVariantThatMeets() {
    let candidates: [Candidate] = [
      .with("reference", latency: (48, 52)), .with("int8-static", latency: (20, 21)),
    ]
    let verdict = verdict(candidates, .limits(latency: 50))
    #expect(verdict.statement == "inconclusive")
    #expect(
      verdict.reasons.last?.hasPrefix("In any case int8-static, 4 threads meets every requirement") == true)
  }

  @Test func insufficientWhenNothingMeetsAndNamesWhatBinds() {
    let candidates: [Candidate] = [
      .with("reference", latency: (100, 105), memory: 10), .with("int8-static", latency: (60, 61), memory: 5),
    ]
    let verdict = verdict(candidates, .limits(latency: 50, memory: 64))
    #expect(verdict.statement == "insufficient")
    #expect(
      verdict.reasons == [
        "p99 latency <= 50 ms binds.",
        "Nearest: int8-static, 4 threads: p99 latency 60.5 ms [60.0, 61.0] exceeds 50 ms.",
        "Tried with compression: int8-static.",
      ])
  }

  @Test func variantInDoubtMakesItInconclusiveAndNotInsufficient() {
    let candidates: [Candidate] = [
      .with("reference", latency: (100, 105)), .with("int8-static", latency: (45, 55)),
    ]
    #expect(verdict(candidates, .limits(latency: 50)).kind == .inconclusive)
  }

  @Test func compressionIsNotCalledInsufficientBeforeAVariantWasTried() {
    let verdict = verdict([.with("reference", latency: (100, 105))], .limits(latency: 50))
    #expect(verdict.kind == .inconclusive)
    #expect(verdict.next == ["measure the variants"])
  }

  @Test func moreThreadsComeBeforeCompression() {
    let candidates: [Candidate] = [
      .with("reference", threads: 1, latency: (100, 105)), .with("reference", threads: 4, latency: (30, 31)),
      .with("int8-static", threads: 1, latency: (20, 21)),
    ]
    let verdict = verdict(candidates, .limits(latency: 50))
    #expect(verdict.statement == "compression not required")
    #expect(verdict.reasons.first?.hasPrefix("reference, 4 threads meets") == true)
    #expect(verdict.reasons.last == "reference, 1 thread: p99 latency 103 ms [100, 105] exceeds 50 ms.")
  }

  @Test func f16ArithmeticAndAnotherEngineComeBeforeCompression() {
    let slow = Candidate.with("reference", latency: (100, 105))
    let f16 = Candidate.with("reference", precision: "f16", latency: (40, 41))
    let other = Candidate.with("reference", engine: "onnxruntime", latency: (45, 46))
    let int8 = Candidate.with("int8-static", latency: (20, 21))
    #expect(verdict([slow, f16, int8], .limits(latency: 50)).statement == "compression not required")
    #expect(verdict([slow, other, int8], .limits(latency: 50)).statement == "compression not required")
  }

  @Test func variantWithinTheNoiseIsRefused() throws {
    let decision = SizingDecision(
      [.with("reference", latency: (51, 53)), .with("int8-static", latency: (50, 52))],
      requirements: .limits(latency: 20))
    let gain = try #require(decision.candidates.last?.gain)
    // The middles: 52 over 51.
    #expect(gain.text == "1.02x, within noise: refused")
    #expect(decision.verdict.kind == .insufficient)
  }

  @Test func middleThatIsBetterDoesNotSaveAVariantWhoseIntervalIsNot() throws {
    func gain(_ evidence: Evidence) throws -> Gain {
      let decision = SizingDecision(
        [
          .with("reference", latency: (90, 130), evidence: evidence),
          .with("int8-static", latency: (85, 115), evidence: evidence),
        ], requirements: .limits(latency: 20))
      return try #require(decision.candidates.last?.gain)
    }
    #expect(try gain(.measuredOnBoard).text == "1.10x, within noise: refused")
    // Two projections share their error: the middles tell.
    #expect(try gain(.projected).text == "1.10x")
  }

  @Test func variantBetterByLessThanRunsDifferIsNoReasonToCompress() {
    let candidates: [Candidate] = [
      .with("reference", latency: (50.01, 50.02)), .with("int8-static", latency: (49.5, 49.6)),
    ]
    let verdict = verdict(candidates, .limits(latency: 50))
    #expect(verdict.statement == "inconclusive")
    #expect(verdict.reasons.last == "int8-static: 1.01x, within noise: refused.")
  }

  @Test func slowerVariantIsRefusedWithoutMentionOfNoise() throws {
    let decision = SizingDecision(
      [.with("reference", latency: (40, 41)), .with("int8-static", latency: (50, 51))],
      requirements: .limits(latency: 100))
    #expect(try #require(decision.candidates.last?.gain).text == "0.80x: refused")
  }

  @Test func variantThatSavesMemoryIsJudgedByMemory() throws {
    let decision = SizingDecision(
      [
        .with("reference", latency: (40, 41), memory: 100),
        .with("int8-static", latency: (50, 51), memory: 30),
      ],
      requirements: .limits(latency: 60, memory: 64))
    #expect(decision.verdict.statement == "compression required: int8-static")
    #expect(try #require(decision.candidates.last?.gain).text == "peak memory 3.33x")
  }

  @Test func unknownAccuracyCanNeverMeetAnAccuracyRequirement() {
    let candidates: [Candidate] = [
      .with("reference", latency: (100, 105), accuracyDrop: (0, 0)), .with("int8-static", latency: (20, 21)),
    ]
    let verdict = verdict(candidates, .limits(latency: 50, accuracyDrop: 0.01))
    #expect(verdict.kind == .inconclusive)
    #expect(verdict.binding?.finding == .unknown)
  }

  @Test func lossOfAccuracyRulesAVariantOut() {
    let candidates: [Candidate] = [
      .with("reference", latency: (100, 105), accuracyDrop: (0, 0)),
      .with("int8-static", latency: (20, 21), accuracyDrop: (0.02, 0.03)),
      .with("pruned-50", latency: (40, 41), accuracyDrop: (0.001, 0.004)),
    ]
    #expect(
      verdict(candidates, .limits(latency: 50, accuracyDrop: 0.01)).statement
        == "compression required: pruned-50")
  }

  @Test func outOfMemoryFailsEvenWhereNoRequirementLimitsMemory() {
    var reference = Candidate.with("reference", latency: (30, 31))
    reference.readings[.peakMemory] = .exceeds(
      why: "killed at 498 MiB of 512 MiB during load", evidence: .measuredInSandbox)
    reference.misfit = .init(metric: .peakMemory, limit: 0x1p29)
    let small = Candidate.with("int8-static", latency: (40, 41), memory: 100)
    let verdict = verdict([reference, small], .limits(latency: 50))
    #expect(verdict.statement == "compression required: int8-static")
    #expect(
      verdict.reasons.first
        == "reference, 4 threads: peak memory: killed at 498 MiB of 512 MiB during load, limit 512 MiB.")
  }

  @Test func verdictClaimsNoMoreThanItsWeakestEvidence() {
    let board = Candidate.with("reference", latency: (100, 105))
    let projected = Candidate.with("int8-static", latency: (10, 30), evidence: .projected)
    #expect(verdict([board, projected], .limits(latency: 50)).evidence == .projected)
    #expect(
      verdict([.with("reference", latency: (30, 31))], .limits(latency: 50)).evidence == .measuredOnBoard)
  }

  @Test func withoutRequirementOrReferenceNothingIsDecided() {
    #expect(verdict([.with("reference", latency: (1, 2))], Requirements()).kind == .inconclusive)
    #expect(verdict([.with("int8-static", latency: (1, 2))], .limits(latency: 50)).kind == .inconclusive)
    #expect(verdict([], .limits(latency: 50)).kind == .inconclusive)
  }

  @Test func limitItselfIsMet() {
    #expect(
      verdict([.with("reference", latency: (50, 50))], .limits(latency: 50)).statement
        == "compression not required")
  }

  @Test func throughputIsMetFromBelow() throws {
    let requirement = Requirement(.throughput, limit: 30)
    func finding(_ lower: Double, _ upper: Double) throws -> Finding {
      let interval = try #require(Interval(lower, upper))
      return Assessment(
        requirement, .figure(Figure(value: lower, interval: interval, evidence: .measuredOnBoard))
      ).finding
    }
    #expect(try finding(30, 35) == .met)
    #expect(try finding(29, 31) == .straddles)
    #expect(try finding(20, 29.9) == .exceeded)
  }
}
