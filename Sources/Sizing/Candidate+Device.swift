import DeviceProfiles
import Records
import Units

extension Candidate {
  /// Holds what the run took against what `device` has, and takes back that a run does not fit where the limit that stopped
  /// it was tighter than what is asked now.
  ///
  /// - Parameter device: `nil` where only the requirements are known.
  mutating func hold(_ record: RunRecord, to device: DeviceProfile?, _ requirements: Requirements) {
    if let misfit, misfit.limit < allowance(misfit.metric, device, requirements) {
      doubt(misfit, of: record, under: device?.id)
    }
    guard let device else { return }
    for metric in [Metric.peakMemory, .disk] {
      guard let available = device.available(metric), let figure = readings[metric]?.figure,
        figure.value > Double(available.bytes)
      else { continue }
      misfit = Misfit(metric: metric, limit: Double(available.bytes))
      readings[metric] = .exceeds(
        why: "needs \(metric.text(figure.value)) of \(available)", evidence: figure.evidence)
    }
  }

  /// What a run may take of memory or disk; the limit that stopped it where nothing else is known.
  private func allowance(_ metric: Metric, _ device: DeviceProfile?, _ requirements: Requirements) -> Double {
    let required = requirements.limit(of: metric)
    guard let device else { return required ?? 0 }
    let available = device.available(metric).map { Double($0.bytes) } ?? .infinity
    return min(required ?? .infinity, available)
  }

  /// The run was stopped before it could show what it needs: nothing else of it says that it fits.
  private mutating func doubt(_ stop: Misfit, of record: RunRecord, under device: String?) {
    let stopped: Reading = .unknown(
      why: "it was stopped at \(stop.metric.limitText(stop.limit)) on \(record.profile.id)",
      next: "measure under \(device ?? "that limit")")
    misfit = nil
    for metric in readings.keys where readings[metric]?.figure == nil { readings[metric] = stopped }
    readings[stop.metric] = stopped
    // What stopped it must be known before anything is said of the rest.
    openMetric = stop.metric
  }
}

extension DeviceProfile {
  /// The memory that the device leaves to a model, or its storage; `nil` where no source tells.
  fileprivate func available(_ metric: Metric) -> ByteCount? {
    switch metric {
    case .peakMemory: memory.available
    case .disk: storage.size?.value
    case .latency, .throughput, .load, .firstInference, .accuracyDrop: nil
    }
  }
}
