public import DeviceProfiles
public import Units

/// What a process may use. A limit that is `nil` is none.
public struct ResourceLimits: Sendable, Equatable {
  public var memory: ByteCount?
  public var cores: Int?
  /// Capacity for what is installed: agent and plan.
  public var disk: ByteCount?
  public var diskRead: Bandwidth?

  public init(
    memory: ByteCount? = nil, cores: Int? = nil, disk: ByteCount? = nil, diskRead: Bandwidth? = nil
  ) {
    self.memory = memory
    self.cores = cores
    self.disk = disk
    self.diskRead = diskRead
  }

  public static let none = ResourceLimits()

  /// A device's: the memory that it leaves to a model (all of it where no source tells), its cores, its storage.
  public init(_ profile: DeviceProfile) {
    self.init(
      memory: profile.memory.available, cores: profile.coreCount,
      disk: profile.storage.size?.value, diskRead: profile.storage.readBandwidth?.value)
  }
}
