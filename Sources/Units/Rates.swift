/// A clock: cycles per second.
public struct Frequency: Sendable, Hashable, Comparable, Codable {
  public var hertz: Double
  public init(hertz: Double) { self.hertz = hertz }
  public static func megahertz(_ count: Double) -> Frequency { Frequency(hertz: count * 1e6) }
  public static func < (a: Frequency, b: Frequency) -> Bool { a.hertz < b.hertz }
}

/// Bytes per second.
public struct Bandwidth: Sendable, Hashable, Comparable, Codable {
  public var bytesPerSecond: Double
  public init(bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }
  public static func megabytesPerSecond(_ count: Double) -> Bandwidth {
    Bandwidth(bytesPerSecond: count * 1e6)
  }
  public static func < (a: Bandwidth, b: Bandwidth) -> Bool { a.bytesPerSecond < b.bytesPerSecond }
}
