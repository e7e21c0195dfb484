internal import Foundation
internal import Units

/// `/proc` and `/sys`, as far as a profile needs them.
struct KernelFiles {
  let root: String
  /// As `uname -m` says, where the files are another machine's.
  private let otherMachine: String?

  init(root: String, machine: String? = nil) {
    self.root = root
    otherMachine = machine
  }

  private func text(_ path: String) -> String? {
    guard let handle = FileHandle(forReadingAtPath: root + path) else { return nil }
    defer { try? handle.close() }
    // /proc/cpuinfo of a large server is a few hundred KiB.
    guard let data = try? handle.read(upToCount: 4 << 20), !data.isEmpty else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  private func line(_ path: String) -> String? {
    text(path)?.split(separator: "\n").first.map { $0.filter { $0 != "\0" } }.flatMap {
      $0.isEmpty ? nil : String($0)
    }
  }

  /// "Key : value" lines; a key that comes again (once a core) keeps its first value.
  private func fields(_ path: String) -> [String: String] {
    var fields = [String: String]()
    for line in text(path)?.split(separator: "\n") ?? [] {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let key = parts[0].trimmingCharacters(in: .whitespaces)
      if fields[key] == nil { fields[key] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
    return fields
  }

  var hostName: String {
    line("/proc/sys/kernel/hostname").map { "This machine (\(printable($0, limit: 60)))" } ?? "This machine"
  }

  /// The board's name where there is a device tree, else the processor's.
  var model: String? {
    let model = line("/proc/device-tree/model") ?? fields("/proc/cpuinfo")["model name"]
    return model.map { printable($0, limit: 100) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  func memory(_ key: String) -> ByteCount? {
    guard let value = fields("/proc/meminfo")[key]?.split(separator: " ").first, let kibibytes = Int64(value)
    else { return nil }
    let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1024)
    return overflow || bytes <= 0 ? nil : ByteCount(bytes: bytes)
  }

  /// The cores, grouped by type and clock, fastest first.
  func clusters(source: String) -> [DeviceProfile.CoreCluster] {
    struct Key: Hashable {
      var part: String
      var kilohertz: Int64
    }
    let info = fields("/proc/cpuinfo")
    var groups = [Key: [Int]]()
    for core in coreNumbers {
      let part = line("/sys/devices/system/cpu/cpu\(core)/regs/identification/midr_el1") ?? ""
      let kilohertz =
        line("/sys/devices/system/cpu/cpu\(core)/cpufreq/cpuinfo_max_freq").flatMap { Int64($0) } ?? 0
      groups[Key(part: part, kilohertz: kilohertz), default: []].append(core)
    }
    let isa = machine
    return groups.sorted { ($0.key.kilohertz, $0.key.part) > ($1.key.kilohertz, $1.key.part) }.map {
      key, cores in
      let core = cores[0]
      return DeviceProfile.CoreCluster(
        core: .init(coreName(midr: key.part, info: info), source: source),
        count: .init(cores.count, source: source), isa: .init(isa, source: source),
        features: .init(features(info), source: source),
        maxClock: key.kilohertz > 0
          ? .init(Frequency(hertz: Double(key.kilohertz) * 1000), source: source) : nil,
        l1Data: cache(core, level: 1).map { .init($0.size, source: source) },
        l2: cache(core, level: 2).map { .init($0.size, source: source) },
        l2Scope: cache(core, level: 2).map { .init($0.isShared ? "cluster" : "core", source: source) },
        l3: cache(core, level: 3).map { .init($0.size, source: source) })
    }
  }

  private var coreNumbers: [Int] {
    guard let online = line("/sys/devices/system/cpu/online") else { return [0] }
    var cores = [Int]()
    for range in online.split(separator: ",") {
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first >= 0, first <= last, last < 4096 else {
        continue
      }
      cores += first...last
    }
    return cores.isEmpty ? [0] : Set(cores).sorted()
  }

  /// In the profiles' names of architectures.
  private var machine: String {
    #if arch(x86_64)
      let own = "x86_64"
    #elseif arch(arm64)
      let own = "aarch64"
    #elseif arch(arm)
      let own = "armv7l"
    #else
      let own = "unknown"
    #endif
    return switch otherMachine ?? own {
    case "x86_64": "x86-64"
    case "aarch64": "armv8"
    case "armv7l", "armv8l": "armv7"
    default: "unknown"
    }
  }

  private func coreName(midr: String, info: [String: String]) -> String {
    // Bits 15...4 of the main ID register are the part number.
    let register = UInt64(midr.dropFirst(2), radix: 16).map { ($0 >> 4) & 0xFFF }
    let part = register ?? info["CPU part"].flatMap { UInt64($0.dropFirst(2), radix: 16) }
    if let part { return Self.armCores[part] ?? "Arm part 0x\(String(part, radix: 16))" }
    return info["model name"].map { printable($0, limit: 100) } ?? "unknown"
  }

  /// - Source: Arm Technical Reference Manuals, main ID register of each core.
  private static let armCores: [UInt64: String] = [
    0xC05: "Cortex-A5", 0xC07: "Cortex-A7", 0xC08: "Cortex-A8", 0xC09: "Cortex-A9", 0xC0F: "Cortex-A15",
    0xD03: "Cortex-A53", 0xD04: "Cortex-A35", 0xD05: "Cortex-A55", 0xD07: "Cortex-A57", 0xD08: "Cortex-A72",
    0xD09: "Cortex-A73", 0xD0A: "Cortex-A75", 0xD0B: "Cortex-A76", 0xD0C: "Neoverse-N1", 0xD41: "Cortex-A78",
    0xD46: "Cortex-A510", 0xD49: "Neoverse-N2",
  ]

  /// The kernel's flags that matter to kernels, in this project's names.
  private func features(_ info: [String: String]) -> [String] {
    let flags = Set((info["flags"] ?? info["Features"] ?? "").split(separator: " ").map(String.init))
    let names: [(flag: String, name: String)] = [
      ("neon", "neon"), ("asimd", "neon"), ("asimdhp", "fp16"), ("asimddp", "dotprod"), ("i8mm", "i8mm"),
      ("sve", "sve"), ("sse4_1", "sse4.1"), ("avx", "avx"), ("f16c", "f16c"), ("fma", "fma"),
      ("avx2", "avx2"),
      ("avx_vnni", "avx-vnni"), ("avx512f", "avx512f"), ("avx512_vnni", "avx512-vnni"),
      ("avx512_fp16", "avx512-fp16"), ("amx_tile", "amx"),
    ]
    return names.filter { flags.contains($0.flag) }.map(\.name)
  }

  private func cache(_ core: Int, level: Int) -> (size: ByteCount, isShared: Bool)? {
    for index in 0..<8 {
      let folder = "/sys/devices/system/cpu/cpu\(core)/cache/index\(index)"
      guard let found = line("\(folder)/level"), Int(found) == level, line("\(folder)/type") != "Instruction"
      else { continue }
      // "32K", "1024K", "8M"
      guard let text = line("\(folder)/size"), let unit = text.last, let count = Int64(text.dropLast()),
        count > 0, count < 1 << 40
      else { continue }
      let shift: Int64 = unit == "M" ? 20 : 10
      let cores = line("\(folder)/shared_cpu_list") ?? ""
      return (ByteCount(bytes: count << shift), cores.contains { $0 == "," || $0 == "-" })
    }
    return nil
  }
}
