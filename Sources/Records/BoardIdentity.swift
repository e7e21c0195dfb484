/// The board that a run took place on, as far as its own files tell.
public struct BoardIdentity: Codable, Sendable, Equatable {
  /// What the user calls it.
  public var name: String
  /// "ssh://pi@kitchen", "qemu-user:cortex-a72".
  public var address: String
  /// "Raspberry Pi 4 Model B Rev 1.4": the device tree's model.
  public var model: String?
  /// What the device tree calls the system on a chip: "brcm,bcm2711".
  public var soc: String?
  /// The processor's own names of what it can do, in its order: "asimd", "asimddp".
  public var features: [String]?
  /// Of its programs: 32 or 64.
  public var bits: Int?
  /// The board's revision, as the vendor codes it: "c03114".
  public var revision: String?
  /// Cores of one type and clock, the fastest first.
  public var cores: [Cores]?
  /// What started the kernel: "U-Boot 2021.07".
  public var firmware: String?
  /// What holds the agent and the plan: "/dev/mmcblk0p2".
  public var storage: String?
  /// "SD card", "eMMC", "NVMe", "disk", "spinning disk".
  public var storageKind: String?
  /// Of 16 MiB past the kernel's cache, measured once when the board was prepared.
  public var storageReadBytesPerSecond: Int64?
  public var storageWriteBytesPerSecond: Int64?

  public struct Cores: Codable, Sendable, Equatable {
    /// "Cortex-A72"
    public var type: String
    public var count: Int
    /// As the kernel reports it.
    public var maximumHertz: Double?

    public init(type: String, count: Int, maximumHertz: Double? = nil) {
      self.type = type
      self.count = count
      self.maximumHertz = maximumHertz
    }

    enum CodingKeys: String, CodingKey {
      case type, count
      case maximumHertz = "max_hz"
    }
  }

  enum CodingKeys: String, CodingKey {
    case name, address, model, soc, features, bits, revision, cores, firmware, storage
    case storageKind = "storage_kind"
    case storageReadBytesPerSecond = "storage_read_bytes_per_second"
    case storageWriteBytesPerSecond = "storage_write_bytes_per_second"
  }

  public init(
    name: String, address: String, model: String? = nil, soc: String? = nil, features: [String]? = nil,
    bits: Int? = nil, revision: String? = nil, cores: [Cores]? = nil, firmware: String? = nil,
    storage: String? = nil, storageKind: String? = nil, storageReadBytesPerSecond: Int64? = nil,
    storageWriteBytesPerSecond: Int64? = nil
  ) {
    self.name = name
    self.address = address
    self.model = model
    self.soc = soc
    self.features = features
    self.bits = bits
    self.revision = revision
    self.cores = cores
    self.firmware = firmware
    self.storage = storage
    self.storageKind = storageKind
    self.storageReadBytesPerSecond = storageReadBytesPerSecond
    self.storageWriteBytesPerSecond = storageWriteBytesPerSecond
  }
}

/// A Raspberry Pi's word on its power and heat: what holds now, and what has happened since it started.
///
/// - Source: Raspberry Pi documentation, `vcgencmd get_throttled`: bits 0 to 3 now, 16 to 19 since the start.
public struct ThrottleFlags: RawRepresentable, Codable, Sendable, Equatable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  static let underVoltage = "under-voltage"
  private static let names: [(bit: UInt32, name: String)] = [
    (0, underVoltage), (1, "the clock was capped"), (2, "throttled"), (3, "soft temperature limit"),
  ]

  /// What holds now.
  public var now: [String] { Self.names.filter { rawValue >> $0.bit & 1 == 1 }.map(\.name) }
  /// What has happened since `earlier`, or holds now.
  public func events(since earlier: ThrottleFlags?) -> [String] {
    let fresh = rawValue & ~(earlier?.rawValue ?? 0)
    return Self.names.filter { (rawValue >> $0.bit | fresh >> ($0.bit + 16)) & 1 == 1 }.map(\.name)
  }
}
