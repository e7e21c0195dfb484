import Foundation
import Records

/// Where a training keeps its state, so that it goes on after a kill and ends with the same bits.
public struct CheckpointFile: Sendable {
  public let path: String
  /// The least time between two writes; it does not change results. Where a write takes long, the time between two is twenty
  /// times as long. Zero is after every step.
  public var interval: Duration

  public init(path: String, interval: Duration = .milliseconds(250)) {
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

/// When a training's state was last written, and when to write it again.
struct CheckpointClock {
  private let file: CheckpointFile
  private var next: ContinuousClock.Instant

  init(_ file: CheckpointFile) {
    self.file = file
    next = .now + file.interval
  }

  var isDue: Bool { ContinuousClock.now >= next }

  mutating func save(_ state: TrainingState, key: String) throws(TrainingError) {
    let start = ContinuousClock.now
    try file.save(state, key: key)
    let end = ContinuousClock.now
    next = file.interval == .zero ? end : end + max(file.interval, (end - start) * 20)
  }
}
