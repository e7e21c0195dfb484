internal import CLinux
internal import Foundation
public import Records
internal import Units

extension AgentRunner {
  /// Measures one plan in a fresh process.
  ///
  /// Exceeding a limit is a result (``Outcome``), and comes with the figures known until then.
  ///
  /// - Parameter progress: Called on this thread, between the agent's samples.
  /// - Throws: ``ExecutionError`` where there is no result: no agent, one that breaks the protocol or crashes, an
  ///   unreadable plan, or ``cancel()``.
  public func measure(
    _ request: MeasurementRequest, progress: @escaping (MeasurementProgress) -> Void = { _ in }
  ) throws(ExecutionError) -> Records.Measurement {
    let digest = try agentDigest()
    try checkPlan(request.plan)
    try throwIfCancelled()
    progress(MeasurementProgress(phase: .starting))
    var installed: TemporaryFolder?
    var diskMechanism: String?
    if let disk = request.limits.disk {
      switch try DiskCapacity.install(agent: agentPath, plan: request.plan, limit: disk) {
      case .fits(let folder, let mechanism):
        installed = folder
        diskMechanism = mechanism
      case .tooLarge(let needed): return tooLarge(request, limit: disk, needed: needed)
      }
    }
    defer { installed?.remove() }
    return try confined(request.limits, plan: request.plan) { confinement throws(ExecutionError) in
      var report = confinement.report
      report.diskLimitBytes = request.limits.disk?.bytes
      report.diskMechanism = diskMechanism
      if diskMechanism == "accounted" {
        report.notEnforced.append(
          "disk capacity: this user may not mount; the files' sizes were added up instead.")
      }
      report.noteHostMemory(wanted: request.limits.memory)
      let threads = max(1, min(request.threads, report.cores?.count ?? request.threads))
      if threads < request.threads {
        report.notEnforced.append("\(request.threads) threads: \(threads) ran, one a core.")
      }
      var collector = MeasurementCollector(
        request, digest: digest, report: report, threads: threads, progress: progress)
      let companion = try request.beside.map { command throws(ExecutionError) in
        try CompanionProcess(command)
      }
      let ending: AgentSession.Ending
      do throws(ExecutionError) {
        ending = try converse(request, confinement, installed, threads, &collector)
      } catch {
        guard error.kind == .noMemory, request.limits.memory != nil else { throw error }
        ending = .outOfMemory(peakBytes: confinement.counters?.peakBytes, phase: .start)
      }
      collector.measurement.companion = companion?.end()
      return collector.finish(ending, limit: request.limits.memory, counters: confinement.counters)
    }
  }

  private func converse(
    _ request: MeasurementRequest, _ confinement: any Confinement, _ installed: TemporaryFolder?,
    _ threads: Int,
    _ collector: inout MeasurementCollector
  ) throws(ExecutionError) -> AgentSession.Ending {
    let process = try start(
      program: installed.map(DiskCapacity.program) ?? agentPath, folder: installed.map(DiskCapacity.root),
      confinement: confinement, instructionSet: request.instructionSet)
    defer { ended() }
    var session = AgentSession(
      process: process, confinement: confinement, hasMemoryLimit: request.limits.memory != nil,
      request: try AgentRequest(
        request, threads: threads, timer: timerPath, temperature: HostProbe().hottestZone
      ).line, timeouts: request.timeouts, budget: request.budget)
    var loadedCold: Bool?
    let ending = try session.run {
      loadedCold = PageCache.drop(request.plan)
    } heard: { event throws(ExecutionError) in
      try collector.hear(event)
    }
    collector.measurement.loadedCold = loadedCold
    return ending
  }

  private func tooLarge(_ request: MeasurementRequest, limit: ByteCount, needed: Int64) -> Records.Measurement
  {
    Records.Measurement(
      outcome: .outOfDisk(limitBytes: limit.bytes, neededBytes: needed), agent: nil,
      sandbox: SandboxReport(mechanism: sandbox.mechanism.rawValue, diskLimitBytes: limit.bytes),
      threads: request.threads)
  }
}

/// The kernel's copies of a file in memory.
enum PageCache {
  /// Drops a file's pages. True where none is left, false where some are in use, `nil` where the kernel does not tell.
  static func drop(_ path: String) -> Bool? {
    guard eb_file_drop_cache(path) == 0 else { return false }
    var resident: UInt64 = 0
    guard eb_file_resident(path, &resident) == 0 else { return nil }
    return resident == 0
  }
}
