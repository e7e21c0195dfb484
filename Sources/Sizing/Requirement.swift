/// A hard limit on one figure.
public struct Requirement: Sendable, Hashable {
  public var metric: Metric
  /// In the metric's unit: at least this throughput, at most this of everything else.
  public var limit: Double

  public init(_ metric: Metric, limit: Double) {
    self.metric = metric
    self.limit = limit
  }

  /// "p99 latency <= 50 ms".
  public var text: String {
    "\(metric.name) \(metric.isMoreBetter ? ">=" : "<=") \(metric.limitText(limit))"
  }
}

/// A text that is not the requirement it was read as, in one line.
public struct RequirementError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The option, or the key in a file: "--latency", "latency".
  public var place: String
  /// "is 'p99<50'; expected a latency such as 'p99<=50ms'".
  public var problem: String

  public init(place: String, problem: String) {
    self.place = place
    self.problem = problem
  }

  public var description: String { "\(place) \(problem)." }
}
