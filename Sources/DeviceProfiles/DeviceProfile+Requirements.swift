public import Units

extension DeviceProfile {
  /// Used where the command line names no requirement. A policy, not a fact about the board.
  public struct DefaultRequirements: Sendable, Equatable {
    /// "p90<=100ms".
    public var latency: String?
    public var memory: ByteCount?
    public var disk: ByteCount?
    public var maxAccuracyDrop: Percentage?
    /// Whose policy: "EdgeBench default".
    public var source: String?

    public init(
      latency: String? = nil, memory: ByteCount? = nil, disk: ByteCount? = nil,
      maxAccuracyDrop: Percentage? = nil, source: String? = nil
    ) {
      self.latency = latency
      self.memory = memory
      self.disk = disk
      self.maxAccuracyDrop = maxAccuracyDrop
      self.source = source
    }
  }

  /// What share of the peak an engine reaches in kernels of one class, measured on the board.
  public struct Coefficient: Sendable, Equatable {
    public var engine: String
    public var precision: String
    public var kernelClass: String
    public var threads: Int
    public var efficiency: Sourced<Double>

    public init(
      engine: String, precision: String, kernelClass: String, threads: Int, efficiency: Sourced<Double>
    ) {
      self.engine = engine
      self.precision = precision
      self.kernelClass = kernelClass
      self.threads = threads
      self.efficiency = efficiency
    }
  }
}
