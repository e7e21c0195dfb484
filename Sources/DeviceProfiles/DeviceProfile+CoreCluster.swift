public import Units

extension DeviceProfile {
  /// Cores of one kind that share a clock.
  public struct CoreCluster: Sendable, Equatable {
    /// The core's type: "Cortex-A72".
    public var core: Sourced<String>
    public var count: Sourced<Int>
    /// The architecture: "armv7", "armv8.0", "armv8.2", "x86-64".
    public var isa: Sourced<String>
    /// ISA features that matter to kernels: "neon", "fp16", "dotprod", "i8mm".
    public var features: Sourced<[String]>
    /// The highest clock of normal operation, without overclocking.
    public var maxClock: Sourced<Frequency>?
    public var minClock: Sourced<Frequency>?
    /// Per core.
    public var l1Data: Sourced<ByteCount>?
    /// Of the whole cluster, or of each core: see ``l2Scope``.
    public var l2: Sourced<ByteCount>?
    /// "core" or "cluster".
    public var l2Scope: Sourced<String>?
    /// Shared by all cores.
    public var l3: Sourced<ByteCount>?
    /// Peak per core and cycle, a fused multiply-add counted as two.
    public var f32PerCycle: Sourced<Double>?
    public var f16PerCycle: Sourced<Double>?
    /// Peak 8-bit operations per core and cycle, a multiplication and its addition counted as two.
    public var int8PerCycle: Sourced<Double>?

    public init(
      core: Sourced<String>, count: Sourced<Int>, isa: Sourced<String>, features: Sourced<[String]>,
      maxClock: Sourced<Frequency>? = nil, minClock: Sourced<Frequency>? = nil,
      l1Data: Sourced<ByteCount>? = nil, l2: Sourced<ByteCount>? = nil, l2Scope: Sourced<String>? = nil,
      l3: Sourced<ByteCount>? = nil, f32PerCycle: Sourced<Double>? = nil,
      f16PerCycle: Sourced<Double>? = nil, int8PerCycle: Sourced<Double>? = nil
    ) {
      self.core = core
      self.count = count
      self.isa = isa
      self.features = features
      self.maxClock = maxClock
      self.minClock = minClock
      self.l1Data = l1Data
      self.l2 = l2
      self.l2Scope = l2Scope
      self.l3 = l3
      self.f32PerCycle = f32PerCycle
      self.f16PerCycle = f16PerCycle
      self.int8PerCycle = int8PerCycle
    }
  }
}
