internal import Foundation
internal import Units

extension DeviceProfile {
  /// The machine at hand, as the kernel describes it; what it does not tell is `nil`.
  ///
  /// Peaks per cycle and bandwidths are not in the kernel's files, so nothing can be projected on this profile:
  /// a host is measured.
  ///
  /// - Parameters:
  ///   - root: The folder that holds `proc` and `sys`.
  ///   - date: The date in every source, "2025-01-31".
  public static func host(root: String = "", date: String = today()) -> DeviceProfile {
    let files = KernelFiles(root: root)
    let source = "read from this machine, \(date)"
    var profile = DeviceProfile(
      id: "host", name: files.hostName, deviceClass: "this machine",
      soc: files.model.map { Sourced($0, source: source) }, clusters: files.clusters(source: source),
      memory: Memory(
        // Not what is available just now: that changes by the second, and records are kept under the profile's digest.
        dram: files.memory("MemTotal").map { Sourced($0, source: source, note: "MemTotal") }),
      storage: Storage(),
      defaultRequirements: DefaultRequirements(
        latency: "p90<=100ms", memory: nil, disk: .mebibytes(256), maxAccuracyDrop: Percentage(percent: 1),
        source: "EdgeBench default"),
      coefficients: [], digest: "")
    profile.digest = profile.digestOfFigures()
    return profile
  }

  /// The date in the local time zone: "2025-01-31".
  public static func today() -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.calendar = Calendar(identifier: .gregorian)
    formatter.dateFormat = "yyyy-MM-dd"
    return formatter.string(from: Date())
  }
}
