/// How far a device has come from its reference measurement.
public struct ObservationDrift: Sendable, Equatable {
  public var reference: Observation
  public var latest: Observation
  /// The latest median over the reference's: 1.1 is a tenth slower.
  public var ratio: Double
  /// Whether the medians' 95 % intervals are apart; `nil` where one is missing.
  public var isBeyondNoise: Bool?

  /// - Parameter history: Of one subject, in any order; those that are not usable are passed over.
  /// - Returns: `nil` for fewer than two usable ones.
  public init?(of history: some Sequence<Observation>) {
    let usable = history.filter(\.isUsable).sorted { $0.date < $1.date }
    guard usable.count > 1, let reference = usable.first, let latest = usable.last,
      let first = reference.median, let last = latest.median
    else { return nil }
    self.reference = reference
    self.latest = latest
    ratio = last / first
    if let a = reference.ci95, let b = latest.ci95 { isBeyondNoise = !a.overlaps(b) }
  }
}
