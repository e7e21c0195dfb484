import ArgumentParser
import Foundation
import Training
import Units

/// What the recipes that train are told: which student, how long, and where the state is kept.
struct TrainingRecipeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The student: a model file or 'suite:NAME'. Without one it is derived from the model.",
      valueName: "MODEL"))
  var student: String?

  @Option(help: "The share of the channels that a derived student has.")
  var width = 0.5

  @Option(help: "The share that a derived student has of the layers that could go.")
  var depth = 1.0

  @Option(
    help: ArgumentHelp(
      "The shares of the channels that the family of 'joint' keeps.", valueName: "SHARE[,SHARE...]"))
  var shares = "0.5,0.25,0.125"

  @Option(help: "Passes over the training samples; fine-tuning in 8 bits takes two fifths of them.")
  var epochs = 20

  @Option(help: "The largest step's rate; fine-tuning in 8 bits takes a quarter of it.")
  var learningRate: Float = 2e-3

  @Option(help: "What both models' logits are divided by.")
  var temperature: Float = 3

  @Option(help: "The teacher's weight in the loss; the labels have the rest.")
  var softWeight: Float = 0.7

  @Option(help: "What else the training samples are made into: none, or shifts of an image by a pixel.")
  var augment = Augmentation.none

  @Option(
    help: ArgumentHelp(
      "Stop training after this time; the same command goes on from there.", valueName: "TIME"))
  var maxTime: String?

  @Option(
    help: ArgumentHelp(
      "The folder for the training's state, removed at the end; OUT.checkpoints where not given.",
      valueName: "DIR"))
  var checkpoints: String?

  enum Augmentation: String, ExpressibleByArgument, CaseIterable { case none, shifts }

  /// - Throws: ``CommandFailure`` for a number out of range.
  func check() throws(CommandFailure) {
    func require(_ isMet: Bool, _ option: String, _ found: Any, _ expected: String) throws(CommandFailure) {
      guard isMet else { throw .badInput("\(option) is '\(found)'; expected \(expected).") }
    }
    try require(width > 0 && width <= 1, "--width", width, "more than 0 and at most 1")
    try require(depth >= 0 && depth <= 1, "--depth", depth, "0 to 1")
    try require((1...10_000).contains(epochs), "--epochs", epochs, "1 to 10000")
    try require(
      learningRate > 0 && learningRate <= 1, "--learning-rate", learningRate, "more than 0 and at most 1")
    try require(temperature >= 0.1 && temperature <= 100, "--temperature", temperature, "0.1 to 100")
    try require(softWeight >= 0 && softWeight <= 1, "--soft-weight", softWeight, "0 to 1")
    _ = try keptShares()
    _ = try timeLimit()
  }

  func keptShares() throws(CommandFailure) -> [Double] {
    let parts = shares.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? 0 }
    guard !parts.isEmpty, parts.count <= 16, parts.allSatisfy({ $0 > 0 && $0 < 1 }),
      Set(parts).count == parts.count
    else {
      throw .badInput(
        "--shares is '\(printable(shares, limit: 60))'; expected different shares such as '0.5,0.25'.")
    }
    return parts
  }

  func timeLimit() throws(CommandFailure) -> Duration? {
    guard let maxTime else { return nil }
    return try parsedTime(maxTime, option: "--max-time")
  }

  var distillation: Distillation { Distillation(temperature: temperature, softWeight: softWeight) }

  func training(seed: UInt64) -> TrainingOptions {
    TrainingOptions(epochs: epochs, schedule: Schedule(peak: learningRate), seed: seed)
  }

  /// In 8 bits.
  func fineTuning(seed: UInt64) -> TrainingOptions {
    TrainingOptions(epochs: max(1, epochs * 2 / 5), schedule: Schedule(peak: learningRate / 4), seed: seed)
  }
}
