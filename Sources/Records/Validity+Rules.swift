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

    /// Shares by which the measured clock may vary; 3 % is what its measurement is off by.
    static let warnClock = 0.05
    static let invalidClock = 0.10

    /// The clock as it was measured while sampling.
    public static func clock(_ clock: MeasuredClock?) -> Finding? {
      guard let clock, clock.lowestHertz > 0, clock.highestHertz >= clock.lowestHertz else { return nil }
      let change = 1 - Double(clock.lowestHertz) / Double(clock.highestHertz)
      guard change >= warnClock else { return nil }
      let (low, high) = (
        Frequency(hertz: Double(clock.lowestHertz)), Frequency(hertz: Double(clock.highestHertz))
      )
      let fact = "the measured clock varied by \(percent(change)) (\(low) to \(high))"
      return change >= invalidClock
        ? .invalid("\(fact): times are of several speeds; pin the governor, cool it, and measure again")
        : .warning("\(fact): percentiles mix two speeds. See docs/reducing-variance.md#clock.")
    }

    static let warnContention = 0.01
    static let invalidContention = 0.05

    /// - Parameter companion: What was meant to run there too; then waiting for it is what is measured.
    public static func contention(_ contention: Contention?, beside companion: Companion?) -> Finding? {
      guard companion == nil, let share = contention?.share, share >= warnContention else { return nil }
      let fact = "other programs ran for \(percent(share)) of the time in the agent's place"
      return share >= invalidContention
        ? .invalid("\(fact): times are too long by an unknown amount; stop them, or measure with '--beside'")
        : .warning(
          "\(fact): high percentiles are those of the disturbance. See docs/reducing-variance.md#contention.")
    }

    public static func companion(_ companion: Companion?) -> Finding? {
      guard let companion, !companion.ranToTheEnd else { return nil }
      return .invalid(
        "'\(printable(companion.command, limit: 80))' ended before the measurement did: a part is without it; give one that goes on"
      )
    }

    /// Heat under sustained load is what that is measured for: the samples are of the machine as it is then.
    public static func sustained(_ load: SustainedLoad?) -> Finding? {
      guard let ratio = load?.ratio, abs(ratio - 1) >= warnDrift else { return nil }
      return .warning(
        "under sustained load the last minute is \(percent(abs(ratio - 1))) \(ratio > 1 ? "slower" : "faster") than the first: the samples are of its end. See docs/reducing-variance.md#sustained."
      )
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
    ///
    /// - Parameter isSustained: Whether it was loaded to see it throttle; low voltage is a fault even so.
    public static func throttling(
      _ after: ThrottleFlags?, before: ThrottleFlags?, isSustained: Bool = false
    ) -> Finding? {
      guard let events = after?.events(since: before), !events.isEmpty else { return nil }
      if isSustained, !events.contains(ThrottleFlags.underVoltage) {
        return .warning(
          "the board reports: \(events.joined(separator: ", ")): the samples are of that state. See docs/reducing-variance.md#sustained."
        )
      }
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
