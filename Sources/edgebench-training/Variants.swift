import Compression
import Datasets
import Graph
import ReferenceSuite
import Training

/// Every way to make the digits teacher smaller, each with the model that it makes.
struct Variants {
  let digits: Digits
  let teacher: Graph

  /// A model under the name that records and verdicts know it by.
  struct Variant {
    var name: String
    var note: String
    var graph: Graph
  }

  static let tuning = TrainingOptions(epochs: 8, schedule: Schedule(peak: 1e-3), seed: 7)

  func all() throws -> [Variant] {
    try recipes() + tuned() + students() + family()
  }

  /// Recipes alone, calibrated where they need it.
  private func recipes() throws -> [Variant] {
    let table = try digits.calibration(of: teacher)
    return try (Recipe.all + Recipe.further).map { recipe in
      let graph = try recipe.apply(to: teacher, calibration: table)
      return Variant(name: recipe.name, note: recipe.summary, graph: graph)
    }
  }

  /// Recipes that training follows, with the teacher teaching.
  private func tuned() throws -> [Variant] {
    let outputs = try TeacherOutputs(of: teacher, on: digits.samples)
    func train(
      _ graph: Graph, _ name: String, _ constraints: [TensorID: WeightConstraint] = [:]
    ) throws(TrainingError) -> Graph {
      try Distillation().train(
        graph, by: outputs, on: digits.samples, Self.tuning, constraints: constraints,
        in: digits.session, phase: "tuned-\(name)")
    }
    var variants: [Variant] = []
    for recipe in [Recipe.pruned(percent: 75), .lowRank] {
      let graph = try recipe.apply(to: teacher)
      variants.append(
        Variant(
          name: "\(recipe.name)+distilled", note: "\(recipe.summary), fine-tuned",
          graph: try train(graph, recipe.name)))
    }
    for recipe in [Recipe.sparse(percent: 90), .sparse2of4, .sparseBlocks] {
      let graph = try recipe.apply(to: teacher)
      variants.append(
        Variant(
          name: "\(recipe.name)+distilled", note: "\(recipe.summary), fine-tuned",
          graph: try train(graph, recipe.name, graph.sparsityConstraints)))
    }
    let table = try digits.calibration(of: teacher)
    let aware = try QuantizationAwareTraining.train(teacher, table) {
      graph, constraints throws(TrainingError) in
      try train(graph, "int8-aware", constraints)
    }
    variants.append(
      Variant(
        name: "int8-aware", note: "8-bit weights and activations, trained so",
        graph: aware.int8))
    return variants
  }

  /// Smaller networks: the suite's student, and one derived from the teacher.
  private func students() throws -> [Variant] {
    let student = try ReferenceModel.digitsStudent.build()
    let int8 = try Recipe.int8Static.apply(to: student, calibration: digits.calibration(of: student))
    let outputs = try TeacherOutputs(of: teacher, on: digits.samples)
    let narrow = try DerivedStudent(width: 0.25, depth: 0.5, seed: 7).derive(from: teacher)
    let taught = try Distillation().train(
      narrow, by: outputs, on: digits.samples,
      TrainingOptions(epochs: 30, schedule: Schedule(peak: 4e-3), seed: 7),
      in: digits.session, phase: "derived")
    return [
      Variant(name: "distilled-student", note: "the suite's student, taught", graph: student),
      Variant(name: "distilled-student+int8-static", note: "the same in 8 bits", graph: int8),
      Variant(
        name: "distilled-narrow", note: "a quarter of the width, half of the depth, taught", graph: taught),
    ]
  }

  private func family() throws -> [Variant] {
    let members = try JointCompression().family(
      of: teacher, on: digits.samples,
      calibration: digits.split.calibration.map { [digits.data.input($0)] },
      in: digits.session)
    return members.map { member in
      let percent = Int((member.share * 100).rounded())
      return Variant(
        name: "pruned-\(100 - percent)+distilled+int8-static",
        note: "joint: \(percent) % of the channels, taught, in 8 bits", graph: member.int8)
    }
  }
}
