import Foundation
import Records

/// Where a training keeps its state, so that it goes on after a kill and ends with the same bits.
public struct CheckpointFile: Sendable {
  public let path: String
  /// The least time between two writes; it does not change results.
  public var interval: Duration

  public init(path: String, interval: Duration = .seconds(5)) {
    self.path = path
    self.interval = interval
  }

  /// - Returns: `nil` where there is none, or it is of another training.
  func load(key: String, like state: TrainingState) throws(TrainingError) -> TrainingState? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      let bytes = try Array(BoundedFile.read(path, limit: 1 << 32, noun: "a checkpoint"))
      return TrainingState(bytes: bytes, key: key, like: state)
    } catch { throw .checkpoint(path: path, problem: error.problem) }
  }

  func save(_ state: TrainingState, key: String) throws(TrainingError) {
    do { try AtomicFile.write(Data(state.serialized(key: key)), to: path) } catch {
      throw .checkpoint(path: path, problem: error.problem)
    }
  }
}
