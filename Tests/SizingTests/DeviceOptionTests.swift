import DeviceProfiles
import Records
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
