import Foundation
import RecordFixtures
import Testing

@testable import Records

@Suite struct ObservationLogTests {
  let folder =
    FileManager.default.temporaryDirectory.path + "/edgebench-history-\(UInt64.random(in: 0 ... .max))"
  private var path: String { "\(folder)/host/history.jsonl" }

  /// A measurement on a day after the first.
  private func observation(day: Int, median: Int64 = 40_000_000, variant: String = "reference") -> Observation
  {
    var record = RunRecord.sample(variant: variant, samples: RunRecord.steady(median: median))
    record.date = Date(timeIntervalSince1970: 1_700_000_000 + Double(day) * 86400)
    return Observation(record)
  }

  private func withLog(_ maximumCount: Int = 10_000, _ body: (ObservationLog) throws -> Void) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(ObservationLog(path: path, maximumCount: maximumCount))
  }

  @Test func absentHistoryIsEmpty() throws {
    try withLog { (log) throws in #expect(try log.load() == .init()) }
  }

  @Test func historyReadsBackInTheOrderOfDates() throws {
    try withLog { (log) throws in
      #expect(try log.merge([observation(day: 2), observation(day: 1)]) == 2)
      #expect(try log.load().observations == [observation(day: 1), observation(day: 2)])
    }
  }

  @Test func nothingIsThereTwice() throws {
    try withLog { (log) throws in
      try log.merge([observation(day: 1)])
      #expect(try log.merge([observation(day: 1), observation(day: 2), observation(day: 2)]) == 1)
      #expect(try log.load().observations.count == 2)
    }
  }

  @Test func boundSparesTheReferencesAndTheNewest() throws {
    try withLog(4) { (log) throws in
      try log.merge((0..<9).map { observation(day: $0) } + [observation(day: 3, variant: "int8-static")])
      let kept = try log.load().observations
      #expect(
        kept == [
          observation(day: 0), observation(day: 3, variant: "int8-static"), observation(day: 7),
          observation(day: 8),
        ])
    }
  }

  @Test(arguments: ["{}", "null", "not JSON", #"{"date":"x"}"#, "[1]", "\u{0}"])
  func lineThatIsNoneIsNamedAndNeverWrittenOver(line: String) throws {
    try withLog { (log) throws in
      try log.merge([observation(day: 1)])
      let before = try Data(contentsOf: URL(fileURLWithPath: path)) + Data((line + "\n").utf8)
      try before.write(to: URL(fileURLWithPath: path))
      let contents = try log.load()
      #expect(contents.observations == [observation(day: 1)])
      #expect(
        contents.problems.map(\.description) == ["\(path): line 2 is not an observation; it is left out."])
      #expect(throws: RecordError.self) { try log.merge([observation(day: 2)]) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  @Test func figuresThatNoMeasurementHasAreRefused() throws {
    try withLog { (log) throws in
      try log.merge([observation(day: 1)])
      let text = try String(contentsOfFile: path, encoding: .utf8)
      for (figure, hostile) in [
        (#""threads":4"#, #""threads":-4"#), (#""samples":300"#, #""samples":-1"#),
        (#""samples":300"#, #""samples":99999999"#),
      ] {
        try #require(text.contains(figure))
        try text.replacingOccurrences(of: figure, with: hostile)
          .write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try log.load().problems.count == 1)
      }
    }
  }

  @Test func driftIsTheLatestMedianOverTheFirst() throws {
    let drift = try #require(
      ObservationDrift(of: [
        observation(day: 9, median: 44_000_000), observation(day: 5), observation(day: 1),
      ]))
    // The samples lie within half a per cent of their median.
    #expect(abs(drift.ratio - 1.1) < 0.011)
    #expect(drift.isBeyondNoise == true)
    #expect(drift.reference == observation(day: 1))
  }

  @Test func sameSamplesAreNoDrift() throws {
    let drift = try #require(ObservationDrift(of: [observation(day: 1), observation(day: 2)]))
    #expect(drift.ratio == 1)
    #expect(drift.isBeyondNoise == false)
  }

  @Test func oneMeasurementHasNoDriftAndInvalidOnesDoNotCount() {
    var disturbed = observation(day: 2, median: 90_000_000)
    disturbed.invalid = ["throttled"]
    #expect(ObservationDrift(of: [observation(day: 1)]) == nil)
    #expect(ObservationDrift(of: [observation(day: 1), disturbed]) == nil)
  }
}
