import RecordFixtures
import Records
import Statistics
import Testing

@testable import Sizing

@Suite struct RecordReaderTests {
  private func reading(_ record: RunRecord, _ metric: Metric) -> Reading {
    Candidate(record, requirements: Requirements([Requirement(metric, limit: 1)])).reading(of: metric)
  }

  private func why(_ reading: Reading) -> String? {
    if case .unknown(let why, _) = reading { why } else { nil }
  }

  @Test func latencyOnTheBoardIsItsPercentileWithTheOrderStatisticInterval() throws {
    let record = RunRecord.sample()
    let figure = try #require(reading(record, .latency(.p90)).figure)
    let expected = try #require(SampleSummary(record.measurement.samplesNanoseconds)?.percentile(0.9))
    #expect(figure.value == expected.value && figure.interval == expected.interval)
    #expect(figure.evidence == .measuredOnBoard)
  }

  @Test func percentileWithoutTheSamplesForItIsUnknown() {
    #expect(why(reading(.sample(), .latency(.p99))) == "300 samples do not support the p99")
    guard case .unknown(_, let next) = reading(.sample(), .latency(.p99)) else { return }
    #expect(next == "take at least 459 samples")
  }

  @Test func hostTimeIsNeverSoldAsTheDevices() {
    let record = RunRecord.sample(evidence: .measuredInSandbox)
    #expect(reading(record, .latency(.p90)).figure == nil)
    #expect(reading(record, .throughput).figure == nil)
    #expect(reading(record, .load).figure == nil)
    #expect(reading(record, .firstInference).figure == nil)
  }

  @Test func emulatedRunSaysNothingOfTheDevice() {
    let killed = Outcome.outOfMemory(limitBytes: 512 << 20, peakBytes: nil, phase: .load)
    for record in [RunRecord.sample(evidence: .emulated), .sample(evidence: .emulated, outcome: killed)] {
      for metric in [Metric.latency(.p90), .throughput, .load, .firstInference, .peakMemory, .disk] {
        #expect(why(reading(record, metric)) == "it ran under an emulator, which says nothing of the device")
      }
      #expect(Candidate(record, requirements: Requirements([])).misfit == nil)
    }
  }

  @Test func sandboxRunGivesItsMemoryAndItsProjectedLatency() throws {
    let band = try #require(Projection.Band(median: 6e7, lower: 3e7, upper: 9e7))
    let record = RunRecord.sample(evidence: .measuredInSandbox, projection: Projection(latency: band))
    let latency = try #require(reading(record, .latency(.p99)).figure)
    #expect(latency.value == 6e7 && latency.interval == Interval(3e7, 9e7) && latency.evidence == .projected)
    let throughput = try #require(reading(record, .throughput).figure)
    #expect(throughput.interval == Interval(1e9 / 9e7, 1e9 / 3e7))
    #expect(try #require(reading(record, .peakMemory).figure).evidence == .measuredInSandbox)
  }

