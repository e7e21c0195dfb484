import Datasets
import Foundation
import Graph
import ReferenceSuite
import Statistics
import Training

/// The same student with and without its teacher, from five seeds.
///
/// Two settings, both fixed before the test part was looked at. With few labels: ten of each class are known, all other training
/// images are not labelled; alone the student learns from the labelled images, taught it learns the teacher's probabilities for
/// all of them. With all labels: both have them. In both the two students have the same first weights, the same shifts of their images
/// and the same number of steps. The temperature, and the smoothing of the lone student's labels, are those that do best on the validation part,
/// from other seeds; the test part is looked at once, at the end.
struct DistillationStudy {
  static let seeds: [UInt64] = [1, 2, 3, 4, 5]
  static let choosingSeeds: [UInt64] = [11, 12]
  static let labelsPerClass = 10
  static let epochs = 40
  static let schedule = Schedule(peak: 5e-3)
  static let temperatures: [Float] = [1, 2, 4, 8]
  static let smoothings: [Float] = [0, 0.1, 0.2]

  let digits: Digits

  struct Result {
    var few: Comparison
    var all: Comparison

    var text: String {
      """
      \(DistillationStudy.labelsPerClass) labels a class, the other images without
      \(few.text)

      all labels
      \(all.text)
      """
    }
  }

  struct Comparison {
    var smoothing: Float
    var temperature: Float
    var alone: [Double]
    var taught: [Double]
    /// Of the mean gain over seeds, 95 %.
    var gain: Interval?

    var text: String {
      func percent(_ value: Double) -> String { String(format: "%.2f %%", 100 * value) }
      func mean(_ list: [Double]) -> Double { list.reduce(0, +) / Double(max(1, list.count)) }
      let interval = gain.map {
        String(format: "[%+.2f, %+.2f] pp", 100 * $0.lower, 100 * $0.upper)
      }
      return """
        alone    \(alone.map(percent).joined(separator: ", ")), mean \(percent(mean(alone))) (smoothing \(smoothing))
        taught   \(taught.map(percent).joined(separator: ", ")), mean \(percent(mean(taught))) (temperature \(temperature))
        gain     \(String(format: "%+.2f pp", 100 * (mean(taught) - mean(alone)))) \(interval ?? "-")
        """
    }
  }

  func run() throws -> Result {
    let teacher = try ReferenceModel.digitsTeacher.build()
    let few = TrainingSamples(digits.data, at: labelled).withShifts()
    return Result(
      few: try compare(few, teacher, "few"), all: try compare(digits.samples, teacher, "all"))
  }

  /// The first images of each class.
  private var labelled: [Int] {
    let labels = digits.data.labels ?? []
    var taken: [Int: Int] = [:]
    return digits.split.calibration.filter { index in
      taken[labels[index], default: 0] += 1
      return taken[labels[index], default: 0] <= Self.labelsPerClass
    }
  }

  private func compare(_ known: TrainingSamples, _ teacher: Graph, _ name: String) throws -> Comparison {
    let outputs = try TeacherOutputs(of: teacher, on: digits.samples)
    func alone(_ smoothing: Float, _ seed: UInt64) throws -> Graph {
      try digits.session.run(
        Trainer(
          student(seed), Objective(labels: known.labels, smoothing: smoothing), inputs: known.inputs,
          options(seed, samples: known.count)),
        "alone-\(name)-\(smoothing)-\(seed)")
    }
    func taught(_ temperature: Float, _ seed: UInt64) throws -> Graph {
      try Distillation(temperature: temperature, softWeight: 1).train(
        student(seed), by: outputs, on: digits.samples, options(seed, samples: digits.samples.count),
        in: digits.session, phase: "taught-\(temperature)-\(seed)")
    }
    let smoothing = try best(of: Self.smoothings, alone)
    let temperature = try best(of: Self.temperatures, taught)
    let results = try Self.seeds.map { seed in
      (
        try accuracy(alone(smoothing, seed), digits.split.test),
        try accuracy(taught(temperature, seed), digits.split.test)
      )
    }
    return Comparison(
      smoothing: smoothing, temperature: temperature, alone: results.map(\.0), taught: results.map(\.1),
      gain: interval(results.map { $0.1 - $0.0 }))
  }

  /// The one with the best mean accuracy on the validation part, the first of equals.
  private func best(of values: [Float], _ train: (Float, UInt64) throws -> Graph) throws -> Float {
    var best: (value: Float, accuracy: Double)?
    for value in values {
      let accuracies = try Self.choosingSeeds.map { try accuracy(train(value, $0), digits.split.validation) }
      let sum = accuracies.reduce(0, +)
      if sum > best?.accuracy ?? -1 { best = (value, sum) }
    }
    return best?.value ?? values[0]
  }

  private func student(_ seed: UInt64) throws -> Graph {
    try ReferenceModel.digitsStudent.build(weights: WeightRequest.seeded(seed))
  }

  /// As many steps, however many samples there are.
  private func options(_ seed: UInt64, samples: Int) -> TrainingOptions {
    var options = TrainingOptions(epochs: Self.epochs, schedule: Self.schedule, seed: seed)
    let steps = Self.epochs * (digits.samples.count / options.batchSize)
    options.epochs = steps / (samples / options.batchSize)
    return options
  }

  private func accuracy(_ graph: Graph, _ part: [Int]) throws -> Double {
    let labels = digits.data.labels ?? []
    let isRight = try Predictions(of: graph, on: digits.data, at: part).isRight(part.map { labels[$0] })
    return Double(isRight.count { $0 }) / Double(isRight.count)
  }

  /// Student's t interval of the mean, 95 %: both students of a seed share its first weights and its order of samples.
  private func interval(_ gains: [Double]) -> Interval? {
    let t = 2.776  // the 0.975 quantile of Student's t with 4 degrees of freedom
    guard gains.count == 5, let summary = SampleSummary(gains), let deviation = summary.standardDeviation
    else {
      return nil
    }
    let half = t * deviation / Double(gains.count).squareRoot()
    return Interval(summary.mean - half, summary.mean + half)
  }
}
