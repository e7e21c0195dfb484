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
  /// What holds the agent and the plan: "/dev/mmcblk0p2".
  public var storage: String?

  public init(
    name: String, address: String, model: String? = nil, soc: String? = nil, features: [String]? = nil,
    bits: Int? = nil, storage: String? = nil
  ) {
    self.name = name
    self.address = address
    self.model = model
    self.soc = soc
    self.features = features
    self.bits = bits
    self.storage = storage
  }
}

/// A Raspberry Pi's word on its power and heat: what holds now, and what has happened since it started.
///
/// - Source: Raspberry Pi documentation, `vcgencmd get_throttled`: bits 0 to 3 now, 16 to 19 since the start.
public struct ThrottleFlags: RawRepresentable, Codable, Sendable, Equatable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  private static let names: [(bit: UInt32, name: String)] = [
    (0, "under-voltage"), (1, "the clock was capped"), (2, "throttled"), (3, "soft temperature limit"),
  ]

  /// What holds now.
  public var now: [String] { Self.names.filter { rawValue >> $0.bit & 1 == 1 }.map(\.name) }
  /// What has happened since `earlier`, or holds now.
  public func events(since earlier: ThrottleFlags?) -> [String] {
    let fresh = rawValue & ~(earlier?.rawValue ?? 0)
    return Self.names.filter { (rawValue >> $0.bit | fresh >> ($0.bit + 16)) & 1 == 1 }.map(\.name)
  }
}
