internal import Foundation
public import Records

/// Reads a host's facts from the kernel's files.
public struct HostProbe: Sendable {
  private let proc: String
  private let sys: String
  /// Of another machine, whose files were copied here; `nil` for this one.
  private let remoteMachine: String?

  /// - Parameters: Folders with the layout of /proc and /sys.
  public init(proc: String = "/proc", sys: String = "/sys") {
    self.proc = proc
    self.sys = sys
    remoteMachine = nil
  }

  /// Another machine, by copies of its files.
  ///
  /// - Parameters:
  ///   - snapshot: The folder that holds `proc` and `sys`.
  ///   - machine: As its `uname -m` says: "aarch64".
  init(snapshot: String, machine: String) {
    proc = snapshot + "/proc"
    sys = snapshot + "/sys"
    remoteMachine = machine
  }

  /// The host as it is now. Set ``HostEnvironment/after`` to ``state()`` when the measurement has ended.
  public func environment() -> HostEnvironment {
    let information = TextFile.read("\(proc)/cpuinfo") ?? ""
    return HostEnvironment(
      architecture: remoteMachine ?? Self.uname.machine, kernel: kernel ?? Self.uname.kernel,
      cpuModel: cpuModel(information), logicalCores: cores.count,
      memoryBytes: HostMemory.totalBytes(proc: proc),
      isVirtualMachine: isVirtualMachine(information), governors: governors, isTurboEnabled: isTurboEnabled,
      before: state())
  }

  public func state() -> HostState {
    let load = TextFile.read("\(proc)/loadavg")?.split(separator: " ").first.flatMap { Double($0) }
    return HostState(loadAverage: load, clockHertz: clock, temperature: temperature, ticks: ticks)
  }

  private static var uname: (machine: String, kernel: String) {
    var name = utsname()
    Glibc.uname(&name)
    return (text(of: name.machine), "\(text(of: name.sysname)) \(text(of: name.release))")
  }

  /// As the files tell, which of this machine uname(2) tells as well.
  private var kernel: String? {
    guard remoteMachine != nil else { return nil }
    let words = ["ostype", "osrelease"].compactMap {
      TextFile.read("\(proc)/sys/kernel/\($0)")?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return words.isEmpty ? "unknown" : words.joined(separator: " ")
  }

  /// Those that a process may use; of another machine all that are there.
  private var cores: [Int] {
    guard remoteMachine != nil else { return CoreList.available }
    let text = TextFile.read("\(sys)/devices/system/cpu/online") ?? ""
    return CoreList.parse(text) ?? [0]
  }

  /// A fixed-size C string.
  private static func text<Characters>(of characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private func cpuModel(_ information: String) -> String? {
    Self.value(of: "model name", in: information) ?? Self.value(of: "Model", in: information)
      ?? TextFile.read("\(proc)/device-tree/model").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: "\0\n "))
      }
  }

  /// The first value of a line "label   : value".
  private static func value(of label: String, in information: String) -> String? {
    for line in information.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == label else { continue }
      return parts[1].trimmingCharacters(in: .whitespaces)
    }
    return nil
  }

  /// x86 processors say so in their flags; others do not tell.
  private func isVirtualMachine(_ information: String) -> Bool? {
    guard let flags = Self.value(of: "flags", in: information) else { return nil }
    return flags.split(separator: " ").contains("hypervisor")
  }

  private var cpuFolders: [String] { cores.map { "\(sys)/devices/system/cpu/cpu\($0)" } }

  private var governors: [String]? {
    let names = cpuFolders.compactMap { TextFile.read("\($0)/cpufreq/scaling_governor") }
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    return names.isEmpty ? nil : Set(names).sorted()
  }

  private var isTurboEnabled: Bool? {
    if let off = TextFile.number("\(sys)/devices/system/cpu/intel_pstate/no_turbo") { return off == 0 }
    return TextFile.number("\(sys)/devices/system/cpu/cpufreq/boost").map { $0 != 0 }
  }

  /// From cpufreq (kHz), else from /proc/cpuinfo (MHz), which on many virtual machines never changes.
  private var clock: Double? {
    let kilohertz = cpuFolders.compactMap { TextFile.number("\($0)/cpufreq/scaling_cur_freq") }.max()
    if let kilohertz { return Double(kilohertz) * 1e3 }
    let information = TextFile.read("\(proc)/cpuinfo") ?? ""
    let megahertz = information.split(separator: "\n").filter { $0.hasPrefix("cpu MHz") }
      .compactMap {
        $0.split(separator: ":").last.flatMap { Double($0.trimmingCharacters(in: .whitespaces)) }
      }
    return megahertz.max().map { $0 * 1e6 }
  }

  /// Zones are in thousandths of a degree.
  private var temperature: Double? { zones.map(\.value).max().map { Double($0) / 1000 } }

  /// The file of the zone that is the hottest now, as that machine names it.
  public var hottestZone: String? {
    zones.max { $0.value < $1.value }.map { "/sys/class/thermal/\($0.name)/temp" }
  }

  private var zones: [(name: String, value: Int64)] {
    let folder = "\(sys)/class/thermal"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix("thermal_zone") }.compactMap { name in
      TextFile.number("\(folder)/\(name)/temp").map { (name, $0) }
    }
  }

  /// "cpu  user nice system idle iowait irq softirq steal guest guest_nice"; guest time is part of user time.
  private var ticks: HostState.Ticks? {
    guard let line = TextFile.read("\(proc)/stat")?.split(separator: "\n").first, line.hasPrefix("cpu ")
    else { return nil }
    let numbers = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int64($0) }
    guard numbers.count == 8 else { return nil }
    return HostState.Ticks(total: numbers.reduce(0, &+), steal: numbers[7])
  }
}
