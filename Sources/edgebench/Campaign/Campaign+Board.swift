import DeviceProfiles
import Engines
import Execution
import Records
import Sizing

extension Campaign {
  /// On a board that is prepared.
  ///
  /// - Parameters:
  ///   - threads: One count to try; `nil` for those that suit the profile.
  ///   - folder: Of this board's results; records are below it.
  init(
    on runner: any BoardRunner, profile: DeviceProfile, requirements: Requirements, engine: BuiltinEngine,
    threads: Int?, folder: String, work: TemporaryFolder, command: String
  ) {
    self.init(
      profile: profile, requirements: requirements, engine: engine,
      threadCounts: threads.map { [$0] } ?? engine.threadCounts(on: profile), runner: runner,
      store: RecordStore(directory: folder + "/records"), work: work, command: command)
    evidence = runner.evidence
    agentBytes = runner.agentBytes
  }
}
