public import Records
public import Statistics

/// What a compressed configuration gains over the best uncompressed one, in the figure that makes the difference.
public struct Gain: Sendable, Hashable {
  public var metric: Metric
  /// How many times better: 2 is half the latency, half the memory.
  public var ratio: Double
  public var interval: Interval
  public var evidence: Evidence

  /// Not better, or by no more than chance and the usual difference between two runs.
  ///
  /// A projection's band is not noise, for both variants share most of its error: of projections the middles are compared.
  public var isRefused: Bool { (evidence == .projected ? ratio : interval.lower) <= 1 + metric.noise }

  /// "1.02x, within noise: refused", "0.80x: refused", "peak memory 3.10x".
  public var text: String {
    let times = "\(decimal(ratio, 2))x"
    let figure = if case .latency = metric { times } else { "\(metric.name) \(times)" }
    guard isRefused else { return figure }
    let isWorse = (evidence == .projected ? ratio : interval.upper) < 1 - metric.noise
    return isWorse ? "\(figure): refused" : "\(figure), within noise: refused"
  }

  /// - Returns: `nil` unless both have a figure that can be divided.
  init?(of metric: Metric, from base: Reading, to variant: Reading) {
    guard let base = base.figure, let variant = variant.figure else { return nil }
    let (above, below) = metric.isMoreBetter ? (variant, base) : (base, variant)
    guard below.interval.lower > 0, below.value > 0, above.interval.lower >= 0,
      let interval = Interval(
        above.interval.lower / below.interval.upper, above.interval.upper / below.interval.lower),
      (above.value / below.value).isFinite
    else { return nil }
    self.metric = metric
    self.ratio = above.value / below.value
    self.interval = interval
    self.evidence = min(base.evidence, variant.evidence)
  }

  /// The best gain among what binds `base`, or in latency where nothing does.
  ///
  /// - Returns: `nil` where nothing can be compared, or where `base` does not even run and the variant does.
  static func best(from base: CandidateAssessment, to variant: Candidate) -> Gain? {
    let binding = base.exceeded
    let isSavedFromMisfit = binding.contains { assessment in
      guard case .exceeds = assessment.reading else { return false }
      return variant.reading(of: assessment.requirement.metric).figure != nil
    }
    guard !isSavedFromMisfit else { return nil }
    let metrics = binding.isEmpty ? [.latency(.median)] : binding.map(\.requirement.metric)
    let gains = metrics.compactMap {
      Gain(of: $0, from: base.candidate.reading(of: $0), to: variant.reading(of: $0))
    }
    return gains.max { ($0.isRefused ? 0 : 1, $0.ratio) < ($1.isRefused ? 0 : 1, $1.ratio) }
  }
}
