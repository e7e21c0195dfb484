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
