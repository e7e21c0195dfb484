import Testing

@testable import Statistics

@Suite struct SampleSummaryTests {
  @Test func refusesNothingAndWhatIsNotFinite() {
    #expect(SampleSummary([Double]()) == nil)
    #expect(SampleSummary([1, .nan]) == nil)
    #expect(SampleSummary([.infinity]) == nil)
  }

  @Test func meanDeviationAndMedianOfAKnownList() throws {
    let summary = try #require(SampleSummary([2.0, 4, 4, 4, 5, 5, 7, 9]))
    #expect(abs(summary.mean - 5) < 1e-12)
    // Sum of squares 32 over n - 1 = 7.
    #expect(abs(try #require(summary.standardDeviation) - (32.0 / 7).squareRoot()) < 1e-12)
    #expect(summary.median == 4.5)
    #expect(summary.medianAbsoluteDeviation == 0.5)
    #expect(summary.minimum == 2 && summary.maximum == 9)
  }

  @Test func meanOfHugeNumbersIsExact() throws {
    let summary = try #require(
      SampleSummary([Double.greatestFiniteMagnitude / 2, .greatestFiniteMagnitude / 2]))
    #expect(summary.mean == Double.greatestFiniteMagnitude / 2)
  }

  @Test func percentileIsAbsentWithoutTheSamplesForIt() throws {
    let few = try #require(SampleSummary((1...43).map(Double.init)))
    let enough = try #require(SampleSummary((1...44).map(Double.init)))
    #expect(few.percentile(0.9) == nil)
    let p90 = try #require(enough.percentile(0.9))
    #expect(p90.interval.upper == 44)
    #expect(p90.interval.contains(p90.value))
  }

  @Test func deviationOfOneSampleIsAbsent() throws {
    #expect(try #require(SampleSummary([3.0])).standardDeviation == nil)
  }

  @Test func outliersAreCountedByTukeysFences() throws {
    // Quartiles 3 and 9 of 0...12: inner fences -6 and 18, outer -15 and 27.
    let inside = (0...12).map(Double.init)
    #expect(Outliers(try #require(SampleSummary(inside))).mild == 0)
    let outliers = Outliers(
      try #require(
        SampleSummary(Array(repeating: inside, count: 9).flatMap { $0 } + [-16.0, -7, 19, 28, 40])))
    #expect(outliers.severeLow == 1)
    #expect(outliers.mildLow == 1)
    #expect(outliers.mildHigh == 1)
    #expect(outliers.severeHigh == 2)
  }

  @Test func driftSeesASlowdownAndNotASteadyRun() throws {
    var generator = SeededGenerator(seed: 5)
    let steady = (0..<200).map { _ in 100 + generator.unitInterval() }
    let calm = try #require(Drift(steady))
    #expect(abs(calm.ratio - 1) < 0.01)
    let slowing = steady.enumerated().map { $1 * (1 + 0.2 * Double($0) / 199) }
    let drift = try #require(Drift(slowing))
    // First tenth around index 9.5, last around 189.5: (1 + 0.2 * 0.952) / (1 + 0.2 * 0.048) = 1.179, noise 1 %.
    #expect(abs(drift.ratio - 1.179) < 0.01)
    #expect(drift.pValue < 1e-4)
    #expect(Drift(Array(steady.prefix(39))) == nil)
  }
}
