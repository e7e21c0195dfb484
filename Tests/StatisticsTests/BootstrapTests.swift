import Testing

@testable import Statistics

@Suite struct BootstrapTests {
  // Published outputs of SplitMix64 for the seed 1234567 (Rosetta Code, "Pseudo-random numbers/Splitmix64").
  @Test func generatorIsSplitMix64() {
    var generator = SeededGenerator(seed: 1_234_567)
    let drawn = (0..<5).map { _ in generator.next() }
    #expect(
      drawn == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func indexStaysBelowItsBoundAndReachesEveryValue() {
    var generator = SeededGenerator(seed: 3)
    let drawn = Set((0..<1000).map { _ in generator.index(below: 7) })
    #expect(drawn == Set(0..<7))
  }

  @Test func sameSeedGivesTheSameInterval() {
    let samples = (0..<50).map { Double(($0 * 37) % 50) }
    #expect(Bootstrap(seed: 7).intervalOfMedian(samples) == Bootstrap(seed: 7).intervalOfMedian(samples))
    #expect(Bootstrap(seed: 7).intervalOfMean(samples) != Bootstrap(seed: 8).intervalOfMean(samples))
  }

  @Test func intervalOfTheMeanHoldsItAboutAsOftenAsStated() throws {
    let seed: UInt64 = 11
    var generator = SeededGenerator(seed: seed)
    let runs = 300
    var held = 0
    for run in 0..<runs {
      let samples = (0..<40).map { _ in generator.unitInterval() }
      let interval = try #require(
        Bootstrap(seed: UInt64(run), resampleCount: 300).intervalOfMean(samples))
      held += interval.contains(0.5) ? 1 : 0
    }
    // Four standard deviations of 300 draws at 95 %, and 2 % for 40 samples and 300 resamples being few.
    let tolerance = 4 * (0.05 * 0.95 / Double(runs)).squareRoot() + 0.02
    #expect(abs(Double(held) / Double(runs) - 0.95) <= tolerance, "seed \(seed): \(held) of \(runs)")
  }

  @Test func ratioOfMediansHoldsTheTrueRatio() throws {
    var generator = SeededGenerator(seed: 12)
    let slow = (0..<100).map { _ in 200 + 10 * generator.unitInterval() }
    let fast = (0..<80).map { _ in 100 + 5 * generator.unitInterval() }
    let ratio = try #require(Bootstrap(seed: 1).intervalOfMedianRatio(slow, over: fast))
    #expect(ratio.contains(2))
    #expect(ratio.width < 0.05)
  }

  @Test func tooFewSamplesGiveNoInterval() {
    #expect(Bootstrap(seed: 1).intervalOfMean([1]) == nil)
    #expect(Bootstrap(seed: 1).intervalOfMedianRatio([1, 2], over: [0, 0]) == nil)
  }

  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (score, no continuity correction).
  @Test(arguments: [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
  ])
  func wilsonIntervalIsThePublishedOne(successes: Int, count: Int, lower: Double, upper: Double) throws {
    let interval = try #require(Proportion.wilsonInterval(successes: successes, of: count))
    // Printed to four places.
    #expect(abs(interval.lower - lower) <= 0.00005)
    #expect(abs(interval.upper - upper) <= 0.00005)
  }

  @Test func wilsonIntervalAnswersNothingForNonsense() {
    #expect(Proportion.wilsonInterval(successes: 2, of: 1) == nil)
    #expect(Proportion.wilsonInterval(successes: 0, of: 0) == nil)
  }
}
