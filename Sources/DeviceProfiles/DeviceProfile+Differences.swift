public import Units

extension DeviceProfile {
  /// What a board's own kernel says otherwise than this profile, a line each; empty where it is the board described.
  ///
  /// Only what both know is compared. A kernel's memory is what firmware and graphics leave of the chips: three quarters
  /// of them are enough. Clocks may differ by 2 %, storage may read at half of the profile's figure.
  ///
  /// - Parameters:
  ///   - board: From ``board(named:root:machine:date:)``.
  ///   - storageKind: "SD card", "eMMC", ...
  ///   - storageRead: As it was measured there.
  public func differences(
    on board: DeviceProfile, storageKind: String? = nil, storageRead: Bandwidth? = nil
  ) -> [String] {
    var lines: [String] = []
    func differ(
      _ what: String, _ found: some CustomStringConvertible, _ expected: some CustomStringConvertible
    ) {
      lines.append("\(what): \(found); the profile has \(expected)")
    }
    if coreCount != board.coreCount { differ("cores", board.coreCount, coreCount) }
    let (own, found) = (clusters.map(\.core.value).sorted(), board.clusters.map(\.core.value).sorted())
    if own != found { differ("core types", Self.list(found), Self.list(own)) }
    for cluster in clusters {
      guard let other = board.clusters.first(where: { $0.core.value == cluster.core.value }) else { continue }
      lines += cluster.differences(on: other)
    }
    if let dram = memory.dram?.value, let kernel = board.memory.dram?.value {
      let share = Double(kernel.bytes) / Double(max(1, dram.bytes))
      if share > 1 || share < 0.75 { differ("memory", kernel, dram) }
    }
    if let kind = storage.kind?.value, let storageKind,
      Self.storageClass(kind) != Self.storageClass(storageKind)
    {
      differ("storage", storageKind, kind)
    }
    if let read = storage.readBandwidth?.value, let storageRead,
      storageRead.bytesPerSecond < read.bytesPerSecond / 2
    {
      differ("storage reads", storageRead, read)
    }
    return lines
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: " + ") }

  /// In words that both sides use for it.
  private static func storageClass(_ text: String) -> String {
    let lower = text.lowercased()
    for (word, name) in [("emmc", "emmc"), ("nvme", "nvme"), ("sd", "sd")] where lower.contains(word) {
      return name
    }
    return "other"
  }
}

extension DeviceProfile.CoreCluster {
  fileprivate func differences(on board: Self) -> [String] {
    var lines: [String] = []
    let name = core.value
    if count.value != board.count.value {
      lines.append("\(name): \(board.count.value) cores; the profile has \(count.value)")
    }
    // A kernel tells "armv8" where a profile may say "armv8.2".
    if !isa.value.hasPrefix(board.isa.value) {
      lines.append("\(name): its programs are \(board.isa.value); the profile has \(isa.value)")
    }
    let missing = features.value.filter { !board.features.value.contains($0) }
    if !missing.isEmpty {
      lines.append("\(name): has no \(missing.joined(separator: ", ")); the profile has")
    }
    if let own = maxClock?.value.hertz, let found = board.maxClock?.value.hertz,
      abs(found / own - 1) > 0.02
    {
      lines.append(
        "\(name): runs at up to \(Frequency(hertz: found)); the profile has \(Frequency(hertz: own))")
    }
    if let own = l2?.value, let found = board.l2?.value, own != found, l2Scope?.value == board.l2Scope?.value
    {
      lines.append("\(name): its second-level cache has \(found); the profile has \(own)")
    }
    return lines
  }
}