  @Test func missingProjectionSaysWhatWasMissing() {
    let projection = Projection(latency: nil, missing: ["rpi4 has no f32PerCycle"])
    let record = RunRecord.sample(evidence: .measuredInSandbox, projection: projection)
    #expect(
      why(reading(record, .latency(.p90)))
        == "the time on the device cannot be projected: rpi4 has no f32PerCycle")
  }

  @Test func invalidRunGivesNoTimesButItsMemoryStands() {
    let record = RunRecord.sample(samples: [1, 2, 3])
    #expect(why(reading(record, .latency(.p90)))?.hasPrefix("the run is INVALID: 3 samples") == true)
    #expect(reading(record, .peakMemory).figure != nil)
  }

  @Test func outOfMemoryIsAFailedRequirementAndNotAnUnknown() throws {
    let killed = Outcome.outOfMemory(limitBytes: 512 << 20, peakBytes: 498 << 20, phase: .load)
    let record = RunRecord.sample(evidence: .measuredInSandbox, samples: [], outcome: killed)
    guard case .exceeds(let why, .measuredInSandbox) = reading(record, .peakMemory) else {
      Issue.record("expected that it does not fit")
      return
    }
    #expect(why == "killed at 498 MiB of 512 MiB during load")
    let decision = SizingDecision(records: [record], requirements: .limits(latency: 1000))
    #expect(decision.candidates[0].standing == .fails)
  }

  @Test func runStoppedAtATighterLimitThanIsAskedIsNoFailure() throws {
    let killed = Outcome.outOfMemory(limitBytes: 32 << 20, peakBytes: 31 << 20, phase: .load)
    let record = RunRecord.sample(evidence: .measuredInSandbox, samples: [], outcome: killed, peakMemory: nil)
    func standing(memory: Double) -> CandidateAssessment.Standing {
      SizingDecision(records: [record], requirements: .limits(memory: memory)).candidates[0].standing
    }
    #expect(standing(memory: 64) == .undetermined)
    #expect(standing(memory: 32) == .fails)
    #expect(standing(memory: 16) == .fails)
  }

  @Test func failedRunLeavesEverythingUnknown() throws {
    let band = try #require(Projection.Band(median: 1e6, lower: 1e6, upper: 1e6))
    let record = RunRecord.sample(
      evidence: .measuredInSandbox, samples: [], outcome: .failed(message: "no such operator"),
      projection: Projection(latency: band))
    #expect(why(reading(record, .latency(.p90))) == "the agent failed: no such operator")
    #expect(
      SizingDecision(records: [record], requirements: .limits(latency: 50)).verdict.kind == .inconclusive)
  }

  @Test func throughputHoldsTheInverseOfTheMean() throws {
    let record = RunRecord.sample()
    let figure = try #require(reading(record, .throughput).figure)
    let mean = try #require(SampleSummary(record.measurement.samplesNanoseconds)?.mean)
    #expect(figure.interval.contains(1e9 / mean))
    // 300 samples within 1 % of 40 ms: the mean is known to far better than 1 %.
    #expect(figure.interval.width < 0.01 * figure.value)
  }

  @Test func referenceLosesNoAccuracyByDefinition() throws {
    let figure = try #require(reading(.sample(), .accuracyDrop).figure)
    #expect(figure.interval == Interval(0, 0))
    #expect(figure.evidence == .byDefinition)
    #expect(reading(.sample(precision: "f16"), .accuracyDrop).figure == nil)
  }

  @Test func accuracyOnLabelledDataCounts() throws {
    var record = RunRecord.sample(variant: "int8-static")
    record.accuracy = Accuracy(
      metric: "top-1", value: 0.70, reference: 0.72, drop: Interval(0.01, 0.03), inputCount: 5000,
      dataset: "val")
    #expect(try #require(reading(record, .accuracyDrop).figure).interval == Interval(0.01, 0.03))
  }

  @Test func agreementOnTheUsersInputsBoundsTheDrop() throws {
    var record = RunRecord.sample(variant: "int8-static")
    record.fidelity = Fidelity(agreeingInputs: 1000, inputCount: 1000, cosine: 0.99, inputs: .dataset)
    let figure = try #require(reading(record, .accuracyDrop).figure)
    // Wilson's upper end for 0 of 1000: z^2 / (n + z^2) with z = 1.96.
    #expect(abs(figure.interval.upper - 3.8415 / 1003.8415) < 1e-5)
    #expect(figure.interval.lower == -figure.interval.upper)
  }

  @Test func agreementOnMadeUpInputsSaysNothingOfAccuracy() {
    var record = RunRecord.sample(variant: "int8-static")
    record.fidelity = Fidelity(agreeingInputs: 1000, inputCount: 1000, cosine: 1, inputs: .synthetic)
    #expect(
      why(reading(record, .accuracyDrop)) == "the accuracy is unknown: made-up inputs say nothing of the task"
    )
  }
}
