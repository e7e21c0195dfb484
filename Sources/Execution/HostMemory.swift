/// The host's own memory, from /proc/meminfo.
enum HostMemory {
  static var totalBytes: Int64? { totalBytes(proc: "/proc") }
  static func totalBytes(proc: String) -> Int64? { kibibytes("MemTotal:", proc) }
  static var hasSwap: Bool { (kibibytes("SwapTotal:") ?? 0) > 0 }

  private static func kibibytes(_ label: String, _ proc: String = "/proc") -> Int64? {
    for line in (TextFile.read("\(proc)/meminfo") ?? "").split(separator: "\n") where line.hasPrefix(label) {
      return line.split(separator: " ").dropFirst().first.flatMap { Int64($0) }.flatMap {
        $0 < 1 << 50 ? $0 * 1024 : nil
      }
    }
    return nil
  }
}
