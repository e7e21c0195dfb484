internal import Foundation
internal import Records

/// What a board tells of itself: copies of its kernel's files, in a folder with the layout of its root.
struct BoardSnapshot {
  let folder: TemporaryFolder
  /// "aarch64"
  let machine: String
  /// Of its programs: a 64-bit kernel may serve 32-bit programs.
  let bits: Int?
  private let throttledText: String
  private let storageText: String

  private static let cpu = "/sys/devices/system/cpu"

  /// What is asked for: patterns for the board's shell.
  static let patterns: [String] =
    [
      "/proc/cpuinfo", "/proc/meminfo", "/proc/loadavg", "/proc/stat", "/proc/sys/kernel/ostype",
      "/proc/sys/kernel/osrelease", "/proc/sys/kernel/hostname", "/proc/device-tree/model",
      "/proc/device-tree/compatible", "\(cpu)/online", "\(cpu)/intel_pstate/no_turbo", "\(cpu)/cpufreq/boost",
      "\(cpu)/cpu*/regs/identification/midr_el1", "/sys/class/thermal/thermal_zone*/temp",
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
        part != ".." && part.utf8.allSatisfy { BoardAddress.isPlain($0) || $0 == UInt8(ascii: ":") }
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
    let features = (file("/proc/cpuinfo") ?? "").split(separator: "\n").first {
      $0.hasPrefix("Features") || $0.hasPrefix("flags")
    }
    return BoardIdentity(
      name: name, address: address,
      model: file("/proc/device-tree/model").map { String($0.prefix { !$0.isNewline }) },
      soc: compatible.last.map { String($0) },
      features: features?.split(separator: ":").last?.split(separator: " ").map { String($0) },
      bits: bits,
      storage: storageText.split(separator: "\n").last?.split(separator: " ").first.map { String($0) })
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
