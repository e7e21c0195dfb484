import Foundation
import Testing

@testable import Statistics

@Suite struct PercentileTests {
  // Hyndman and Fan's type 7 as published: Wikipedia, "Percentile", linear interpolation, C = 1.
  @Test(arguments: [
    ([15.0, 20, 35, 40, 50], 0.4, 29.0), ([15, 20, 35, 40, 50], 0.05, 16), ([1, 2, 3, 4], 0.75, 3.25),
    ([1, 2, 3, 4], 0, 1), ([1, 2, 3, 4], 1, 4), ([7], 0.99, 7),
  ])
  func estimatorIsHyndmanAndFansType7(sorted: [Double], quantile: Double, expected: Double) throws {
    let value = try #require(Percentile.estimate(quantile, ofSorted: sorted))
    // One product and two sums of numbers up to 50.
    #expect(abs(value - expected) <= 4 * 50.0.ulp)
  }

  @Test func estimateOfNothingIsNothing() {
    #expect(Percentile.estimate(0.5, ofSorted: []) == nil)
    #expect(Percentile.estimate(1.01, ofSorted: [1]) == nil)
    #expect(Percentile.estimate(.nan, ofSorted: [1]) == nil)
  }

  @Test(arguments: [(0.90, 44), (0.95, 90), (0.99, 459), (0.999, 4603)])
  func sampleCountRuleAt99PercentConfidence(quantile: Double, count: Int) {
    #expect(Percentile.minimumSampleCount(for: quantile) == count)
  }

  @Test(arguments: [0.001, 0.01, 0.1, 0.25, 0.5, 0.6, 0.75, 0.9, 0.95, 0.99], [0.5, 0.8, 0.95, 0.99, 0.999])
  func sampleCountRuleIsTheLeastThatCovers(quantile: Double, confidence: Double) throws {
    let count = try #require(Percentile.minimumSampleCount(for: quantile, confidence: confidence))
    func covers(_ n: Int) -> Bool {
      1 - pow(quantile, Double(n)) - pow(1 - quantile, Double(n)) >= confidence
    }
    #expect(covers(count))
    #expect(count == 1 || !covers(count - 1))
  }

  @Test(arguments: [(0.0, 0.99), (1, 0.99), (0.5, 0), (0.5, 1), (.nan, 0.9), (-1, 0.9)])
  func sampleCountRuleAnswersNothingForNonsense(quantile: Double, confidence: Double) {
    #expect(Percentile.minimumSampleCount(for: quantile, confidence: confidence) == nil)
  }

  // Ranks of the 95 % interval of the median, as tabulated in Conover, "Practical Nonparametric Statistics", table A3.
  @Test(arguments: [
    (6, 1, 6), (8, 1, 8), (9, 2, 8), (10, 2, 9), (15, 4, 12), (20, 6, 15), (25, 8, 18), (50, 18, 33),
  ])
  func ranksOfTheMediansIntervalAreThePublishedOnes(count: Int, lower: Int, upper: Int) throws {
    let ranks = try #require(Percentile.ranks(0.5, count: count, confidence: 0.95))
    #expect(ranks.lower == lower)
    #expect(ranks.upper == upper)
  }

  @Test(arguments: [0.05, 0.1, 0.5, 0.9, 0.95, 0.99], [0.9, 0.95, 0.99])
  func rankIntervalCoversWheneverTheRuleSaysSo(quantile: Double, confidence: Double) throws {
    let minimum = try #require(Percentile.minimumSampleCount(for: quantile, confidence: confidence))
    for count in [minimum - 1, minimum, minimum + 1, minimum + 7, 2 * minimum, 700] where count > 0 {
      let ranks = Percentile.ranks(quantile, count: count, confidence: confidence)
      #expect((ranks != nil) == (count >= minimum), "count \(count)")
      guard let ranks else { continue }
      let coverage = (ranks.lower..<ranks.upper).map { chance(of: $0, in: count, quantile) }.reduce(0, +)
      // Up to 700 terms from lgamma, each to about 1e-12.
      #expect(coverage >= confidence - 1e-9, "count \(count), ranks \(ranks)")
      #expect(1 <= ranks.lower && ranks.upper <= count)
    }
  }

  /// The binomial probability by logarithms of factorials: another way than the one under test.
  private func chance(of successes: Int, in trials: Int, _ probability: Double) -> Double {
    let n = Double(trials)
    let k = Double(successes)
    let ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(probability) + (n - k) * log(1 - probability))
  }

  @Test func binomialHoldsTogetherForAMillionTrials() {
    let binomial = Binomial(trials: 1_000_000, probability: 0.999)
    let mean = binomial.masses.enumerated().reduce(0.0) {
      $0 + Double(binomial.first + $1.offset) * $1.element
    }
    // About 30 * sqrt(1000) terms, each off by at most 1e-12 of itself.
    #expect(abs(mean - 999_000) < 1e-3)
    #expect(abs(binomial.probability(from: 0, below: 1_000_001) - 1) < 1e-9)
  }

  /// The promise itself: the interval holds the distribution's true percentile at least as often as stated.
  @Test(arguments: [(0.5, 60), (0.9, 44), (0.9, 300), (0.99, 459)])
  func intervalHoldsTheTruePercentileAsOftenAsStated(quantile: Double, count: Int) throws {
    let seed: UInt64 = 20_240_607
    var generator = SeededGenerator(seed: seed)
    let runs = 2000
    let confidence = 0.95
    let truth = -log(1 - quantile)  // of the exponential distribution, skewed as latencies are
    var held = 0
    for _ in 0..<runs {
      let sorted = (0..<count).map { _ in -log(1 - generator.unitInterval()) }.sorted()
      let interval = try #require(Percentile.interval(quantile, ofSorted: sorted, confidence: confidence))
      held += interval.contains(truth) ? 1 : 0
    }
    // Four standard deviations of a count of 2000 draws at 95 %.
    let tolerance = 4 * (confidence * (1 - confidence) / Double(runs)).squareRoot()
    #expect(Double(held) / Double(runs) >= confidence - tolerance, "seed \(seed): \(held) of \(runs)")
  }
}
