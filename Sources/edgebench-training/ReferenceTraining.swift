import Foundation
import Graph
import ModelFormats
import ReferenceSuite
import Training

/// `make train-reference`: trains the suite's digits models and writes them as compact graphs.
struct ReferenceTraining {
  static let teacherEpochs = 30
  static let studentEpochs = 40
  static let seed: UInt64 = 7

  let digits: Digits
  let folder: String

  func run() throws {
    let teacher = try digits.trained(.digitsTeacher, epochs: Self.teacherEpochs, seed: Self.seed)
    try write(teacher, to: "teacher.ebgraph", recipe: "trained on labels")
    let distilled = try Distillation().train(
      ReferenceModel.digitsStudent.build(weights: WeightRequest.seeded(Self.seed)),
      by: TeacherOutputs(of: teacher, on: digits.samples), on: digits.samples,
      TrainingOptions(epochs: Self.studentEpochs, schedule: Schedule(peak: 5e-3), seed: Self.seed),
      in: digits.session, phase: "student")
    try write(distilled, to: "student.ebgraph", recipe: "distilled from the teacher")
  }

  private func write(_ graph: Graph, to name: String, recipe: String) throws {
    let right = try digits.predictions(graph).isRight(digits.testLabels).count { $0 }
    let accuracy = "\(right) of \(digits.testLabels.count) test samples right"
    let file = CompactGraphFile(
      graph,
      provenance: [
        "data": digits.data.name, "recipe": recipe, "seed": "\(Self.seed)", "accuracy": accuracy,
      ])
    let bytes = file.serialized()
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    print("\(name): \(bytes.count) bytes, \(accuracy)")
  }
}
