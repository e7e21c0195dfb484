public import Graph

/// Where trainings keep their states, when they stop, and who hears of them: nothing in it changes a result.
public struct TrainingSession {
  /// Of the checkpoints; `nil` for none.
  public var folder: String?
  public var deadline: ContinuousClock.Instant?
  public var progress: (Progress) -> Void

  public struct Progress: Sendable {
    /// Which of several trainings: "distilled".
    public let phase: String
    /// From 1.
    public let epoch: Int
    public let epochs: Int
    /// The mean over the epoch.
    public let loss: Double
  }

  public init(
    folder: String? = nil, deadline: ContinuousClock.Instant? = nil,
    progress: @escaping (Progress) -> Void = { _ in }
  ) {
    self.folder = folder
    self.deadline = deadline
    self.progress = progress
  }

  /// Runs a training to its end, or on from where it was.
  ///
  /// - Parameter phase: Names its checkpoint: another for each training in the folder.
  /// - Throws: As ``Trainer/run(checkpoint:deadline:progress:)``.
  public func run(_ trainer: Trainer, _ phase: String) throws(TrainingError) -> Graph {
    let checkpoint = folder.map { CheckpointFile(path: "\($0)/\(phase).checkpoint") }
    return try trainer.run(checkpoint: checkpoint, deadline: deadline) { epoch, loss in
      progress(Progress(phase: phase, epoch: epoch, epochs: trainer.epochs, loss: loss))
    }
  }
}
