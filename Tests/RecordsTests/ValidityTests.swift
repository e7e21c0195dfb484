import RecordFixtures
import Records
import Statistics
import Testing

@Suite struct ValidityTests {
  @Test func steadyRunIsValidWithoutWarnings() {
    let validity = RunRecord.sample().validity
    #expect(validity.word == "VALID")
    #expect(validity.warnings.isEmpty)
  }

  @Test func tooFewSamplesAreInvalid() {
    let reasons = RunRecord.sample(samples: [1, 2, 3, 4, 5, 6, 7]).validity.reasons
    #expect(reasons == ["7 samples; the median's interval needs 8. Measure longer"])
    #expect(RunRecord.sample(samples: [1, 2, 3, 4, 5, 6, 7, 8]).validity.isValid)
  }

  @Test func governorIsAWarningThatSaysWhatItDoes() {
    var record = RunRecord.sample()
    record.environment?.governors = ["performance", "ondemand"]
    #expect(
      record.validity.warnings == [
        "the clock's governor is 'ondemand': latencies follow the clock. See docs/reducing-variance.md#governor."
      ])
    #expect(record.validity.isValid)
  }

  @Test(arguments: [(0, true, 0), (19, true, 0), (20, true, 1), (99, true, 1), (100, false, 0)])
  func stealTimeWarnsFromOneAndInvalidatesFromFivePerCent(steal: Int64, isValid: Bool, warnings: Int) {
    var record = RunRecord.sample()
    record.environment?.before.ticks = .init(total: 0, steal: 0)
    record.environment?.after?.ticks = .init(total: 2000, steal: steal)
    #expect(record.validity.isValid == isValid)
    #expect(record.validity.warnings.count == warnings)
  }

  @Test func pagesReadWhileSamplingWarn() {
    var record = RunRecord.sample()
    record.measurement.majorFaults = 0
    #expect(record.validity.warnings == [])
    record.measurement.majorFaults = 12
    #expect(record.validity.isValid)
    #expect(record.validity.warnings.count == 1)
    #expect(record.validity.warnings.first?.hasPrefix("12 pages were read from storage") == true)
  }

  @Test(arguments: [(1.02, true, 0), (1.06, true, 1), (1.3, false, 0), (0.8, false, 0)])
  func driftOfTheSamplesIsJudged(factor: Double, isValid: Bool, warnings: Int) {
    let samples = RunRecord.steady(median: 40_000_000)
    let drifting = samples.enumerated().map { index, sample in
      Int64(Double(sample) * (1 + (factor - 1) * Double(index) / Double(samples.count - 1)))
    }
    let validity = RunRecord.sample(samples: drifting).validity
    #expect(validity.isValid == isValid)
    #expect(validity.warnings.count == warnings)
  }

  @Test func throttlingIsNamedWhereTheClockSank() throws {
    let samples = (0..<200).map { Int64(1_000_000 + $0 * 2000) }
    var record = RunRecord.sample(samples: samples)
    record.environment?.after?.clockHertz = 1.0e9
    let reason = try #require(record.validity.reasons.first)
    // First tenth's median is 1.019, the last's 1.379 ms: 35 % more. 1.0 of 1.5 GHz is a third less.
    #expect(
      reason
        == "the last tenth of the samples is 35 % slower than the first and the clock sank by 33 %: throttled; cool it, or measure sustained load"
    )
  }

  @Test func manyFarOutliersAreAWarning() {
    var samples = RunRecord.steady(median: 1_000_000)
    for index in stride(from: 0, to: 300, by: 15) { samples[index] = 9_000_000 }
    let validity = RunRecord.sample(samples: samples).validity
    #expect(validity.isValid)
    #expect(validity.warnings.count == 1)
    #expect(
      validity.warnings.first?.hasPrefix("20 of 300 samples (6.7 %) lie beyond Tukey's outer fence") == true)
  }

  @Test func notFittingIsAResultAndNotAFailure() {
    let killed = Outcome.outOfMemory(limitBytes: 512 << 20, peakBytes: nil, phase: .load)
    #expect(RunRecord.sample(samples: [], outcome: killed).validity.isValid)
    #expect(!RunRecord.sample(samples: [], outcome: .failed(message: "boom")).validity.isValid)
    let slow = Outcome.timedOut(afterNanoseconds: 5_000_000_000, phase: .steadyState)
    #expect(
      RunRecord.sample(samples: [], outcome: slow).validity.reasons
        == ["stopped after 5.00 s during the steady state; allow more time, or a smaller model"])
  }

  @Test func evidenceIsOrderedByTrust() {
    #expect(Evidence.measuredOnBoard > .measuredInSandbox)
    #expect(Evidence.measuredInSandbox > .projected)
    #expect(Evidence.projected > .emulated)
    #expect(Evidence.weakest([.measuredOnBoard, .projected]) == .projected)
    // What needs no measurement weakens no verdict.
    #expect(Evidence.weakest([.byDefinition, .measuredOnBoard]) == .measuredOnBoard)
    #expect(Evidence.weakest([]) == nil)
  }

  @Test func disagreementBoundsTheDropOfAccuracy() throws {
    let fidelity = Fidelity(agreeingInputs: 100, inputCount: 100, cosine: nil, inputs: .dataset)
    let disagreement = try #require(fidelity.disagreement)
    #expect(disagreement.lower == 0)
    // Wilson's upper end for 0 of 100: z^2 / (n + z^2) with z = 1.96.
    #expect(abs(disagreement.upper - 3.8415 / 103.8415) < 1e-4)
  }

  @Test func throttlingDuringTheRunInvalidatesIt() {
    // Bit 2: throttled now; bit 18: it has happened since the board started. Of both, before the run only the latter.
    let before = ThrottleFlags(rawValue: 0x40000)
    #expect(Validity.Rules.throttling(before, before: before) == nil)
    #expect(ThrottleFlags(rawValue: 0x40004).events(since: before) == ["throttled"])
    // Under-voltage came and went while it ran.
    let after = ThrottleFlags(rawValue: 0x50000)
    #expect(after.events(since: before) == ["under-voltage"])
    guard case .invalid(let reason)? = Validity.Rules.throttling(after, before: before) else {
      Issue.record("expected INVALID")
      return
    }
    #expect(reason.contains("under-voltage"))
    #expect(Validity.Rules.throttling(nil, before: before) == nil)
  }
}
