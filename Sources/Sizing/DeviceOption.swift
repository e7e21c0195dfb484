public import DeviceProfiles
import Units

/// Another device and what is known of the model there, usually projected.
public struct DeviceOption: Sendable {
  public var profile: DeviceProfile
  public var candidates: [Candidate]

  public init(profile: DeviceProfile, candidates: [Candidate]) {
    self.profile = profile
    self.candidates = candidates
  }

  public func decision(for requirements: Requirements) -> SizingDecision {
    SizingDecision(candidates, requirements: requirements, profile: profile)
  }

  /// Less memory is smaller; of equal memory slower cores are. What no source tells counts as the most.
  public static func isSmaller(_ a: DeviceOption, _ b: DeviceOption) -> Bool {
    let (first, second) = (a.memory, b.memory)
    if first != second { return first < second }
    return a.peakPerSecond == b.peakPerSecond
      ? a.profile.id < b.profile.id : a.peakPerSecond < b.peakPerSecond
  }

  private var memory: ByteCount { profile.memory.dram?.value ?? ByteCount(bytes: Int64.max) }

  /// Cores times clock, times what a core does in a cycle where that is known.
  private var peakPerSecond: Double {
    profile.clusters.reduce(0) {
      $0 + Double($1.count.value) * ($1.maxClock?.value.hertz ?? .infinity) * ($1.f32PerCycle?.value ?? 1)
    }
  }

  /// The smallest of `options` that is known to hold the model, compressed or not.
  public static func smallest(
    of options: [DeviceOption], meeting requirements: Requirements
  ) -> (device: DeviceOption, decision: SizingDecision)? {
    for option in options.sorted(by: isSmaller) {
      let decision = option.decision(for: requirements)
      switch decision.verdict.kind {
      case .notRequired, .required: return (option, decision)
      case .insufficient, .inconclusive: continue
      }
    }
    return nil
  }
}
