import DeviceProfiles
import Foundation
import Testing
import Units

/// The profile `host`, read from folders that stand for `/proc` and `/sys`.
@Suite struct HostProfileTests {
  private func host(_ files: [String: String]) throws -> DeviceProfile {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("edgebench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return DeviceProfile.host(root: root.path, date: "2025-01-31")
  }

  private let cpu = "sys/devices/system/cpu"

  @Test func coresOfTwoTypesAreTwoClustersTheFastestFirst() throws {
    var files = [
      "\(cpu)/online": "0-3\n", "proc/device-tree/model": "Radxa ROCK 5B\0",
      "proc/meminfo": "MemTotal: 16000000 kB\n",
      "proc/cpuinfo": "processor : 0\nFeatures : fp asimd asimdhp asimddp\n",
    ]
    for core in 0...3 {
      let isBig = core >= 2
      files["\(cpu)/cpu\(core)/regs/identification/midr_el1"] =
        isBig ? "0x00000000414fd0b0" : "0x00000000412fd050"
      files["\(cpu)/cpu\(core)/cpufreq/cpuinfo_max_freq"] = isBig ? "2350000\n" : "1830000\n"
      files["\(cpu)/cpu\(core)/cache/index0/level"] = "1"
      files["\(cpu)/cpu\(core)/cache/index0/type"] = "Data"
      files["\(cpu)/cpu\(core)/cache/index0/size"] = "64K"
      files["\(cpu)/cpu\(core)/cache/index1/level"] = "2"
      files["\(cpu)/cpu\(core)/cache/index1/type"] = "Unified"
      files["\(cpu)/cpu\(core)/cache/index1/size"] = "1024K"
      files["\(cpu)/cpu\(core)/cache/index1/shared_cpu_list"] = isBig ? "2-3" : "\(core)"
    }
    let host = try host(files)
    #expect(host.clusters.map(\.core.value) == ["Cortex-A76", "Cortex-A55"])
    #expect(host.clusters.map(\.count.value) == [2, 2])
    #expect(host.clusters[0].maxClock?.value == .megahertz(2350))
    #expect(host.clusters[0].features.value == ["neon", "fp16", "dotprod"])
    #expect(host.clusters[0].l1Data?.value == .kibibytes(64))
    #expect(host.clusters.map(\.l2Scope?.value) == ["cluster", "core"])
    #expect(host.soc?.value == "Radxa ROCK 5B")
    #expect(host.memory.dram?.value == ByteCount(bytes: 16_000_000 * 1024))
  }

  @Test(arguments: [
    "", "0-", "-", "4-1", "0-99999999999999999999", "0-4294967296", "a-b", "0,0-1,", "\0",
  ])
  func aBrokenListOfCoresIsSurvived(online: String) throws {
    let count = try host(["\(cpu)/online": online]).coreCount
    #expect((1...4096).contains(count))
  }

  @Test func aCoreThatIsListedTwiceIsOneCore() throws {
    #expect(try host(["\(cpu)/online": "0,0-1,1"]).coreCount == 2)
  }

  @Test(arguments: ["0 kB", "-5 kB", "99999999999999999999 kB", "9223372036854775807 kB", "", "many"])
  func aBrokenAmountOfMemoryIsNoAmount(amount: String) throws {
    #expect(try host(["proc/meminfo": "MemTotal: \(amount)\n"]).memory.dram == nil)
  }

  @Test func aMachineWithoutKernelFilesHasOneUnknownCore() throws {
    let host = try host([:])
    #expect(host.coreCount == 1)
    #expect(host.memory.dram == nil)
    #expect(host.clusters[0].maxClock == nil)
  }
}
