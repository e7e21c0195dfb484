import DeviceProfiles
import RecordFixtures
import Records
import Statistics
import Testing
import Units

@testable import Sizing

@Suite struct DeviceOptionTests {
  private func profile(_ id: String, mebibytes: Double?, cores: Int = 4, features: [String] = ["neon"])
    -> DeviceProfile
  {
    DeviceProfile(
      id: id, name: id, deviceClass: nil, soc: nil,
      clusters: [
        .init(
          core: .init("Cortex-A53", source: "test"), count: .init(cores, source: "test"),
          isa: .init("armv8.0", source: "test"), features: .init(features, source: "test"),
          maxClock: .init(.megahertz(1000), source: "test"))
      ],
      memory: .init(dram: mebibytes.map { .init(.mebibytes($0), source: "test") }), storage: .init(),
      defaultRequirements: .init(latency: "p90<=100ms", memory: .mebibytes(64)), coefficients: [], digest: id)
  }

  private func option(_ id: String, _ mebibytes: Double?, latency: (Double, Double)) -> DeviceOption {
    DeviceOption(
      profile: profile(id, mebibytes: mebibytes),
      candidates: [.with("reference", latency: latency, evidence: .projected)])
  }

  @Test func smallestIsTheOneWithTheLeastMemoryThatIsKnownToDo() throws {
    let options = [
      option("big", 8192, latency: (1, 2)), option("middle", 2048, latency: (20, 30)),
      option("doubtful", 1024, latency: (40, 60)), option("small", 512, latency: (80, 90)),
      option("unsourced", nil, latency: (1, 2)),
    ]
    let found = try #require(DeviceOption.smallest(of: options, meeting: .limits(latency: 50)))
    #expect(found.device.profile.id == "middle")
    #expect(
      options.sorted(by: DeviceOption.isSmaller).map(\.profile.id) == [
        "small", "doubtful", "middle", "big", "unsourced",
      ])
    #expect(DeviceOption.smallest(of: options, meeting: .limits(latency: 0.5)) == nil)
  }

  private func moved(_ record: RunRecord, mebibytes: Double, _ requirements: Requirements) throws
    -> CandidateAssessment
  {
    let band = try #require(Projection.Band(median: 2e7, lower: 1e7, upper: 3e7))
    let candidate = Candidate(
      record, on: profile("other", mebibytes: mebibytes), projection: Projection(latency: band),
      requirements: requirements)
    return CandidateAssessment(candidate, requirements)
  }

  @Test func recordMovesWithItsMemoryAndWithoutItsTime() throws {
    // 61 MiB and 40 ms on the board where it was made.
    let assessed = try moved(.sample(), mebibytes: 512, .limits(latency: 35, memory: 64))
    #expect(assessed.standing == .meets)
    #expect(assessed.assessments[0].reading.figure?.value == 2e7)
    #expect(assessed.assessments[0].evidence == .projected)
  }

  @Test func deviceWithLessMemoryThanTheRunTookDoesNotHoldIt() throws {
    let assessed = try moved(.sample(), mebibytes: 60, .limits(latency: 35))
    #expect(assessed.standing == .fails)
    #expect(assessed.assessments.last?.text == "peak memory: needs 61 MiB of 60 MiB, limit 60 MiB")
  }

  @Test func runThatNothingStoppedFailsWhereTheDeviceHasLessMemoryThanItTook() throws {
    let decision = SizingDecision(
      records: [.sample()], requirements: .limits(latency: 50), profile: profile("rpi4", mebibytes: 60))
    #expect(decision.candidates[0].standing == .fails)
    #expect(
      decision.candidates[0].assessments.last?.text == "peak memory: needs 61 MiB of 60 MiB, limit 60 MiB")
  }

  @Test func insufficientNamesWhatWasTried() {
    let candidates: [Candidate] = [
      .with("reference", latency: (100, 110)), .with("f16", latency: (95, 99)),
      .with("int8-static", latency: (90, 95)),
    ]
    let verdict = SizingDecision(candidates, requirements: .limits(latency: 50)).verdict
    #expect(verdict.kind == .insufficient)
    #expect(verdict.reasons.last == "Tried with compression: f16, int8-static.")
  }

  @Test func runThatWasStoppedElsewhereSaysNothingOfALargerDevice() throws {
    let killed = Outcome.outOfMemory(limitBytes: 32 << 20, peakBytes: 31 << 20, phase: .load)
    let record = RunRecord.sample(evidence: .measuredInSandbox, samples: [], outcome: killed, peakMemory: nil)
    for requirements in [Requirements.limits(latency: 35), .limits(latency: 35, memory: 64)] {
      let assessed = try moved(record, mebibytes: 512, requirements)
      #expect(assessed.standing == .undetermined)
      #expect(
        assessed.assessments.last?.text.hasPrefix("peak memory is unknown (it was stopped at 32 MiB on rpi4)")
          == true)
    }
  }

  @Test func insufficientNamesTheSmallestDeviceThatWouldDo() {
    let candidates: [Candidate] = [
      .with("reference", latency: (100, 110)), .with("int8-static", latency: (90, 95)),
    ]
    let decision = SizingDecision(
      candidates, requirements: .limits(latency: 50), profile: profile("rpi4", mebibytes: 1024),
      others: [option("rpi5", 8192, latency: (10, 20))])
    #expect(
      decision.verdict.reasons.contains(
        "The smallest device that would do is rpi5: compression not required."))
  }

  @Test func cheaperQuestionsThatWereNotAskedAreNamed() {
    let candidates: [Candidate] = [
      .with("reference", threads: 1, latency: (100, 110)),
      .with("int8-static", threads: 1, latency: (20, 25)),
    ]
    let decision = SizingDecision(
      candidates, requirements: .limits(latency: 50),
      profile: profile("rk3588", mebibytes: 8192, cores: 8, features: ["neon", "fp16"]))
    #expect(decision.verdict.statement == "compression required: int8-static")
    #expect(
      decision.verdict.reasons.suffix(2) == [
        "Not tried without compression: more than 1 of 8 cores.",
        "Not tried without compression: f16 arithmetic, which the cores have.",
      ])
  }

  @Test func verdictCanBeRecomputedFromTheRecordsAlone() throws {
    let records = [
      RunRecord.sample(samples: RunRecord.steady(median: 80_000_000)),
      .sample(variant: "int8-static", samples: RunRecord.steady(median: 30_000_000)),
    ]
    let reread = try records.map { try RunRecord(json: $0.json(), file: "x") }
    let requirements = try Requirements.parse(latency: "p90<=50ms", memory: "64MiB")
    let verdict = SizingDecision(records: records, requirements: requirements).verdict
    #expect(verdict.statement == "compression required: int8-static")
    #expect(SizingDecision(records: reread, requirements: requirements).verdict == verdict)
  }

  @Test func requirementsOfTheProfileAreUsedWhereNoneIsGiven() throws {
    let profile = profile("rpi4", mebibytes: 1024)
    #expect(
      try Requirements().orDefaults(of: profile).list.map(\.text) == [
        "p90 latency <= 100 ms", "peak memory <= 64 MiB",
      ])
    let own = try Requirements.parse(disk: "8MiB")
    #expect(try own.orDefaults(of: profile) == own)
  }

  @Test func badLatencyOfAProfileNamesTheProfile() throws {
    var profile = profile("rpi4", mebibytes: 1024)
    profile.defaultRequirements.latency = "soon"
    let error = try #require(throws: RequirementError.self) { try Requirements(defaultsOf: profile) }
    #expect(error.description.hasPrefix("profile rpi4: requirements.latency is 'soon'"))
  }
}
