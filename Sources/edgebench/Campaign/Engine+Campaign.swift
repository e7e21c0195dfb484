import DeviceProfiles
import Engines
import Execution
import Graph

extension Engine {
  /// One thread, and all that the device's fastest cores and the engine allow where that is more.
  func threadCounts(on profile: DeviceProfile) -> [Int] {
    let most = min(maximumThreads, profile.clusters.first?.count.value ?? 1)
    return most > 1 ? [1, most] : [1]
  }

  /// What is run of a variant; it replaces the one that `work` held before.
  ///
  /// - Parameter name: Of model and variant, for messages.
  func artefact(
    of graph: Graph, named name: String, in work: TemporaryFolder
  ) throws(CommandFailure) -> Artefact {
    do {
      return try makeArtefact(of: graph, at: "\(work.path)/model.ebplan")
    } catch .cannotRun(let reason) {
      throw .badInput("\(name): \(reason)")
    } catch {
      throw .runFailed(error.description)
    }
  }
}
