internal import DeviceProfiles
internal import Foundation
internal import Records
internal import Units

/// What a board tells of itself: copies of its kernel's files, in a folder with the layout of its root.
struct BoardSnapshot {
  let folder: TemporaryFolder
  /// "aarch64"
  let machine: String
  /// Of its programs: a 64-bit kernel may serve 32-bit programs.
  let bits: Int?
  private let throttledText: String
  private let storageText: String
  private let firmwareText: String
  private let speedText: String

  private static let cpu = "/sys/devices/system/cpu"

  /// What is asked for: patterns for the board's shell, without anything that it would take for something else.
  static let patterns: [String] =
    [
      "/proc/cpuinfo", "/proc/meminfo", "/proc/loadavg", "/proc/stat", "/proc/sys/kernel/ostype",
      "/proc/sys/kernel/osrelease", "/proc/sys/kernel/hostname", "/proc/device-tree/model",
      "/proc/device-tree/compatible", "\(cpu)/online", "\(cpu)/intel_pstate/no_turbo", "\(cpu)/cpufreq/boost",
      "\(cpu)/cpu*/regs/identification/midr_el1", "/sys/class/thermal/thermal_zone*/temp",
      "/proc/device-tree/chosen/u-boot,version", "/sys/class/dmi/id/bios_version",
      "/sys/block/*/device/type", "/sys/block/*/queue/rotational",
      "/sys/devices/platform/soc/soc:firmware/get_throttled",
    ]
    + ["scaling_governor", "scaling_cur_freq", "cpuinfo_max_freq"].map { "\(cpu)/cpu*/cpufreq/\($0)" }
    + ["level", "type", "size", "shared_cpu_list"].map { "\(cpu)/cpu*/cache/index*/\($0)" }

  /// Reads what ``BoardScript``'s `snapshot` said: "@path", then the file's lines, each behind a space.
  ///
  /// - Throws: ``ExecutionError`` where it is not that, or not whole.
  init(_ bytes: [UInt8], of board: String) throws(ExecutionError) {
    folder = try TemporaryFolder()
    var sections: [String: String] = [:]
    var current: String?
    for line in String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("@") {
        current = String(line.dropFirst())
        sections[current ?? "", default: ""] += ""
      } else if let current, line.hasPrefix(" ") {
        sections[current, default: ""] += line.dropFirst() + "\n"
      }
    }
    func word(_ name: String) -> String {
      (sections[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let machine = word("machine")
    guard sections["end"] != nil, !machine.isEmpty, machine.utf8.allSatisfy({ BoardAddress.isPlain($0) })
    else {
      throw ExecutionError(
        .board,
        "\(board): its shell does not answer as expected; edgebench needs a POSIX shell, head, tail and sha256sum there."
      )
    }
    self.machine = machine
    bits = Int(word("bits")).flatMap { $0 == 32 || $0 == 64 ? $0 : nil }
    throttledText = word("throttled")
    storageText = word("storage")
    firmwareText = word("firmware")
    speedText = word("speed")
    for (path, text) in sections where Self.isKernelFile(path) {
      let place = folder.path + path
      try? FileManager.default.createDirectory(
        atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      guard FileManager.default.createFile(atPath: place, contents: Data(text.utf8)) else {
        throw ExecutionError(.file, "\(place): cannot be written.")
      }
    }
  }

  /// A path from outside, which must not lead out of the folder.
  private static func isKernelFile(_ path: String) -> Bool {
    (path.hasPrefix("/proc/") || path.hasPrefix("/sys/"))
      && path.split(separator: "/").allSatisfy { part in
        part != ".."
          && part.utf8.allSatisfy {
            BoardAddress.isPlain($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ",")
          }
      }
  }

  var environment: HostEnvironment {
    var environment = HostProbe(snapshot: folder.path, machine: machine).environment()
    environment.before = state
    return environment
  }

  var state: HostState {
    var state = HostProbe(snapshot: folder.path, machine: machine).state()
    state.throttled = throttled
    return state
  }

  func identity(name: String, address: String) -> BoardIdentity {
    let compatible = file("/proc/device-tree/compatible")?.split(whereSeparator: \.isNewline) ?? []
    let device = BoardStorage.device(in: storageText)
    let features = (file("/proc/cpuinfo") ?? "").split(separator: "\n").first {
      $0.hasPrefix("Features") || $0.hasPrefix("flags")
    }
    return BoardIdentity(
      name: name, address: address,
      model: file("/proc/device-tree/model").map { String($0.prefix { !$0.isNewline }) },
      soc: compatible.last.map { String($0) },
      features: features?.split(separator: ":").last?.split(separator: " ").map { String($0) },
      bits: bits, revision: revision, cores: cores, firmware: firmware, storage: device,
      storageKind: device.flatMap { BoardStorage.kind(of: $0, sys: folder.path + "/sys") },
      storageReadBytesPerSecond: BoardStorage.bytesPerSecond(speedText, "read"),
      storageWriteBytesPerSecond: BoardStorage.bytesPerSecond(speedText, "write"))
  }

  var coreNumbers: [Int] { CoreList.parse(file("/sys/devices/system/cpu/online") ?? "") ?? [0] }

  /// Whether the storage's speed was measured there.
  var knowsSpeed: Bool { !speedText.isEmpty }

  /// The hottest zone's file, on the board.
  var temperatureFile: String? { HostProbe(snapshot: folder.path, machine: machine).hottestZone }

  /// "Revision : c03114", once for all cores; x86 processors have none.
  private var revision: String? {
    (file("/proc/cpuinfo") ?? "").split(separator: "\n").first { $0.hasPrefix("Revision") }
      .flatMap { $0.split(separator: ":").last }.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private var cores: [BoardIdentity.Cores] {
    DeviceProfile.board(named: "board", root: folder.path, machine: machine).clusters.map {
      .init(type: $0.core.value, count: $0.count.value, maximumHertz: $0.maxClock?.value.hertz)
    }
  }

  /// A Raspberry Pi's own word ("version 3f4c..."), else the boot loader's, else the BIOS's.
  private var firmware: String? {
    let texts = [
      firmwareText.split(separator: "\n").last.map { String($0) },
      file("/proc/device-tree/chosen/u-boot,version").map { "U-Boot \($0)" },
      file("/sys/class/dmi/id/bios_version"),
    ]
    let found = texts.compactMap { $0?.trimmingCharacters(in: .whitespacesAndNewlines) }.first { !$0.isEmpty }
    return found.map { printable($0, limit: 100) }
  }

  /// "throttled=0x50000", or the kernel's own file: "50000".
  private var throttled: ThrottleFlags? {
    let text =
      throttledText.isEmpty
      ? file("/sys/devices/platform/soc/soc:firmware/get_throttled") ?? "" : throttledText
    let digits = text.split(separator: "=").last?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return UInt32(digits.hasPrefix("0x") ? String(digits.dropFirst(2)) : digits, radix: 16).map {
      ThrottleFlags(rawValue: $0)
    }
  }

  private func file(_ path: String) -> String? { TextFile.read(folder.path + path) }
}
