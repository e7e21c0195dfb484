import DeviceProfiles
import Records
import Reporting
import Sizing

extension SizingReport {
  /// One report a model and profile, in the order of the records: the verdict computed anew.
  ///
  /// - Parameters:
  ///   - wanted: The requirements; those of a record's profile where there are none.
  ///   - warn: Told of profiles that are gone or have changed since.
  static func reports(
    of records: [RunRecord], wanted: Requirements, library: ProfileLibrary, warn: (String) -> Void
  ) throws(CommandFailure) -> [SizingReport] {
    struct Key: Hashable {
      var model: ModelIdentity
      var profile: ProfileIdentity
    }
    var groups: [Key: [RunRecord]] = [:]
    var keys: [Key] = []
    for record in records {
      let key = Key(model: record.model, profile: record.profile)
      if groups[key] == nil { keys.append(key) }
      groups[key, default: []].append(record)
    }
    var profiles: [ProfileIdentity: DeviceProfile] = [:]
    for identity in Set(keys.map(\.profile)).sorted(by: { ($0.id, $0.digest) < ($1.id, $1.digest) }) {
      profiles[identity] = profile(identity, library, warn)
    }
    var reports: [SizingReport] = []
    for key in keys {
      let own = (groups[key] ?? []).newestOfEachConfiguration()
      let profile = profiles[key.profile]
      let requirements = try failing(as: .badInput) {
        try profile.map { try wanted.orDefaults(of: $0) } ?? wanted
      }
      let decision = SizingDecision(records: own, requirements: requirements, profile: profile)
      if let report = SizingReport(records: own, decision: decision) { reports.append(report) }
    }
    return reports
  }

  /// The profile that records were made under, as it is now.
  private static func profile(
    _ identity: ProfileIdentity, _ library: ProfileLibrary, _ warn: (String) -> Void
  ) -> DeviceProfile? {
    if identity.id == "host" { return .host() }
    do throws(ProfileError) {
      let profile = try library.load(identity.id)
      if profile.digest != identity.digest {
        warn(
          "profile '\(identity.id)' has changed since some records were made: their projections are those of the old one. Run 'edgebench --profile \(identity.id)' again."
        )
      }
      return profile
    } catch {
      warn("\(error) Records under it are held against the limits given here alone.")
      return nil
    }
  }
}
