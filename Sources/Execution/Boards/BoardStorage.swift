internal import Foundation

/// What a board's storage is, from its kernel's files and the words of `df` and `dd`.
enum BoardStorage {
  /// The device in `df -P`'s last line: "/dev/mmcblk0p2".
  static func device(in text: String) -> String? {
    text.split(separator: "\n").last?.split(separator: " ").first.map { String($0) }
  }

  /// "SD card", "eMMC", "NVMe", "disk", "spinning disk"; `nil` for what is no disk of its own.
  ///
  /// - Source: Linux, Documentation/mmc/mmc-dev-attrs.rst: `type` is "SD" or "MMC".
  static func kind(of device: String, sys: String) -> String? {
    guard device.hasPrefix("/dev/") else { return nil }
    let disk = self.disk(String(device.dropFirst(5)))
    if disk.hasPrefix("nvme") { return "NVMe" }
    func file(_ name: String) -> String? {
      TextFile.read("\(sys)/block/\(disk)/\(name)")?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    switch file("device/type") {
    case "SD": return "SD card"
    case "MMC": return "eMMC"
    default: return file("queue/rotational").map { $0 == "1" ? "spinning disk" : "disk" }
    }
  }

  /// Without the partition: "mmcblk0p2" is on "mmcblk0", "sda1" on "sda".
  private static func disk(_ name: String) -> String {
    let stem = String(name.reversed().drop { $0.isNumber }.reversed())
    guard stem.hasSuffix("p"), stem.dropLast().last?.isNumber == true else {
      return name.hasPrefix("mmcblk") || name.hasPrefix("nvme") ? name : stem
    }
    return String(stem.dropLast())
  }

  /// From `dd`'s last line behind `label`: "read 16777216 bytes (17 MB, 16 MiB) copied, 0.42 s, 40 MB/s", or BusyBox's
  /// "... copied, 0.420000 seconds, 38.1MB/s".
  static func bytesPerSecond(_ text: String, _ label: String) -> Int64? {
    let lines = text.split(separator: "\n")
    guard let words = lines.first(where: { $0.hasPrefix("\(label) ") })?.split(separator: " "),
      words.count > 2, let bytes = Double(words[1]), let copied = words.firstIndex(of: "copied,"),
      words.count > copied + 1, let seconds = Double(words[copied + 1]), bytes > 0, seconds > 0,
      bytes / seconds < 1e15
    else { return nil }
    return Int64(bytes / seconds)
  }
}
