import DeviceProfiles
import Units

/// A device with round figures: 4 cores of 8 operations a cycle at 1 GHz, 1 GB/s copied (2 GB/s of traffic).
func testDevice(_ change: (inout DeviceProfile) -> Void = { _ in }) -> DeviceProfile {
  func said<Value>(_ value: Value) -> DeviceProfile.Sourced<Value> { .init(value, source: "test") }
  var profile = DeviceProfile(
    id: "test", name: "Test", deviceClass: nil, soc: nil,
    clusters: [
      .init(
        core: said("Core"), count: said(4), isa: said("armv8.2"), features: said(["neon"]),
        maxClock: said(.megahertz(1000)), f32PerCycle: said(8), f16PerCycle: said(16), int8PerCycle: said(32))
    ],
    memory: .init(copyBandwidth: said(.megabytesPerSecond(1000))), storage: .init(),
    defaultRequirements: .init(),
    coefficients: [], digest: "")
  change(&profile)
  return profile
}
