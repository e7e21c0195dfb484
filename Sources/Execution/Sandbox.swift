internal import Records
internal import Units

/// A way to keep a process within limits.
protocol Sandbox: Sendable {
  var mechanism: SandboxMechanism { get }
  /// Makes room for one process under `limits`.
  ///
  /// - Parameter device: The block device that the plan is read from, where it has one.
  func confine(_ limits: ResourceLimits, device: BlockDevice?) throws(ExecutionError) -> any Confinement
}

/// Named in records; see ``SandboxReport/mechanism``.
public enum SandboxMechanism: String, Sendable, CaseIterable {
  case cgroupV2 = "cgroup-v2"
  case cgroupV1 = "cgroup-v1"
  case rlimit = "rlimit"
}

/// The place for one process. ``remove()`` must be called; it may be called again, from any thread.
protocol Confinement: AnyObject, Sendable {
  var report: SandboxReport { get }
  /// What the process is to do between fork and exec.
  var entry: ConfinementEntry { get }
  /// `nil` where the mechanism does not count.
  var counters: MemoryCounters? { get }
  /// Whether a failed allocation is how this mechanism's memory limit shows.
  var limitShowsAsFailedAllocation: Bool { get }
  /// Kills what is in it and takes it away.
  func remove()
}

struct ConfinementEntry: Sendable {
  /// Paths of cgroup.procs files to join.
  var cgroups: [String] = []
  var cores: [Int] = []
  var addressSpace: UInt64?
  var data: UInt64?
}

struct MemoryCounters: Sendable, Equatable {
  /// The most that was charged: anonymous pages, files first read by the process, kernel memory.
  var peakBytes: Int64?
  /// Processes that the kernel killed for lack of memory.
  var kills: Int64
}

extension SandboxReport {
  /// A device may have more memory than the machine that stands for it.
  mutating func noteHostMemory(wanted: ByteCount?, host: Int64? = HostMemory.totalBytes) {
    guard let wanted, let host, wanted.bytes > host else { return }
    notEnforced.append(
      "\(wanted) of memory: this host has \(ByteCount(bytes: host)); what needs more than that was not tried."
    )
  }

  /// What every mechanism does alike: cores.
  mutating func setCores(_ cores: [Int], wanted: Int?) {
    self.cores = cores
    if let wanted, wanted > cores.count {
      notEnforced.append(
        "\(wanted) cores: this host offers \(cores.count); parallel speed beyond that was not tried.")
    }
  }
}
