public import Records

/// How one figure stands against its limit.
public enum Finding: String, Sendable, Hashable {
  /// The whole interval is within the limit.
  case met
  /// The whole interval is beyond the limit.
  case exceeded
  /// The limit lies inside the interval.
  case straddles
  case unknown
}

/// One requirement held against one configuration.
public struct Assessment: Sendable, Hashable {
  public var requirement: Requirement
  public var reading: Reading

  public init(_ requirement: Requirement, _ reading: Reading) {
    self.requirement = requirement
    self.reading = reading
  }

  public var finding: Finding {
    switch reading {
    case .unknown: return .unknown
    case .exceeds: return .exceeded
    case .figure(let figure):
      let interval = figure.interval
      let (isWithin, isBeyond) =
        requirement.metric.isMoreBetter
        ? (interval.lower >= requirement.limit, interval.upper < requirement.limit)
        : (interval.upper <= requirement.limit, interval.lower > requirement.limit)
      return isWithin ? .met : isBeyond ? .exceeded : .straddles
    }
  }

  /// The share of the limit that the interval's worse end leaves: 0.38 is 38 % to spare, -0.2 a fifth too much.
  ///
  /// `nil` without a figure or with a limit of zero.
  public var margin: Double? {
    guard case .figure(let figure) = reading, requirement.limit != 0 else { return nil }
    return requirement.metric.isMoreBetter
      ? figure.interval.lower / requirement.limit - 1 : 1 - figure.interval.upper / requirement.limit
  }

  /// How many times the limit the interval's better end is; infinite where the thing does not fit at all.
  var excess: Double {
    guard case .figure(let figure) = reading else { return .infinity }
    let ratio =
      requirement.metric.isMoreBetter
      ? requirement.limit / figure.interval.upper : figure.interval.lower / requirement.limit
    return ratio.isNaN ? .infinity : ratio
  }

  public var evidence: Evidence? { reading.evidence }

  /// "p99 latency 412 ms [405, 421] exceeds 250 ms".
  public var text: String {
    let metric = requirement.metric
    let limit = metric.limitText(requirement.limit)
    switch reading {
    case .unknown(let why, _) where requirement.limit == .infinity:
      return "\(metric.name) is unknown (\(why))"
    case .unknown(let why, _): return "\(metric.name) is unknown (\(why)), limit \(limit)"
    case .exceeds(let why, _): return "\(metric.name): \(why), limit \(limit)"
    case .figure(let figure):
      let value = metric.text(figure.value, in: figure.interval)
      let verb =
        switch finding {
        case .met: "meets"
        case .straddles: "straddles"
        case .exceeded, .unknown: metric.isMoreBetter ? "falls short of" : "exceeds"
        }
      return "\(metric.name) \(value) \(verb) \(limit)"
    }
  }
}
