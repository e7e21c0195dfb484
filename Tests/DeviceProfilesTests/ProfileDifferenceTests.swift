import DeviceProfiles
import Foundation
import Testing
import Units

/// A Raspberry Pi 4 as its kernel shows it, held against the shipped profile.
@Suite struct ProfileDifferenceTests {
  let profile: DeviceProfile
  init() throws { profile = try shipped.load("rpi4") }

  /// - Parameter kibibytes: What the kernel has: of 4 GiB the firmware and the graphics keep some.
  private func board(
    cores: Int = 4, part: String = "0xd08", kilohertz: Int = 1_800_000, kibibytes: Int = 3_884_356,
    features: String = "fp asimd evtstrm crc32 cpuid"
  ) throws -> DeviceProfile {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("edgebench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    var files = [
      "sys/devices/system/cpu/online": "0-\(cores - 1)\n",
      "proc/cpuinfo": "processor : 0\nFeatures : \(features)\nCPU part : \(part)\n",
      "proc/meminfo": "MemTotal: \(kibibytes) kB\n",
    ]
    for core in 0..<cores {
      files["sys/devices/system/cpu/cpu\(core)/cpufreq/cpuinfo_max_freq"] = "\(kilohertz)\n"
    }
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return DeviceProfile.board(named: "b", root: root.path, machine: "aarch64")
  }

  @Test func boardThatItDescribesHasNoDifferences() throws {
    #expect(
      profile.differences(
        on: try board(), storageKind: "SD card", storageRead: .megabytesPerSecond(43)) == [])
  }

  @Test func eachDifferenceIsALine() throws {
    #expect(profile.differences(on: try board(cores: 2)).first == "cores: 2; the profile has 4")
    #expect(
      profile.differences(on: try board(part: "0xd0b")) == [
        "core types: Cortex-A76; the profile has Cortex-A72"
      ])
    #expect(
      profile.differences(on: try board(kilohertz: 1_500_000)) == [
        "Cortex-A72: runs at up to 1.5 GHz; the profile has 1.8 GHz"
      ])
    #expect(profile.differences(on: try board(kibibytes: 1_900_000)).count == 1)
    #expect(profile.differences(on: try board(kibibytes: 8_000_000)).count == 1)
    #expect(
      profile.differences(on: try board(features: "fp")) == ["Cortex-A72: has no neon; the profile has"])
    #expect(
      profile.differences(on: try board(), storageKind: "eMMC") == [
        "storage: eMMC; the profile has microSD (DDR50)"
      ])
    #expect(
      profile.differences(on: try board(), storageRead: .megabytesPerSecond(11)) == [
        "storage reads: 11 MB/s; the profile has 46 MB/s"
      ])
  }
}
