import Foundation
import Graph
import ReferenceSuite
import Statistics
import Training

/// The same student with and without its teacher, from five seeds.
struct DistillationStudy {
  static let seeds: [UInt64] = [1, 2, 3, 4, 5]
  static let epochs = 40
  static let schedule = Schedule(peak: 5e-3)

  let digits: Digits
  var distillation = Distillation(temperature: 4, softWeight: 0.9)

  struct Result {
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
        alone    \(alone.map(percent).joined(separator: ", ")), mean \(percent(mean(alone)))
        taught   \(taught.map(percent).joined(separator: ", ")), mean \(percent(mean(taught)))
        gain     \(String(format: "%+.2f pp", 100 * (mean(taught) - mean(alone)))) \(interval ?? "-")
        """
    }
  }

  func run() throws -> Result {
    let teacher = try TeacherOutputs(of: ReferenceModel.digitsTeacher.build(), on: digits.samples)
    var result = Result(alone: [], taught: [], gain: nil)
    for seed in Self.seeds {
      let student = try ReferenceModel.digitsStudent.build(weights: WeightRequest.seeded(seed))
      let options = TrainingOptions(epochs: Self.epochs, schedule: Self.schedule, seed: seed)
      let alone = try Trainer(
        student, Objective(labels: digits.samples.labels), inputs: digits.samples.inputs, options
      ).run(checkpoint: digits.checkpoint("alone-\(seed)"))
      let taught = try distillation.train(
        student, by: teacher, on: digits.samples, options, checkpoint: digits.checkpoint("taught-\(seed)"))
      result.alone.append(try accuracy(alone))
      result.taught.append(try accuracy(taught))
    }
    result.gain = interval(zip(result.alone, result.taught).map { $1 - $0 })
    return result
  }

  private func accuracy(_ graph: Graph) throws -> Double {
    let isRight = try digits.predictions(graph).isRight(digits.testLabels)
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
