public import Units

/// A board, as far as sources tell: what a model may use, and how fast it is.
///
/// Every figure comes with its source; a figure that nobody published is `nil`, never a guess.
public struct DeviceProfile: Sendable, Equatable {
  /// The name on the command line: "rpi4".
  public var id: String
  /// The vendor's name: "Raspberry Pi 4 Model B (4 GB)".
  public var name: String
  /// "single-board computer", "gateway", "industrial module".
  public var deviceClass: String?
  public var soc: Sourced<String>?
  /// Fastest cluster first.
  public var clusters: [CoreCluster]
  public var memory: Memory
  public var storage: Storage
  public var network: Sourced<String>?
  /// What the whole board draws while all its cores compute.
  public var loadPower: Sourced<Power>?
  public var defaultRequirements: DefaultRequirements
  /// Calibrated efficiencies, one a (engine, precision, kernel class, threads); empty until calibrated.
  public var coefficients: [Coefficient]
  /// SHA-256 of the canonical form, in hexadecimal.
  public var digest: String

  public init(
    id: String, name: String, deviceClass: String?, soc: Sourced<String>?, clusters: [CoreCluster],
    memory: Memory, storage: Storage, network: Sourced<String>? = nil, loadPower: Sourced<Power>? = nil,
    defaultRequirements: DefaultRequirements, coefficients: [Coefficient], digest: String
  ) {
    self.id = id
    self.name = name
    self.deviceClass = deviceClass
    self.soc = soc
    self.clusters = clusters
    self.memory = memory
    self.storage = storage
    self.network = network
    self.loadPower = loadPower
    self.defaultRequirements = defaultRequirements
    self.coefficients = coefficients
    self.digest = digest
  }

  public var coreCount: Int { clusters.reduce(0) { $0 + $1.count.value } }

  /// A figure and where it is from.
  public struct Sourced<Value: Sendable & Equatable>: Sendable, Equatable {
    public var value: Value
    /// A URL, a datasheet, or "calibrated on board, DATE, digest of the record".
    public var source: String
    /// What a reader should know about it: "measured at 1.5 GHz".
    public var note: String?
    public init(_ value: Value, source: String, note: String? = nil) {
      self.value = value
      self.source = source
      self.note = note
    }
  }
}
