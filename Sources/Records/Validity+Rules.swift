public import Statistics
import Units

extension Validity {
  public enum Finding: Sendable, Equatable {
    case invalid(String)
    case warning(String)
  }

  /// One function a rule: from a fact to what it does to the numbers, or `nil`.
  public enum Rules {
    /// The median's 99 % interval needs this many samples: fewer say nothing that could be rechecked.
    public static let minimumSamples = Percentile.minimumSampleCount(for: 0.5) ?? 8

    public static func sampleCount(_ count: Int) -> Finding? {
      guard count < minimumSamples else { return nil }
      return .invalid(
        "\(count) samples; the median's interval needs \(minimumSamples). Measure longer")
    }

    /// Shares of the median by which the last tenth may differ from the first. Between runs of one program on
    /// one quiet machine a few per cent are usual (Georges et al., OOPSLA 2007), so less than 3 % is not told.
    static let warnDrift = 0.03
    static let invalidDrift = 0.10
    /// A shift less clear than this is noise.
    static let driftSignificance = 0.01

    public static func drift(_ drift: Drift?, clockRatio: Double?) -> Finding? {
      guard let drift, drift.pValue < driftSignificance else { return nil }
      let change = drift.ratio - 1
      guard abs(change) >= warnDrift else { return nil }
      let fact =
        "the last tenth of the samples is \(percent(abs(change))) \(change > 0 ? "slower" : "faster") than the first"
      if abs(change) < invalidDrift {
        return .warning("\(fact): percentiles mix two speeds. See docs/reducing-variance.md#drift.")
      }
      guard change > 0 else { return .invalid("\(fact): warm up longer") }
      if let clockRatio, clockRatio < 1 - warnDrift {
        return .invalid(
          "\(fact) and the clock sank by \(percent(1 - clockRatio)): throttled; cool it, or measure sustained load"
        )
      }
      return .invalid("\(fact): throttled, or disturbed; close other programs and measure again")
    }

    static let warnSteal = 0.01
    static let invalidSteal = 0.05

    public static func steal(_ share: Double?) -> Finding? {
      guard let share, share >= warnSteal else { return nil }
      let fact = "the hypervisor gave \(percent(share)) of processor time to others"
      return share >= invalidSteal
        ? .invalid("\(fact): times are too long by an unknown amount; measure on a quiet host")
        : .warning(
          "\(fact): times are that much too long, high percentiles more. See docs/reducing-variance.md#steal."
        )
    }

    public static func governor(_ governors: [String]?) -> Finding? {
      guard let slow = governors?.first(where: { $0 != "performance" }) else { return nil }
      return .warning(
        "the clock's governor is '\(printable(slow, limit: 40))': latencies follow the clock. See docs/reducing-variance.md#governor."
      )
    }

    /// What the board itself says of its power and heat, during the measurement.
    public static func throttling(_ after: ThrottleFlags?, before: ThrottleFlags?) -> Finding? {
      guard let events = after?.events(since: before), !events.isEmpty else { return nil }
      return .invalid(
        "the board reports: \(events.joined(separator: ", ")); use the official power supply, cool it, and measure again"
      )
    }

    /// A page that the kernel took back is read again from this machine's disk, at this machine's speed.
    public static func paging(_ majorFaults: Int64?) -> Finding? {
      guard let majorFaults, majorFaults > 0 else { return nil }
      return .warning(
        "\(majorFaults) pages were read from storage while sampling: times include this machine's disk. See docs/reducing-variance.md#paging."
      )
    }

    /// For normal samples 0.0002 % lie beyond the outer fence.
    static let warnSevereOutliers = 0.05

    public static func outliers(_ outliers: Outliers, of count: Int) -> Finding? {
      let share = Double(outliers.severe) / Double(max(count, 1))
      guard share >= warnSevereOutliers else { return nil }
      return .warning(
        "\(outliers.severe) of \(count) samples (\(percent(share))) lie beyond Tukey's outer fence: the median holds, high percentiles are those of the disturbance. See docs/reducing-variance.md#outliers."
      )
    }

    /// "12 %", "2.3 %".
    static func percent(_ share: Double) -> String {
      let tenths = Int((min(share, 1e6) * 1000).rounded())
      return tenths >= 100 || tenths % 10 == 0 ? "\((tenths + 5) / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }
  }
}
