/// A closed range that holds the true value at some stated confidence; both ends finite, `lower <= upper`.
public struct Interval: Sendable, Hashable {
  public let lower: Double
  public let upper: Double

  /// - Returns: `nil` if an end is not finite or the ends are the wrong way round.
  public init?(_ lower: Double, _ upper: Double) {
    guard lower.isFinite, upper.isFinite, lower <= upper else { return nil }
    self.lower = lower
    self.upper = upper
  }

  /// The interval of a figure known exactly, such as the size of a file.
  public init?(exactly value: Double) { self.init(value, value) }

  public var width: Double { upper - lower }
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
  public func overlaps(_ other: Interval) -> Bool { lower <= other.upper && other.lower <= upper }
}

/// In JSON an interval is `[lower, upper]`.
extension Interval: Codable {
  public init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    let lower = try list.decode(Double.self)
    let upper = try list.decode(Double.self)
    guard list.isAtEnd, let interval = Interval(lower, upper) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "expected [lower, upper], both finite, lower not above upper"))
    }
    self = interval
  }

  public func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    try list.encode(lower)
    try list.encode(upper)
  }
}

/// A value beside the interval that holds the true one at some stated confidence.
public struct Estimate: Sendable, Hashable {
  public var value: Double
  public var interval: Interval

  public init(value: Double, interval: Interval) {
    self.value = value
    self.interval = interval
  }
}
