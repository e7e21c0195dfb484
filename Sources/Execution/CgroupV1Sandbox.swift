internal import Foundation
internal import Records
internal import Units

/// Limits by the older cgroup trees, one a controller.
///
/// - Source: Linux, Documentation/admin-guide/cgroup-v1/ (memory.rst, cpusets.rst, blkio-controller.rst).
struct CgroupV1Sandbox: Sandbox {
  let memory: CgroupFolder
  /// `nil` where this user may not; then affinity alone holds the process to its cores.
  let cores: CgroupFolder?
  let reading: CgroupFolder?

  var mechanism: SandboxMechanism { .cgroupV1 }

  /// `nil` where the host has no memory controller of this kind that this user may use.
  init?(_ host: HostCgroups) {
    func parent(_ controller: String) -> CgroupFolder? {
      guard let marker = Self.controllers[controller], let tree = host.legacy(controller, marker: marker)
      else {
        return nil
      }
      return host.writableAncestors(in: tree, controller: controller).first
    }
    guard let memory = parent("memory") else { return nil }
    guard let trial = memory.makeChild(OwnedName.next().text) else { return nil }
    trial.remove()
    self.memory = memory
    cores = parent("cpuset")
    reading = parent("blkio")
  }

  /// The controllers in use, and a file that tells a tree of each from an empty folder.
  static let controllers = ["memory": "memory.limit_in_bytes", "cpuset": "cpuset.mems", "blkio": readRate]

  private static let readRate = "blkio.throttle.read_bps_device"

  func confine(_ limits: ResourceLimits, device: BlockDevice?) throws(ExecutionError) -> any Confinement {
    let name = OwnedName.next().text
    guard let folder = memory.makeChild(name) else {
      throw ExecutionError(.sandbox, "\(memory.path)/\(name): cannot be made (\(systemMessage(errno))).")
    }
    var folders = [folder]
    var report = SandboxReport(mechanism: mechanism.rawValue)
    do throws(ExecutionError) {
      try limitMemory(limits.memory, folder, &report)
    } catch {
      folder.remove()
      throw error
    }
    let cores = CoreList.choose(limits.cores, of: CoreList.available)
    report.setCores(cores, wanted: limits.cores)
    if let folder = makeCoreFolder(name, cores) { folders.append(folder) }
    if let rate = limits.diskRead, let folder = makeReadFolder(name, rate, device, &report) {
      folders.append(folder)
    }
    return CgroupConfinement(report: report, folders: folders, cores: cores) {
      MemoryCounters(
        peakBytes: folder.number("memory.max_usage_in_bytes"),
        kills: folder.number("memory.oom_control", key: "oom_kill") ?? 0)
    }
  }

  private func limitMemory(
    _ limit: ByteCount?, _ folder: CgroupFolder, _ report: inout SandboxReport
  ) throws(ExecutionError) {
    guard let limit else { return }
    let error = folder.write("\(limit.bytes)", to: "memory.limit_in_bytes")
    guard error == 0 else {
      throw ExecutionError(
        .sandbox, "\(folder.file("memory.limit_in_bytes")): cannot be set (\(systemMessage(error))).")
    }
    report.memoryLimitBytes = limit.bytes
    guard HostMemory.hasSwap else { return }
    // The sum of memory and swap: set after memory, which it may not be below.
    let counted = memory.has("memory.memsw.limit_in_bytes")
    if !counted || folder.write("\(limit.bytes)", to: "memory.memsw.limit_in_bytes") != 0 {
      _ = folder.write("0", to: "memory.swappiness")
      report.notEnforced.append(
        "swap: this host has some and does not count it; memory beyond the limit may be on disk.")
    }
  }

  /// A process may join only once both files are set.
  private func makeCoreFolder(_ name: String, _ cores: [Int]) -> CgroupFolder? {
    guard let parent = self.cores, let folder = parent.makeChild(name) else { return nil }
    let nodes = (TextFile.read(parent.file("cpuset.mems")) ?? "0").trimmingCharacters(
      in: .whitespacesAndNewlines)
    guard folder.write(nodes, to: "cpuset.mems") == 0,
      folder.write(CoreList.text(cores), to: "cpuset.cpus") == 0
    else {
      folder.remove()
      return nil
    }
    return folder
  }

  private func makeReadFolder(
    _ name: String, _ limit: Bandwidth, _ device: BlockDevice?, _ report: inout SandboxReport
  ) -> CgroupFolder? {
    guard let device else {
      report.readingNotEnforced("the plan is on a file system without a disk of its own")
      return nil
    }
    guard let parent = reading, let folder = parent.makeChild(name) else {
      report.readingNotEnforced("the blkio controller is not available")
      return nil
    }
    let rate = Int64(max(1, limit.bytesPerSecond.rounded()))
    let error = folder.write("\(device.text) \(rate)", to: Self.readRate)
    guard error == 0 else {
      folder.remove()
      report.readingNotEnforced("\(Self.readRate): \(systemMessage(error))")
      return nil
    }
    report.diskReadBytesPerSecond = rate
    return folder
  }
}
