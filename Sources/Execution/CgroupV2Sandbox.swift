internal import Records
internal import Units
internal import Foundation

/// Limits by the kernel's unified cgroup tree.
///
/// - Source: Linux, Documentation/admin-guide/cgroup-v2.rst.
struct CgroupV2Sandbox: Sandbox {
  let parent: CgroupFolder

  var mechanism: SandboxMechanism { .cgroupV2 }

  /// `nil` where the host has no such tree, or this user may not make a cgroup with a memory limit in it.
  init?(_ host: HostCgroups) {
    guard let tree = host.unified else { return nil }
    for folder in host.writableAncestors(in: tree, controller: "")
    where Self.enable("memory", below: folder) && Self.canMakeChild(of: folder) {
      parent = folder
      return
    }
    return nil
  }

  /// Whether the folder's children have `controller`, switched on if need be.
  private static func enable(_ controller: Substring, below folder: CgroupFolder) -> Bool {
    if folder.words("cgroup.subtree_control").contains(controller) { return true }
    guard folder.words("cgroup.controllers").contains(controller) else { return false }
    return folder.write("+\(controller)", to: "cgroup.subtree_control") == 0
  }

  private static func canMakeChild(of folder: CgroupFolder) -> Bool {
    guard let trial = folder.makeChild(OwnedName.next().text) else { return false }
    trial.remove()
    return true
  }

  func confine(_ limits: ResourceLimits, device: BlockDevice?) throws(ExecutionError) -> any Confinement {
    let name = OwnedName.next().text
    guard let folder = parent.makeChild(name) else {
      throw ExecutionError(.sandbox, "\(parent.path)/\(name): cannot be made (\(systemMessage(errno))).")
    }
    var report = SandboxReport(mechanism: mechanism.rawValue)
    do throws(ExecutionError) {
      try limitMemory(limits.memory, folder, &report)
    } catch {
      folder.remove()
      throw error
    }
    let cores = CoreList.choose(limits.cores, of: CoreList.available)
    report.setCores(cores, wanted: limits.cores)
    // Affinity does the same, but a process may widen its own.
    if Self.enable("cpuset", below: parent) { _ = folder.write(CoreList.text(cores), to: "cpuset.cpus") }
    limitReading(limits.diskRead, device, folder, &report)
    return CgroupConfinement(report: report, folders: [folder], cores: cores) {
      MemoryCounters(
        peakBytes: folder.number("memory.peak"),
        kills: folder.number("memory.events", key: "oom_kill") ?? 0)
    }
  }

  private func limitMemory(
    _ limit: ByteCount?, _ folder: CgroupFolder, _ report: inout SandboxReport
  ) throws(ExecutionError) {
    guard let limit else { return }
    let error = folder.write("\(limit.bytes)", to: "memory.max")
    guard error == 0 else {
      throw ExecutionError(.sandbox, "\(folder.file("memory.max")): cannot be set (\(systemMessage(error))).")
    }
    report.memoryLimitBytes = limit.bytes
    // Absent where the kernel has no swap accounting; then there is swap only if the host has some.
    if folder.write("0", to: "memory.swap.max") != 0, HostMemory.hasSwap {
      report.notEnforced.append(
        "swap: this host has some and does not count it; memory beyond the limit may be on disk.")
    }
    _ = folder.write("1", to: "memory.oom.group")
  }

  private func limitReading(
    _ limit: Bandwidth?, _ device: BlockDevice?, _ folder: CgroupFolder, _ report: inout SandboxReport
  ) {
    guard let limit else { return }
    guard let device else {
      return report.readingNotEnforced("the plan is on a file system without a disk of its own")
    }
    guard Self.enable("io", below: parent) else {
      return report.readingNotEnforced("the io controller is not available")
    }
    let rate = Int64(max(1, limit.bytesPerSecond.rounded()))
    let error = folder.write("\(device.text) rbps=\(rate)", to: "io.max")
    guard error == 0 else { return report.readingNotEnforced("io.max: \(systemMessage(error))") }
    report.diskReadBytesPerSecond = rate
  }
}

extension SandboxReport {
  mutating func readingNotEnforced(_ reason: String) {
    notEnforced.append("disk read throughput: \(reason); load time is that of this host's disk.")
  }
}
