public import Statistics

extension Metric {
  /// `value` with its unit, three significant digits: "412 ms", "61.2 MiB", "2.43 /s", "1.50 %".
  public func text(_ value: Double) -> String {
    let unit = unit(for: value)
    return "\(number(value / unit.size)) \(unit.name)"
  }

  /// The value with its interval in the same unit: "412 ms [405, 421]"; without where the value is exact.
  public func text(_ value: Double, in interval: Interval) -> String {
    guard interval.width > 0 else { return text(value) }
    let unit = unit(for: value)
    return "\(text(value)) [\(number(interval.lower / unit.size)), \(number(interval.upper / unit.size))]"
  }

  /// A limit as a user would write it: "50 ms", "64 MiB", "1 %".
  public func limitText(_ limit: Double) -> String {
    let unit = unit(for: limit)
    return "\(shortest(limit / unit.size)) \(unit.name)"
  }

  private func unit(for value: Double) -> (name: String, size: Double) {
    let units: [(name: String, size: Double)] =
      switch self {
      case .latency, .load, .firstInference: [("s", 1e9), ("ms", 1e6), ("\u{B5}s", 1e3), ("ns", 1)]
      case .peakMemory, .disk: [("GiB", 0x1p30), ("MiB", 0x1p20), ("KiB", 0x1p10), ("B", 1)]
      case .throughput: [("/s", 1)]
      case .accuracyDrop: [("%", 0.01)]
      }
    // Half a step below a unit already prints as the unit: 999.6 us is 1.00 ms.
    return units.first { abs(value) >= $0.size * 0.9995 } ?? units[units.count - 1]
  }

  /// Three significant digits where there is a fraction: "412", "26.0", "1.05", "0".
  private func number(_ value: Double) -> String {
    if case .peakMemory = self, value == value.rounded() { return decimal(value, 0) }
    if case .disk = self, value == value.rounded() { return decimal(value, 0) }
    let size = abs(value)
    return decimal(value, size == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3)
  }

  /// Limits are round numbers: no more digits than were given, up to six.
  private func shortest(_ value: Double) -> String {
    for decimals in 0...6 {
      let power = [1.0, 10, 100, 1e3, 1e4, 1e5, 1e6][decimals]
      if decimals == 6 || abs(value * power - (value * power).rounded()) <= 1e-9 * abs(value * power) {
        return decimal(value, decimals)
      }
    }
    return decimal(value, 6)
  }
}

/// `value` with `decimals` digits after the point, at most 6; "-" for what is not a finite number.
func decimal(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return "-" }
  let power = [1.0, 10, 100, 1e3, 1e4, 1e5, 1e6][min(max(decimals, 0), 6)]
  let scaled = Int64((abs(value) * power).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return sign + String(scaled) }
  let digits = String(scaled)
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
}
