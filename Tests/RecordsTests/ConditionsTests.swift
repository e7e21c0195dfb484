import Foundation
import RecordFixtures
@testable import Records
import Testing

/// What the machine did while it was measured, and what that makes of the run.
@Suite struct ConditionsTests {
  @Test(arguments: [(1500, 0, true), (1430, 0, true), (1400, 1, true), (1340, 0, false), (600, 0, false)])
  func clockThatVariesWarnsFromFiveAndInvalidatesFromTenPerCent(
    lowestMegahertz: Int64, warnings: Int, isValid: Bool
  ) {
    var record = RunRecord.sample()
    record.measurement.clock = MeasuredClock(
      beforeHertz: 1_500_000_000, lowestHertz: lowestMegahertz * 1_000_000, highestHertz: 1_500_000_000)
    #expect(record.validity.isValid == isValid)
    #expect(record.validity.warnings.count == warnings)
  }

  @Test func sunkenClockIsNamedWithItsCure() {
    var record = RunRecord.sample()
    record.measurement.clock = MeasuredClock(
      beforeHertz: 1_500_000_000, lowestHertz: 600_000_000, highestHertz: 1_500_000_000)
    #expect(
      record.validity.reasons == [
        "the measured clock varied by 60 % (600 MHz to 1.5 GHz): times are of several speeds; pin the governor, cool it, and measure again"
      ])
  }

  @Test(arguments: [(9, 0, true), (10, 1, true), (49, 1, true), (50, 0, false)])
  func waitingForOtherProgramsWarnsFromOneAndInvalidatesFromFivePerCent(
    milliseconds: Int64, warnings: Int, isValid: Bool
  ) {
    var record = RunRecord.sample()
    record.measurement.contention = Contention(
      samplingNanoseconds: 1_000_000_000, waitedNanoseconds: milliseconds * 1_000_000)
    #expect(record.validity.isValid == isValid)
    #expect(record.validity.warnings.count == warnings)
  }

  @Test func waitingForWorkThatIsMeantToRunBesideIsNoFault() {
    var record = RunRecord.sample()
    record.measurement.contention = Contention(samplingNanoseconds: 100, waitedNanoseconds: 50)
    record.measurement.companion = Companion(command: "gateway", ranToTheEnd: true)
    #expect(record.validity.isValid && record.validity.warnings.isEmpty)
    record.measurement.companion?.ranToTheEnd = false
    #expect(record.validity.reasons.count == 1)
  }

  @Test func throttlingUnderSustainedLoadIsAFindingAndLowVoltageAFault() {
    var record = RunRecord.sample()
    record.measurement.sustained = SustainedLoad(windows: [])
    record.environment?.before.throttled = ThrottleFlags(rawValue: 0)
    record.environment?.after?.throttled = ThrottleFlags(rawValue: 0x40004)
    #expect(record.validity.isValid)
    #expect(record.validity.warnings.count == 1)
    record.environment?.after?.throttled = ThrottleFlags(rawValue: 0x10000)
    #expect(!record.validity.isValid)
  }

  /// Ten minutes in windows of six seconds, 40 ms at first, 52 ms from the fifth minute on.
  private var load: SustainedLoad {
    SustainedLoad(
      windows: (0..<100).map { index in
        let start = Int64(index) * 6_000_000_000
        let median: Int64 = index < 50 ? 40_000_000 : 52_000_000
        return .init(
          startNanoseconds: start, endNanoseconds: start + 6_000_000_000, count: 150,
          medianNanoseconds: median, p90Nanoseconds: median + 1_000_000, maximumNanoseconds: median * 2,
          clockHertz: index < 50 ? 1_500_000_000 : 1_150_000_000, temperature: 48 + Double(index) / 3)
      })
  }

  @Test func firstMinuteIsHeldAgainstTheLast() throws {
    let load = load
    #expect(load.partNanoseconds == 60_000_000_000)
    #expect(load.first == .init(nanoseconds: 40_000_000, clockHertz: 1_500_000_000, temperature: 51))
    #expect(load.last == .init(nanoseconds: 52_000_000, clockHertz: 1_150_000_000, temperature: 81))
    #expect(load.ratio == 1.3)
    var record = RunRecord.sample()
    record.measurement.sustained = load
    #expect(
      record.validity.warnings.first?.hasPrefix("under sustained load the last minute is 30 % slower") == true
    )
    #expect(record.validity.isValid)
  }

  @Test func loadWithoutWindowsHasNoFigures() {
    #expect(SustainedLoad().first == nil)
    #expect(SustainedLoad().ratio == nil)
  }

  @Test func allOfItIsReadBackAsItWasWritten() throws {
    var record = RunRecord.sample()
    record.measurement.clock = MeasuredClock(beforeHertz: 3, lowestHertz: 1, highestHertz: 4)
    record.measurement.contention = Contention(samplingNanoseconds: 9, waitedNanoseconds: 2)
    record.measurement.sustained = load
    record.measurement.companion = Companion(command: "a 'b'", ranToTheEnd: false)
    record.measurement.instructions = 123_456
    record.environment?.board = BoardIdentity(
      name: "b", address: "ssh://b", revision: "c03114",
      cores: [.init(type: "Cortex-A72", count: 4, maximumHertz: 1.5e9)], firmware: "U-Boot 2021.07",
      storage: "/dev/mmcblk0p2", storageKind: "SD card", storageReadBytesPerSecond: 43_000_000,
      storageWriteBytesPerSecond: 21_000_000)
    #expect(try RunRecord(json: record.json(), file: "x") == record)
  }

  @Test func senselessWindowIsRefused() throws {
    var record = RunRecord.sample()
    record.measurement.sustained = load
    record.measurement.sustained?.windows[3].count = 0
    #expect(throws: RecordError.self) { try RunRecord(json: record.json(), file: "x") }
  }
}
