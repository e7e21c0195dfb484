/// The host's own memory, from /proc/meminfo.
enum HostMemory {
  static var totalBytes: Int64? { kibibytes("MemTotal:") }
  static var hasSwap: Bool { (kibibytes("SwapTotal:") ?? 0) > 0 }

  private static func kibibytes(_ label: String) -> Int64? {
    for line in (TextFile.read("/proc/meminfo") ?? "").split(separator: "\n") where line.hasPrefix(label) {
      return line.split(separator: " ").dropFirst().first.flatMap { Int64($0) }.map { $0 * 1024 }
    }
    return nil
  }
}
