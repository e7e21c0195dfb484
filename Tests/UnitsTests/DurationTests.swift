import Testing
import Units

@Suite struct DurationTests {
  @Test(
    arguments: [
      ("50ms", 50_000_000), ("1.5 s", 1_500_000_000), ("200us", 200_000), ("200 µs", 200_000),
      ("200 μs", 200_000),
      ("10m", 600_000_000_000), ("10 min", 600_000_000_000), ("2h", 7_200_000_000_000), ("3 ns", 3),
      ("0 s", 0),
      ("0.1 ns", 0), ("0.5 ns", 1), ("0.000001 ms", 1),
    ] as [(String, Int64)])
  func readsADuration(text: String, nanoseconds: Int64) throws {
    #expect(try Duration(parsing: text) == .nanoseconds(nanoseconds))
  }

  @Test(arguments: ["50", "50 MS", "ms", "-1 ms", "1 d", "nan s", "1e9 s", "", "5 0ms"])
  func refusesWhatIsNotADuration(text: String) {
    #expect(throws: UnitError(found: text, expected: "a duration such as '50ms'")) {
      try Duration(parsing: text)
    }
  }

  @Test func refusesMoreNanosecondsThanSixtyFourBitsHold() throws {
    #expect(try Duration(parsing: "9223372036 s").nanoseconds == 9_223_372_036_000_000_000)
    #expect(throws: UnitError.self) { try Duration(parsing: "9223372037 s") }
    #expect(throws: UnitError.self) { try Duration(parsing: "99999999999999999999 h") }
  }

  @Test func countsNanosecondsTowardsZeroAndWithinBounds() {
    #expect(Duration(secondsComponent: 1, attosecondsComponent: 999_999_999).nanoseconds == 1_000_000_000)
    #expect(Duration.seconds(-2).nanoseconds == -2_000_000_000)
    #expect(Duration.seconds(Int64.max).nanoseconds == .max)
    #expect(Duration.seconds(Int64.min / 2).nanoseconds == .min)
  }

  @Test(
    arguments: [
      (0, "0 s"), (1, "1.00 ns"), (26_000, "26.0 µs"), (412_300_000, "412 ms"), (1_054_000_000, "1.05 s"),
      (999_600, "1.00 ms"), (999_499, "999 µs"), (9_996, "10.0 µs"), (99_960, "100 µs"),
      (599_400_000_000, "599 s"),
      (750_000_000_000, "12.5 min"), (36_000_000_000_000, "10.0 h"), (-412_000_000, "-412 ms"),
    ] as [(Int64, String)])
  func printsThreeSignificantDigits(nanoseconds: Int64, text: String) {
    #expect(Duration.nanoseconds(nanoseconds).shortText == text)
  }
}
