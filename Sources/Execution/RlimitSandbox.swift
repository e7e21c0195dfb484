internal import Records
internal import Units

/// Limits that an ordinary user may set on a process: address space and data, and the cores it runs on.
struct RlimitSandbox: Sandbox {
  var mechanism: SandboxMechanism { .rlimit }

  /// Address space that the agent has mapped before it loads anything: its code and that of the C and C++ libraries,
  /// most of it never resident. Measured: 6.7 MiB (VmSize of the idle agent, x86-64, Debian 12); a stack may add 8 MiB.
  static let programAddressSpace: Int64 = 16 << 20

  func confine(_ limits: ResourceLimits, device: BlockDevice?) throws(ExecutionError) -> any Confinement {
    var report = SandboxReport(mechanism: mechanism.rawValue)
    let cores = CoreList.choose(limits.cores, of: CoreList.available)
    report.setCores(cores, wanted: limits.cores)
    var entry = ConfinementEntry(cores: cores)
    if let memory = limits.memory {
      report.memoryLimitBytes = memory.bytes
      entry.data = UInt64(clamping: memory.bytes)
      let (space, overflow) = memory.bytes.addingReportingOverflow(Self.programAddressSpace)
      entry.addressSpace = overflow ? UInt64(Int64.max) : UInt64(clamping: space)
      report.notEnforced.append(
        "resident memory: without a cgroup of its own the process is limited in what it maps, not in what it touches."
      )
    }
    if limits.diskRead != nil { report.readingNotEnforced("this user may not make a cgroup") }
    return RlimitConfinement(report: report, entry: entry)
  }
}

final class RlimitConfinement: Confinement {
  let report: SandboxReport
  let entry: ConfinementEntry

  init(report: SandboxReport, entry: ConfinementEntry) {
    self.report = report
    self.entry = entry
  }

  var counters: MemoryCounters? { nil }
  var limitShowsAsFailedAllocation: Bool { true }
  /// Nothing was made.
  func remove() {}
}
