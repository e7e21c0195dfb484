import Statistics
import Testing

@Suite struct PairedProportionsTests {
  @Test func theIntervalIsWiderThanNothingWhereNothingDiffers() throws {
    let same = PairedProportions(onlyFirst: 0, onlySecond: 0, of: 100)
    let interval = try #require(same.scoreInterval())
    // The score interval of no difference in n samples ends at z^2 / (n + z^2).
    let bound = 1.96 * 1.96 / (100 + 1.96 * 1.96)
    #expect(abs(interval.upper - bound) < 1e-4)
    #expect(abs(interval.lower + bound) < 1e-4)
  }

  @Test func theIntervalHoldsTheDropAndTurnsWithTheSides() throws {
    for (b, c) in [(3, 1), (10, 0), (0, 7), (20, 25), (50, 50)] {
      let paired = PairedProportions(onlyFirst: b, onlySecond: c, of: 100)
      let interval = try #require(paired.scoreInterval())
      #expect(interval.contains(try #require(paired.drop)))
      let turned = try #require(PairedProportions(onlyFirst: c, onlySecond: b, of: 100).scoreInterval())
      #expect(abs(interval.lower + turned.upper) < 1e-9 && abs(interval.upper + turned.lower) < 1e-9)
    }
  }

  @Test func theIntervalHoldsTheTruthAsOftenAsItSays() throws {
    // 500 samples; the second loses 4 % and gains 2 %: a drop of 2 %.
    var random = SeededGenerator(seed: 5)
    var held = 0
    let trials = 1000
    for _ in 0..<trials {
      var (b, c) = (0, 0)
      for _ in 0..<500 {
        let draw = random.unitInterval()
        if draw < 0.04 { b += 1 } else if draw < 0.06 { c += 1 }
      }
      let interval = PairedProportions(onlyFirst: b, onlySecond: c, of: 500).scoreInterval()
      if try #require(interval).contains(0.02) { held += 1 }
    }
    // 95 %; three standard deviations of 1000 trials are 2 %.
    #expect(abs(Double(held) / Double(trials) - 0.95) < 0.025)
  }

  @Test func theTestCountsExactly() {
    // 2 * (1 + 8) / 2^8 with 7 of 8 on one side.
    #expect(abs(PairedProportions(onlyFirst: 7, onlySecond: 1, of: 50).pValue - 18.0 / 256) < 1e-12)
    #expect(PairedProportions(onlyFirst: 0, onlySecond: 0, of: 50).pValue == 1)
    #expect(PairedProportions(onlyFirst: 4, onlySecond: 4, of: 50).pValue == 1)
    #expect(PairedProportions(onlyFirst: 3, onlySecond: 0, of: 50).isWithinNoise)
    #expect(!PairedProportions(onlyFirst: 9, onlySecond: 1, of: 50).isWithinNoise)
  }

  @Test func tooFewSamplesHaveNoInterval() {
    #expect(PairedProportions(onlyFirst: 0, onlySecond: 0, of: 9).scoreInterval() == nil)
  }
}
