import Records
import Testing

@testable import Execution

@Suite struct HostProbeTests {
  @Test func factsComeFromTheKernelsFiles() throws {
    let scratch = try Scratch()
    _ = try scratch.write(
      "model name\t: Test CPU @ 3 GHz\nflags\t\t: fpu hypervisor avx\ncpu MHz\t\t: 2500.5\n", to: "cpuinfo")
    _ = try scratch.write("0.42 0.30 0.20 1/100 4242\n", to: "loadavg")
    _ = try scratch.write("cpu  10 0 20 60 4 1 2 3 9 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n", to: "stat")
    for core in CoreList.available {
      _ = try scratch.write("powersave\n", to: "devices/system/cpu/cpu\(core)/cpufreq/scaling_governor")
    }
    _ = try scratch.write("1\n", to: "devices/system/cpu/intel_pstate/no_turbo")
    _ = try scratch.write("51500\n", to: "class/thermal/thermal_zone0/temp")
    let host = HostProbe(proc: scratch.path, sys: scratch.path).environment()
    #expect(host.cpuModel == "Test CPU @ 3 GHz")
    #expect(host.isVirtualMachine == true)
    #expect(host.governors == ["powersave"])
    #expect(host.isTurboEnabled == false)
    #expect(host.before.loadAverage == 0.42)
    #expect(host.before.clockHertz == 2_500_500_000)
    #expect(host.before.temperature == 51.5)
    #expect(host.before.ticks == HostState.Ticks(total: 100, steal: 3))
  }

  @Test func missingFilesAreMissingValues() throws {
    let scratch = try Scratch()
    let host = HostProbe(proc: scratch.path, sys: scratch.path).environment()
    #expect(host.cpuModel == nil)
    #expect(host.isVirtualMachine == nil)
    #expect(host.governors == nil)
    #expect(host.before == HostState())
  }

  @Test func stealIsTheShareOfAllTicksInBetween() {
    var host = HostProbe().environment()
    host.before.ticks = .init(total: 1000, steal: 10)
    host.after = HostState(ticks: .init(total: 1200, steal: 20))
    #expect(host.stealShare == 0.05)
  }
}
