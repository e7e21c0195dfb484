public import Units

extension DeviceProfile {
  /// Main memory.
  public struct Memory: Sendable, Equatable {
    /// What is soldered or plugged in; `nil` where boards of this kind differ and no source settles it.
    public var dram: Sourced<ByteCount>?
    /// What the operating system and the board's own services leave for a model.
    public var usable: Sourced<ByteCount>?
    /// What a model may take: what is usable, or all of it where no source tells.
    public var available: ByteCount? { (usable ?? dram)?.value }
    /// Bytes copied per second, one core: each byte copied is read once and written once.
    public var copyBandwidth: Sourced<Bandwidth>?
    /// Bytes read per second, one core.
    public var readBandwidth: Sourced<Bandwidth>?

    public init(
      dram: Sourced<ByteCount>? = nil, usable: Sourced<ByteCount>? = nil,
      copyBandwidth: Sourced<Bandwidth>? = nil, readBandwidth: Sourced<Bandwidth>? = nil
    ) {
      self.dram = dram
      self.usable = usable
      self.copyBandwidth = copyBandwidth
      self.readBandwidth = readBandwidth
    }
  }

  /// What the board boots from.
  public struct Storage: Sendable, Equatable {
    /// "microSD", "eMMC".
    public var kind: Sourced<String>?
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
}
