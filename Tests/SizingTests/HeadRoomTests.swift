import RecordFixtures
import Records
import Testing

@testable import Sizing

@Suite struct HeadRoomTests {
  private func beside(_ median: Int64) -> RunRecord {
    var record = RunRecord.sample(samples: RunRecord.steady(median: median))
    record.measurement.companion = Companion(command: "gateway --all", ranToTheEnd: true)
    return record
  }

  @Test func otherWorkCostsWhatTheLatencyGrowsBy() throws {
    let limits = Requirements([Requirement(.latency(.p90), limit: 100e6)])
    let room = try #require(
      HeadRoom(alone: .sample(), beside: beside(56_000_000), requirements: limits))
    // 56 ms in place of 40 ms; both spread by half a per cent.
    #expect(abs(room.ratio - 1.4) < 0.014)
    #expect(abs(try #require(room.share) - 0.44) < 0.005)
    #expect(room.sentence.hasPrefix("reference, 4 threads beside 'gateway --all': p90 latency 56."))
    #expect(room.sentence.hasSuffix("44 % of the limit is left"))
  }

  @Test func exceededLimitIsSaidSo() throws {
    let limits = Requirements([Requirement(.latency(.p90), limit: 50e6)])
    let room = try #require(HeadRoom(alone: .sample(), beside: beside(60_000_000), requirements: limits))
    #expect(room.sentence.hasSuffix("20 % over the limit"))
  }

  @Test func withoutOtherWorkThereIsNone() throws {
    #expect(
      HeadRoom(alone: .sample(), beside: .sample(), requirements: Requirements()) == nil)
  }

  private func counted(_ instructions: Int64) -> RunRecord {
    var record = RunRecord.sample(evidence: .emulated)
    record.measurement.instructions = instructions
    return record
  }

  @Test func instructionsAreComparedExactlyAndEmulatedTimesAreNot() throws {
    let report = ComparisonReport(old: [counted(1_000_000)], new: [counted(1_020_000)])
    let comparison = try #require(report.comparisons.first)
    #expect(comparison.instructions?.ratio == 1.02)
    guard case .incomparable = comparison.outcome else {
      Issue.record("times under an emulator were compared")
      return
    }
    #expect(report.instructionGrowth(beyond: 0.01).count == 1)
    #expect(report.instructionGrowth(beyond: 0.02).isEmpty)
    #expect(ComparisonReport(old: [.sample()], new: [.sample()]).instructionGrowth(beyond: 0).isEmpty)
  }
}
