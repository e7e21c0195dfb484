/// The machine that a measurement ran on, and what could have disturbed it: the facts that validity is judged by.
///
/// A value that the host does not tell is `nil`, never a guess.
public struct HostEnvironment: Codable, Sendable, Equatable {
  /// "x86_64", "aarch64", "armv7l".
  public var architecture: String
  /// "Linux 6.18.44".
  public var kernel: String
  /// As the processor calls itself, or the board's model where it does not.
  public var cpuModel: String?
  /// Logical cores that this process may use.
  public var logicalCores: Int
  public var memoryBytes: Int64?
  /// Whether a hypervisor runs underneath.
  public var isVirtualMachine: Bool?
  /// The governor of each core's clock, once each: `["performance"]`.
  public var governors: [String]?
  /// Whether the processor may exceed its nominal clock.
  public var isTurboEnabled: Bool?
  /// Where it is not the machine that edgebench runs on.
  public var board: BoardIdentity?
  public var before: HostState
  public var after: HostState?

  public init(
    architecture: String, kernel: String, cpuModel: String?, logicalCores: Int, memoryBytes: Int64? = nil,
    isVirtualMachine: Bool? = nil, governors: [String]? = nil, isTurboEnabled: Bool? = nil,
    board: BoardIdentity? = nil, before: HostState, after: HostState? = nil
  ) {
    self.architecture = architecture
    self.kernel = kernel
    self.cpuModel = cpuModel
    self.logicalCores = logicalCores
    self.memoryBytes = memoryBytes
    self.isVirtualMachine = isVirtualMachine
    self.governors = governors
    self.isTurboEnabled = isTurboEnabled
    self.board = board
    self.before = before
    self.after = after
  }

  enum CodingKeys: String, CodingKey {
    case architecture, kernel, governors, board, before, after
    case cpuModel = "cpu_model"
    case logicalCores = "logical_cores"
    case memoryBytes = "memory_bytes"
    case isVirtualMachine = "is_virtual_machine"
    case isTurboEnabled = "is_turbo_enabled"
  }

  /// The share of processor time that the hypervisor gave to others during the measurement, 0 to 1.
  public var stealShare: Double? {
    guard let after, let first = before.ticks, let last = after.ticks else { return nil }
    // As floating point: a record from outside may hold any numbers.
    let total = Double(last.total) - Double(first.total)
    let steal = Double(last.steal) - Double(first.steal)
    guard total > 0, steal >= 0, steal <= total else { return nil }
    return steal / total
  }

  /// The clock after the measurement, relative to the clock before it: 0.8 is a fifth slower.
  public var clockRatio: Double? {
    guard let first = before.clockHertz, let last = after?.clockHertz, first > 0 else { return nil }
    return last / first
  }
}

/// What changes while a measurement runs.
public struct HostState: Codable, Sendable, Equatable {
  /// Runnable processes, averaged over one minute.
  public var loadAverage: Double?
  /// The fastest core's current clock.
  public var clockHertz: Double?
  /// Degrees Celsius of the hottest thermal zone.
  public var temperature: Double?
  /// Processor time of all cores since the host started.
  public var ticks: Ticks?
  /// A Raspberry Pi's; `nil` for other machines.
  public var throttled: ThrottleFlags?

  public init(
    loadAverage: Double? = nil, clockHertz: Double? = nil, temperature: Double? = nil, ticks: Ticks? = nil,
    throttled: ThrottleFlags? = nil
  ) {
    self.loadAverage = loadAverage
    self.clockHertz = clockHertz
    self.temperature = temperature
    self.ticks = ticks
    self.throttled = throttled
  }

  enum CodingKeys: String, CodingKey {
    case ticks, throttled
    case loadAverage = "load_average"
    case clockHertz = "clock_hz"
    case temperature = "temperature_celsius"
  }

  /// In units of the kernel's USER_HZ, from the first line of /proc/stat.
  public struct Ticks: Codable, Sendable, Equatable {
    public var total: Int64
    public var steal: Int64
    public init(total: Int64, steal: Int64) {
      self.total = total
      self.steal = steal
    }
  }
}
