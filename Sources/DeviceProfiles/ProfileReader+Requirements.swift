internal import Units

extension ProfileReader {
  func requirements(
    _ node: Located, dram: ByteCount?, statesDRAM: Bool
  ) -> DeviceProfile.DefaultRequirements {
    let keys = ["source", "latency", "memory", "disk", "max-accuracy-drop"]
    guard let block = block(node, path: "requirements", keys: keys) else {
      return DeviceProfile.DefaultRequirements()
    }
    return DeviceProfile.DefaultRequirements(
      latency: node["latency"].flatMap(latencyLimit),
      memory: node["memory"].flatMap { memoryLimit($0, dram: dram, statesDRAM: statesDRAM) },
      disk: node["disk"].flatMap { limitSize($0, path: "requirements.disk") },
      maxAccuracyDrop: node["max-accuracy-drop"].flatMap {
        self.quantity(
          $0, path: "requirements.max-accuracy-drop",
          in: Percentage(percent: 0)...Percentage(percent: 100), show: \.exactText)
      },
      source: sourceText(of: block))
  }

  /// "p90<=100ms", "median<=20ms", "mean<=1s".
  private func latencyLimit(_ node: Located) -> String? {
    let path = "requirements.latency"
    guard let text = text(node, path: path) else { return nil }
    let parts = text.split(separator: "<=", maxSplits: 1, omittingEmptySubsequences: false)
    let isLimit =
      parts.count == 2 && isLatencyStatistic(parts[0])
      && (try? Duration(parsing: String(parts[1]))).map { $0 > .zero } ?? false
    guard isLimit else {
      report(
        .wrongUnit, node.line, "\(path) is '\(name(text))'; expected a latency limit such as 'p90<=100ms'.")
      return nil
    }
    return text
  }

  private func isLatencyStatistic(_ text: Substring) -> Bool {
    if text == "median" || text == "mean" { return true }
    guard text.first == "p", text.utf8.count <= 8 else { return false }
    guard text.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
      let percentile = Double(text.dropFirst())
    else { return false }
    return percentile > 0 && percentile < 100
  }

  /// A size, or a share of the board's memory: "25% of dram".
  private func memoryLimit(_ node: Located, dram: ByteCount?, statesDRAM: Bool) -> ByteCount? {
    let path = "requirements.memory"
    let suffix = " of dram"
    guard case .text(let text) = node.value, text.hasSuffix(suffix) else {
      return limitSize(node, path: path)
    }
    guard let share = try? Percentage(parsing: String(text.dropLast(suffix.count))),
      share.fraction > 0, share.fraction <= 1
    else {
      report(
        .wrongUnit, node.line,
        "\(path) is '\(name(text))'; expected a share such as '25% of dram', or a size such as '64 MiB'.")
      return nil
    }
    guard let dram else {
      // A broken figure has its own finding.
      guard !statesDRAM else { return nil }
      report(
        .missingKey, node.line,
        "\(path) is '\(name(text))', but memory.dram is not given; add it, or state a size such as '64 MiB'.")
      return nil
    }
    return ByteCount(bytes: Int64(Double(dram.bytes) * share.fraction))
  }
}
