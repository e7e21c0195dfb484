/// The processor's clock while samples were taken, measured by a chain of instructions of one cycle each, not as reported.
///
/// Within 3 % of the true one; ratios of two are closer.
public struct MeasuredClock: Codable, Sendable, Equatable {
  public var beforeHertz: Int64
  public var lowestHertz: Int64
  public var highestHertz: Int64

  public init(beforeHertz: Int64, lowestHertz: Int64, highestHertz: Int64) {
    self.beforeHertz = beforeHertz
    self.lowestHertz = lowestHertz
    self.highestHertz = highestHertz
  }

  enum CodingKeys: String, CodingKey {
    case beforeHertz = "before_hz"
    case lowestHertz = "lowest_hz"
    case highestHertz = "highest_hz"
  }
}

/// How long the agent was ready to run while its samples were taken, and other programs ran in its place.
public struct Contention: Codable, Sendable, Equatable {
  public var samplingNanoseconds: Int64
  public var waitedNanoseconds: Int64

  public init(samplingNanoseconds: Int64, waitedNanoseconds: Int64) {
    self.samplingNanoseconds = samplingNanoseconds
    self.waitedNanoseconds = waitedNanoseconds
  }

  enum CodingKeys: String, CodingKey {
    case samplingNanoseconds = "sampling_ns"
    case waitedNanoseconds = "waited_ns"
  }

  /// 0 to 1; `nil` where nothing was sampled.
  public var share: Double? {
    guard samplingNanoseconds > 0, waitedNanoseconds >= 0 else { return nil }
    return min(1, Double(waitedNanoseconds) / Double(samplingNanoseconds))
  }
}

/// Other work that was meant to run on the same machine meanwhile.
public struct Companion: Codable, Sendable, Equatable {
  /// As the user gave it.
  public var command: String
  /// Whether it still ran when the measurement ended.
  public var ranToTheEnd: Bool

  public init(command: String, ranToTheEnd: Bool) {
    self.command = command
    self.ranToTheEnd = ranToTheEnd
  }

  enum CodingKeys: String, CodingKey {
    case command
    case ranToTheEnd = "ran_to_the_end"
  }
}
