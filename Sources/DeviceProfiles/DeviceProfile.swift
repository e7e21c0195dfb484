public import Units

/// A board, as far as sources tell: what a model may use, and how fast it is.
///
/// Every figure comes with its source; a figure that nobody published is `nil`, never a guess.
public struct DeviceProfile: Sendable, Equatable {
  /// The name on the command line: "rpi4".
  public var id: String
  /// The vendor's name: "Raspberry Pi 4 Model B (4 GB)".
  public var name: String
  public var deviceClass: String?
  public var soc: Sourced<String>?
  /// Fastest cluster first.
  public var clusters: [CoreCluster]
  public var memory: Memory
  public var storage: Storage
  public var defaultRequirements: DefaultRequirements
  /// Calibrated efficiencies, one a (engine, precision, kernel class, threads); empty until calibrated.
  public var coefficients: [Coefficient]
  /// SHA-256 of the canonical form, in hexadecimal.
  public var digest: String

  public init(
    id: String, name: String, deviceClass: String?, soc: Sourced<String>?, clusters: [CoreCluster],
    memory: Memory, storage: Storage, defaultRequirements: DefaultRequirements,
    coefficients: [Coefficient], digest: String
  ) {
    self.id = id
    self.name = name
    self.deviceClass = deviceClass
    self.soc = soc
    self.clusters = clusters
    self.memory = memory
    self.storage = storage
    self.defaultRequirements = defaultRequirements
    self.coefficients = coefficients
    self.digest = digest
  }

  public var coreCount: Int { clusters.reduce(0) { $0 + $1.count.value } }

  /// A figure and where it is from: a URL, a datasheet, or "calibrated on board, DATE, digest of the record".
  public struct Sourced<Value: Sendable & Equatable>: Sendable, Equatable {
    public var value: Value
    public var source: String
    public init(_ value: Value, source: String) {
      self.value = value
      self.source = source
    }
  }

  public struct CoreCluster: Sendable, Equatable {
    public var core: Sourced<String>  // "Cortex-A72"
    public var count: Sourced<Int>
    public var isa: Sourced<String>  // "armv8.0"
    /// ISA features that matter to kernels: "neon", "fp16", "dotprod", "i8mm".
    public var features: Sourced<[String]>
    public var maxClock: Sourced<Frequency>
    public var l1Data: Sourced<ByteCount>?
    public var l2: Sourced<ByteCount>?
    public var l3: Sourced<ByteCount>?
    /// Peak per core and cycle, a fused multiply-add counted as two.
    public var f32PerCycle: Sourced<Double>?
    public var f16PerCycle: Sourced<Double>?
    public var int8PerCycle: Sourced<Double>?

    public init(
      core: Sourced<String>, count: Sourced<Int>, isa: Sourced<String>, features: Sourced<[String]>,
      maxClock: Sourced<Frequency>, l1Data: Sourced<ByteCount>? = nil, l2: Sourced<ByteCount>? = nil,
      l3: Sourced<ByteCount>? = nil, f32PerCycle: Sourced<Double>? = nil,
      f16PerCycle: Sourced<Double>? = nil, int8PerCycle: Sourced<Double>? = nil
    ) {
      self.core = core
      self.count = count
      self.isa = isa
      self.features = features
      self.maxClock = maxClock
      self.l1Data = l1Data
      self.l2 = l2
      self.l3 = l3
      self.f32PerCycle = f32PerCycle
      self.f16PerCycle = f16PerCycle
      self.int8PerCycle = int8PerCycle
    }
  }

  public struct Memory: Sendable, Equatable {
    public var dram: Sourced<ByteCount>
    /// What the operating system and the board's own services leave for a model.
    public var usable: Sourced<ByteCount>?
    public var copyBandwidth: Sourced<Bandwidth>?
    public var readBandwidth: Sourced<Bandwidth>?
    public init(
      dram: Sourced<ByteCount>, usable: Sourced<ByteCount>? = nil,
      copyBandwidth: Sourced<Bandwidth>? = nil, readBandwidth: Sourced<Bandwidth>? = nil
    ) {
      self.dram = dram
      self.usable = usable
      self.copyBandwidth = copyBandwidth
      self.readBandwidth = readBandwidth
    }
  }

  public struct Storage: Sendable, Equatable {
    public var kind: Sourced<String>?  // "microSD", "eMMC"
    public var size: Sourced<ByteCount>?
    public var readBandwidth: Sourced<Bandwidth>?
    public var writeBandwidth: Sourced<Bandwidth>?
    public init(
      kind: Sourced<String>? = nil, size: Sourced<ByteCount>? = nil,
      readBandwidth: Sourced<Bandwidth>? = nil, writeBandwidth: Sourced<Bandwidth>? = nil
    ) {
      self.kind = kind
      self.size = size
      self.readBandwidth = readBandwidth
      self.writeBandwidth = writeBandwidth
    }
  }

  /// Used where the command line names no requirement.
  public struct DefaultRequirements: Sendable, Equatable {
    public var latency: String?  // "p90<=100ms"
    public var memory: ByteCount?
    public var disk: ByteCount?
    public init(latency: String? = nil, memory: ByteCount? = nil, disk: ByteCount? = nil) {
      self.latency = latency
      self.memory = memory
      self.disk = disk
    }
  }

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
