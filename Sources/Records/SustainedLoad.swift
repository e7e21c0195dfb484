/// Inferences without pause, window by window, in the order of time.
public struct SustainedLoad: Codable, Sendable, Equatable {
  public var windows: [Window]

  public init(windows: [Window] = []) { self.windows = windows }

  public struct Window: Codable, Sendable, Equatable {
    /// Since the load began.
    public var startNanoseconds: Int64
    public var endNanoseconds: Int64
    public var count: Int
    /// Of the window's inferences; nearest rank.
    public var medianNanoseconds: Int64
    public var p90Nanoseconds: Int64
    public var maximumNanoseconds: Int64
    /// Measured at the window's end.
    public var clockHertz: Int64?
    /// Degrees Celsius at the window's end.
    public var temperature: Double?

    public init(
      startNanoseconds: Int64, endNanoseconds: Int64, count: Int, medianNanoseconds: Int64,
      p90Nanoseconds: Int64, maximumNanoseconds: Int64, clockHertz: Int64? = nil, temperature: Double? = nil
    ) {
      self.startNanoseconds = startNanoseconds
      self.endNanoseconds = endNanoseconds
      self.count = count
      self.medianNanoseconds = medianNanoseconds
      self.p90Nanoseconds = p90Nanoseconds
      self.maximumNanoseconds = maximumNanoseconds
      self.clockHertz = clockHertz
      self.temperature = temperature
    }

    enum CodingKeys: String, CodingKey {
      case count
      case startNanoseconds = "start_ns"
      case endNanoseconds = "end_ns"
      case medianNanoseconds = "median_ns"
      case p90Nanoseconds = "p90_ns"
      case maximumNanoseconds = "max_ns"
      case clockHertz = "clock_hz"
      case temperature = "temperature_celsius"
    }
  }

  /// A part of the load: the middle of its windows' medians, and how hot it was at most.
  public struct Part: Sendable, Equatable {
    public var nanoseconds: Int64
    public var clockHertz: Int64?
    public var temperature: Double?
  }

  public var nanoseconds: Int64 { windows.last?.endNanoseconds ?? 0 }

  /// A minute, or a tenth of a load of less than ten.
  public var partNanoseconds: Int64 { min(60_000_000_000, nanoseconds / 10) }

  /// The first minute; `nil` where there are no windows.
  public var first: Part? { part { $0.startNanoseconds < partNanoseconds } ?? windows.first.map(Self.part) }
  /// The last minute.
  public var last: Part? {
    part { $0.endNanoseconds > nanoseconds - partNanoseconds } ?? windows.last.map(Self.part)
  }

  /// The last minute's latency in the first one's: 1.3 is 30 % slower.
  public var ratio: Double? {
    guard let first, let last, first.nanoseconds > 0 else { return nil }
    return Double(last.nanoseconds) / Double(first.nanoseconds)
  }

  private static func part(_ window: Window) -> Part {
    Part(
      nanoseconds: window.medianNanoseconds, clockHertz: window.clockHertz, temperature: window.temperature)
  }

  private func part(_ isPart: (Window) -> Bool) -> Part? {
    let parts = windows.filter(isPart)
    guard !parts.isEmpty else { return nil }
    func middle(_ values: [Int64]) -> Int64? {
      values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
    }
    return Part(
      nanoseconds: middle(parts.map(\.medianNanoseconds)) ?? 0,
      clockHertz: middle(parts.compactMap(\.clockHertz)),
      temperature: parts.compactMap(\.temperature).max())
  }
}
