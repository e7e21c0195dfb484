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
    return described(
      by: files, id: "host", name: files.hostName, deviceClass: "this machine",
      source: "read from this machine, \(date)")
  }

  /// A board, as copies of its kernel's files describe it.
  ///
  /// - Parameters:
  ///   - name: What the user calls it.
  ///   - root: The folder that holds `proc` and `sys`.
  ///   - machine: As its `uname -m` says: "aarch64".
  public static func board(
    named name: String, root: String, machine: String, date: String = today()
  ) -> DeviceProfile {
    let files = KernelFiles(root: root, machine: machine)
    return described(
      by: files, id: name, name: files.model ?? name, deviceClass: "board",
      source: "read from the board, \(date)")
  }

  private static func described(
    by files: KernelFiles, id: String, name: String, deviceClass: String, source: String
  ) -> DeviceProfile {
    var profile = DeviceProfile(
      id: id, name: name, deviceClass: deviceClass,
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
