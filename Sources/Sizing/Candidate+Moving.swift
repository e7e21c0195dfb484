public import DeviceProfiles
public import Records
import Units

extension Candidate {
  /// What `record`, made under another profile, says of `device`.
  ///
  /// Size, memory and accuracy carry over; time does not and is the `projection`'s. A run that another profile's memory
  /// or disk stopped says nothing of a device that has more, and a device with less memory than the run took does not
  /// hold it.
  public init(
    _ record: RunRecord, on device: DeviceProfile, projection: Projection, requirements: Requirements
  ) {
    var moved = record
    moved.projection = projection
    // Of another device at best: no time in the record is this one's.
    moved.evidence = min(record.evidence, .measuredInSandbox)
    self.init(moved, requirements: requirements)
    if let misfit {
      let stopped: Reading = .unknown(
        why: "it was stopped at \(misfit.metric.limitText(misfit.limit)) on \(record.profile.id)",
        next: "measure under \(device.id)")
      self.misfit = nil
      for metric in readings.keys where readings[metric]?.figure == nil { readings[metric] = stopped }
      readings[misfit.metric] = stopped
      // What stopped it must be known of this device before anything is said of the rest.
      openMetric = misfit.metric
    }
    let available = device.memory.usable ?? device.memory.dram
    if let available, let taken = record.measurement.peakMemoryBytes, taken > available.value.bytes {
      misfit = Misfit(metric: .peakMemory, limit: Double(available.value.bytes))
      readings[.peakMemory] = .exceeds(
        why: "needs \(ByteCount(bytes: taken)) of \(available.value)", evidence: moved.evidence)
    }
  }
}
