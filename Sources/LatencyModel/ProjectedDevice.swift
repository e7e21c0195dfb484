internal import DeviceProfiles
internal import Graph
internal import Units

struct NodeTime {
  var nanoseconds: Double
  var bound: ClassShare.Bound
}

/// The figures of a profile that a projection uses.
struct ProjectedDevice {
  var profile: DeviceProfile
  /// The fastest cores; work that is split evenly gains nothing from slower ones beside them.
  var cluster: DeviceProfile.CoreCluster
  var engine: String
  var threads: Int

  /// `nil` where the profile lacks a figure; its path is added to `missing`.
  func time(of work: NodeWork, missing: inout Set<String>) -> NodeTime? {
    let arithmetic = work.macs > 0 ? arithmeticNanoseconds(of: work, missing: &missing) : 0
    let memory = work.bytes > 0 ? memoryNanoseconds(of: work, missing: &missing) : 0
    guard let arithmetic, let memory else { return nil }
    return arithmetic >= memory
      ? NodeTime(nanoseconds: arithmetic, bound: .arithmetic) : NodeTime(nanoseconds: memory, bound: .memory)
  }

  private func arithmeticNanoseconds(of work: NodeWork, missing: inout Set<String>) -> Double? {
    let clock = cluster.maxClock?.value.hertz
    if clock == nil { missing.insert("cores[0].clock") }
    let rate = operationsPerCycle(work.precision)
    if rate == nil { missing.insert("cores[0].\(work.precision.rawValue)-per-cycle") }
    guard let clock, let rate else { return nil }
    let cycles = 2 * Double(work.macs) / (rate * efficiency(of: work))
    return cycles / clock * 1e9
  }

  private func memoryNanoseconds(of work: NodeWork, missing: inout Set<String>) -> Double? {
    // A copy of n bytes per second reads n and writes n.
    let traffic = profile.memory.copyBandwidth.map { $0.value.bytesPerSecond * 2 }
    guard let bandwidth = traffic ?? profile.memory.readBandwidth?.value.bytesPerSecond else {
      missing.insert("memory.copy-bandwidth")
      return nil
    }
    return work.bytes / bandwidth * 1e9
  }

  private func operationsPerCycle(_ precision: Precision) -> Double? {
    switch precision {
    case .f32: cluster.f32PerCycle?.value
    case .f16: cluster.f16PerCycle?.value
    case .int8: cluster.int8PerCycle?.value
    }
  }

  /// The share of one core's peak, times the speed-up of the threads.
  private func efficiency(of work: NodeWork) -> Double {
    let calibrated = profile.coefficients.first {
      $0.engine == engine && $0.precision == work.precision.rawValue
        && $0.kernelClass == work.kernelClass.rawValue && $0.threads == threads
    }
    // A calibrated coefficient is a share of the peak of all its threads, so it holds their speed-up.
    if let calibrated { return calibrated.efficiency.value * Double(threads) }
    return Efficiency.ofOneCore(work.kernelClass, work.precision)
      * Efficiency.speedUp(of: threads, work.precision)
  }
}
