import Foundation
import RecordFixtures
import Records
import Statistics
import Testing

@testable import Sizing

@Suite struct ComparisonTests {
  private func record(
    _ factor: Double, seed: UInt64 = 3, threads: Int = 4, evidence: Evidence = .measuredOnBoard
  ) -> RunRecord {
    var generator = SeededGenerator(seed: seed)
    let samples = (0..<300).map { _ in Int64(1e7 * factor * (1 + 0.01 * generator.unitInterval())) }
    return .sample(threads: threads, evidence: evidence, samples: samples)
  }

  @Test func clearSlowdownIsARegressionWithItsRatio() throws {
    let comparison = Comparison(old: record(1), new: record(1.1, seed: 4))
    guard case .slower(let change) = comparison.outcome else {
      Issue.record("expected slower, not \(comparison.outcome)")
      return
    }
    #expect(comparison.isRegression)
    #expect(change.interval.contains(1.1))
    #expect(change.pValue < 1e-10)
  }

  @Test func speedUpIsNoRegression() {
    let comparison = Comparison(old: record(1), new: record(0.8, seed: 4))
    guard case .faster = comparison.outcome else {
      Issue.record("expected faster, not \(comparison.outcome)")
      return
    }
    #expect(!comparison.isRegression)
  }

  @Test func differenceOfTheSizeThatRunsDifferByIsNoChange() {
    // One per cent: clear to the test, but less than two runs of one program differ by.
    guard case .unchanged(let change) = Comparison(old: record(1), new: record(1.01, seed: 4)).outcome else {
      Issue.record("expected no change")
      return
    }
    #expect(change.pValue < 0.01)
  }

  @Test func shiftBetweenTwoModesIsNoRegressionWhileTheMedianIsNotKnown() throws {
    // Half of the samples at 10 ms, half at 20.2; then 62 % at 20: the ranks shift clearly, but the old median's interval
    // reaches from one mode to the other.
    func record(slow: Int64, percent: Int) -> RunRecord {
      .sample(samples: (0..<600).map { ($0 * 37) % 100 < percent ? slow : 10_000_000 + Int64($0) })
    }
    let old = record(slow: 20_200_000, percent: 50)
    let new = record(slow: 20_000_000, percent: 62)
    guard case .unchanged(let change) = Comparison(old: old, new: new).outcome
    else {
      Issue.record("expected no change")
      return
    }
    #expect(change.pValue < 0.01 && change.ratio > 1.02 && change.interval.contains(1))
  }

  @Test func equalDistributionsRarelyDiffer() {
    let count = (0..<200).count { trial in
      let (old, new) = (record(1, seed: UInt64(2 * trial)), record(1, seed: UInt64(2 * trial + 1)))
      if case .unchanged = Comparison(old: old, new: new).outcome { return false }
      return true
    }
    #expect(count == 0, "seeds 0 to 399")
  }

  @Test func figuresOfDifferentEvidenceAreNotCompared() {
    let comparison = Comparison(old: record(1), new: record(2, evidence: .measuredInSandbox))
    #expect(
      comparison.outcome == .incomparable(why: "the old was measured on board, the new measured in sandbox"))
    #expect(!comparison.isRegression)
  }

  @Test func invalidRunsAreNotCompared() {
    let short = RunRecord.sample(samples: [1, 2, 3])
    guard case .incomparable(let why) = Comparison(old: record(1), new: short).outcome else {
      Issue.record("expected incomparable")
      return
    }
    #expect(why.hasPrefix("the new run is INVALID"))
  }

  @Test func setsAreMatchedByConfigurationAndTheRestIsNamed() {
    let report = ComparisonReport(
      old: [record(1), record(1, threads: 1)], new: [record(1.2, seed: 8), record(1, threads: 2)])
    #expect(report.comparisons.count == 1)
    #expect(report.hasRegression)
    #expect(report.onlyOld == ["mobilenet_v2 on rpi4: reference, 1 thread"])
    #expect(report.onlyNew == ["mobilenet_v2 on rpi4: reference, 2 threads"])
  }
}

@Suite struct GateTests {
  private func requirements(_ json: String) throws -> GateRequirements {
    try JSONDecoder().decode(GateRequirements.self, from: Data(json.utf8))
  }

  private let records = [
    RunRecord.sample(samples: RunRecord.steady(median: 80_000_000)),
    .sample(variant: "int8-static", samples: RunRecord.steady(median: 30_000_000)),
  ]

  @Test func passesWhereAConfigurationMeetsEveryLimit() throws {
    #expect(try Gate(records: records, requirements: requirements(#"{"latency": "p90<=50ms"}"#)).isPassed)
    #expect(try !Gate(records: records, requirements: requirements(#"{"latency": "p90<=20ms"}"#)).isPassed)
  }

  @Test func variantNamedInTheFileIsTheOnlyOneLetThrough() throws {
    let file = try requirements(#"{"latency": "p90<=50ms", "variant": "reference"}"#)
    #expect(try !Gate(records: records, requirements: file).isPassed)
  }

  @Test func limitsOfAModelReplaceTheGeneralOnes() throws {
    let file = try requirements(
      #"{"latency": "p90<=1ms", "memory": "64 MiB", "models": {"mobilenet_v2": {"latency": "p90<=50ms"}}}"#)
    let gate = try Gate(records: records, requirements: file)
    #expect(gate.isPassed)
    #expect(
      gate.results[0].decision.requirements.list.map(\.text) == [
        "p90 latency <= 50 ms", "peak memory <= 64 MiB",
      ])
  }

  @Test func unknownFigureDoesNotPass() throws {
    let file = try requirements(#"{"latency": "p99<=500ms"}"#)
    // 300 samples do not support a p99.
    #expect(try !Gate(records: records, requirements: file).isPassed)
  }

  @Test func noRecordsAndNoLimitsDoNotPass() throws {
    #expect(try !Gate(records: [], requirements: requirements(#"{"latency": "p90<=50ms"}"#)).isPassed)
    #expect(try !Gate(records: records, requirements: requirements("{}")).isPassed)
  }

  @Test func modelThatNoRecordIsOfIsAnErrorAndNotAPass() throws {
    let file = try requirements(#"{"latency": "p90<=50ms", "models": {"mobilenet-v2": {}}}"#)
    let error = try #require(throws: RequirementError.self) { try Gate(records: records, requirements: file) }
    #expect(
      error.description
        == "models.mobilenet-v2 is a model that no record is of; expected one of mobilenet_v2.")
  }

  @Test func badLimitNamesItsKey() throws {
    let file = try requirements(#"{"models": {"mobilenet_v2": {"memory": "64 MB"}}}"#)
    let error = try #require(throws: RequirementError.self) { try Gate(records: records, requirements: file) }
    #expect(error.description.hasPrefix("models.mobilenet_v2.memory is '64 MB'"))
  }

  @Test func misspeltKeyIsAnError() {
    #expect(throws: DecodingError.self) { try requirements(#"{"latancy": "p90<=50ms"}"#) }
    #expect(throws: DecodingError.self) { try requirements(#"{"models": {"m": {"models": {}}}}"#) }
  }
}
