public import Records
public import Statistics

/// What is known of one figure of one configuration on the device.
public enum Reading: Sendable, Hashable {
  case figure(Figure)
  /// It does not fit, whatever the exact figure would have been: killed for memory, no room on the disk.
  case exceeds(why: String, evidence: Evidence)
  /// Not known, why, and what would make it known.
  case unknown(why: String, next: String)

  public var figure: Figure? {
    if case .figure(let figure) = self { figure } else { nil }
  }

  public var evidence: Evidence? {
    switch self {
    case .figure(let figure): figure.evidence
    case .exceeds(_, let evidence): evidence
    case .unknown: nil
    }
  }
}

/// A figure with its interval and where it is from.
public struct Figure: Sendable, Hashable {
  public var value: Double
  public var interval: Interval
  public var evidence: Evidence

  public init(value: Double, interval: Interval, evidence: Evidence) {
    self.value = value
    self.interval = interval
    self.evidence = evidence
  }

  /// A figure without a spread, such as the size of a file.
  ///
  /// - Returns: `nil` if it is not finite.
  public init?(exactly value: Double, evidence: Evidence) {
    guard let interval = Interval(exactly: value) else { return nil }
    self.init(value: value, interval: interval, evidence: evidence)
  }
}
