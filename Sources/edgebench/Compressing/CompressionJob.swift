import Compression
import Graph
import Training

/// A model on its way through recipes and trainings.
struct CompressionJob {
  /// The model as it came, which teaches.
  let source: Graph
  /// What recipes calibrate on.
  let samples: [[TensorData]]
  /// What trainings learn from; `nil` where none is asked for.
  let training: Training?

  struct Training {
    var samples: TrainingSamples
    /// Whose validation part decides whether a training was of use.
    var data: EvaluationData
    var options: TrainingRecipeOptions
    /// For `distilled`, where no recipe comes before it.
    var student: Graph?
    var seed: UInt64
    var session: TrainingSession
  }

  /// What came of it.
  struct Result {
    var graph: Graph
    /// Of a family's member: the share of the channels that it keeps.
    var share: Double?
    /// How ranges were chosen, where a recipe needed them.
    var choice: CalibrationChoice?
  }

  func run(_ steps: [CompressionStep]) throws(CommandFailure) -> [Result] {
    var result = Result(graph: source)
    for (index, step) in steps.enumerated() {
      switch step {
      case .recipe(let recipe): try apply(recipe, to: &result)
      case .distilled: result.graph = try distilled(index == 0 ? nil : result.graph, index)
      case .aware: result.graph = try aware(result.graph, index)
      case .joint: return try family()
      }
    }
    return [result]
  }

  private func apply(_ recipe: Recipe, to result: inout Result) throws(CommandFailure) {
    let current = result.graph
    guard recipe.needsCalibration else {
      result.graph = try failing(as: .badInput) { try recipe.apply(to: current) }
      return
    }
    let best = try failing(as: .badInput) { try recipe.applyingBest(to: current, samples: samples) }
    result.graph = best.variant
    result.choice = best.choice
  }

  /// - Parameter pruned: What recipes made of the model, which is the student then; its zeros stay zero.
  private func distilled(_ pruned: Graph?, _ index: Int) throws(CommandFailure) -> Graph {
    let (training, outputs) = try prepared()
    let options = training.options
    let student: Graph
    if let given = pruned ?? training.student {
      student = given
    } else {
      let derived = DerivedStudent(width: options.width, depth: options.depth, seed: training.seed)
      student = try trained { () throws(TrainingError) in try derived.derive(from: source) }
    }
    return try trained { () throws(TrainingError) in
      try options.distillation.train(
        student, by: outputs, on: training.samples,
        options.training(seed: training.seed).fitted(to: training.samples.count),
        constraints: pruned?.sparsityConstraints ?? [:], in: training.session, phase: "\(index)-distilled")
    }
  }

  private func aware(_ graph: Graph, _ index: Int) throws(CommandFailure) -> Graph {
    let (training, outputs) = try prepared()
    let table = try failing(as: .badInput) { try CalibrationTable(observing: graph, inputs: samples) }
    let aware = try trained { () throws(TrainingError) in
      try QuantizationAwareTraining.train(graph, table) { graph, constraints throws(TrainingError) in
        try training.options.distillation.train(
          graph, by: outputs, on: training.samples,
          training.options.fineTuning(seed: training.seed).fitted(to: training.samples.count),
          constraints: constraints, in: training.session, phase: "\(index)-qat")
      }.int8
    }
    let plain = try failing(as: .badInput) {
      try Recipe.int8Static.applyingBest(to: graph, samples: samples).variant
    }
    if try training.data.isNoWorse(aware, than: plain, reference: source) { return aware }
    TrainingProgress.clear()
    Terminal.warning(
      "training in 8 bits did worse on the validation part than int8-static, which is what is written. Give more samples, or a smaller --learning-rate."
    )
    return plain
  }

  private func family() throws(CommandFailure) -> [Result] {
    guard let training else { throw .runFailed("no samples to train on.") }
    let options = training.options
    let joint = JointCompression(
      shares: try options.keptShares(), distillation: options.distillation,
      training: options.training(seed: training.seed).fitted(to: training.samples.count),
      fineTuning: options.fineTuning(seed: training.seed).fitted(to: training.samples.count))
    let members = try trained { () throws(TrainingError) in
      try joint.family(of: source, on: training.samples, calibration: samples, in: training.session)
    }
    return members.map { Result(graph: $0.int8, share: $0.share) }
  }

  private func prepared() throws(CommandFailure) -> (Training, TeacherOutputs) {
    guard let training else { throw .runFailed("no samples to train on.") }
    let outputs = try trained { () throws(TrainingError) in
      try TeacherOutputs(of: source, on: training.samples)
    }
    return (training, outputs)
  }

  private func trained<Value>(_ body: () throws(TrainingError) -> Value) throws(CommandFailure) -> Value {
    do throws(TrainingError) { return try body() } catch {
      switch error {
      case .stopped(let epoch, let epochs):
        throw .runFailed(
          "--max-time is over in epoch \(epoch) of \(epochs). What was trained is kept; the same command goes on from there."
        )
      case .checkpoint, .diverged: throw .runFailed(error.description)
      case .unsupported, .batch, .mismatch: throw .badInput(error.description)
      }
    }
  }
}
