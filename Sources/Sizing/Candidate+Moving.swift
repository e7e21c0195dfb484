public import DeviceProfiles
public import Records

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
    self.init(moved, requirements: requirements, device: device)
  }
}
