import Execution
import Foundation
import Graph
import Training

/// What trainings learn from and where they keep their state, for one command.
struct TrainingSetUp {
  let training: CompressionJob.Training
  let studentDigest: String?
  private let checkpoints: String

  init(
    _ options: TrainingRecipeOptions, _ data: EvaluationData, seed: UInt64, checkpoints: String
  ) throws(CommandFailure) {
    var samples = TrainingSamples(data.dataset, at: data.split.calibration)
    if options.augment == .shifts {
      guard samples.sampleShape.rank == 3 else {
        throw .badInput(
          "--augment shifts moves images; the model's input is \(samples.sampleShape), expected [height, width, channels]."
        )
      }
      samples = samples.withShifts()
    }
    let student = try options.student.map { path throws(CommandFailure) in try CompressionSource(path) }
    try failing(as: .runFailed) {
      try FileManager.default.createDirectory(atPath: checkpoints, withIntermediateDirectories: true)
    }
    let deadline = try options.timeLimit().map { ContinuousClock.now + $0 }
    training = CompressionJob.Training(
      samples: samples, data: data, options: options, student: student?.graph, seed: seed,
      session: TrainingSession(folder: checkpoints, deadline: deadline, progress: TrainingProgress.show))
    studentDigest = student?.file.sha256
    self.checkpoints = checkpoints
  }

  /// The artefact is written: nothing is left to go on from. What else is in the folder stays.
  func removeCheckpoints() {
    TrainingProgress.clear()
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: checkpoints)) ?? []
    where name.hasSuffix(".checkpoint") {
      try? files.removeItem(atPath: "\(checkpoints)/\(name)")
    }
    rmdir(checkpoints)
  }
}

/// Epochs on stderr: a line that changes on a terminal, a line each elsewhere.
enum TrainingProgress {
  static func show(_ progress: TrainingSession.Progress) {
    let text =
      "\(progress.phase): epoch \(progress.epoch) of \(progress.epochs), loss "
      + String(format: "%.4f", progress.loss)
    Terminal.writeError(Terminal.errorIsTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n")
  }

  static func clear() { if Terminal.errorIsTerminal { Terminal.writeError("\r\u{1B}[K") } }
}
