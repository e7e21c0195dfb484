public import Graph
import Lowering

/// A student that learns from a teacher's probabilities as well as from the labels.
///
/// - Source: Hinton, Vinyals and Dean, arXiv:1503.02531; features: Romero et al., arXiv:1412.6550.
public struct Distillation: Sendable, Hashable, Codable {
  /// Both models' logits are divided by it, which shows how the teacher ranks the wrong classes.
  public var temperature: Float
  /// Of the teacher's probabilities; the labels have the rest to 1.
  public var softWeight: Float
  /// Of the distance between the last features of both; 0 for none.
  public var featureWeight: Float

  public init(temperature: Float = 3, softWeight: Float = 0.7, featureWeight: Float = 0) {
    self.temperature = temperature
    self.softWeight = softWeight
    self.featureWeight = featureWeight
  }

  /// Trains `student` on `samples` with what `teacher` makes of them.
  ///
  /// Without labels the teacher's answers are all there is to learn: its probabilities, or, where the student ends in no softmax,
  /// its numbers.
  ///
  /// - Parameters:
  ///   - constraints: As of ``Trainer``.
  ///   - phase: Names the training in `session`.
  /// - Returns: The student with its new parameters; its structure is as given.
  public func train(
    _ student: Graph, by teacher: TeacherOutputs, on samples: TrainingSamples, _ options: TrainingOptions,
    constraints: [TensorID: WeightConstraint] = [:], in session: TrainingSession = TrainingSession(),
    phase: String = "distilled"
  ) throws(TrainingError) -> Graph {
    guard let logits = student.logits, student[logits].shape.elementCount == teacher.width else {
      throw .mismatch(
        "\(student.name) has outputs of another size than the teacher's \(teacher.width); expected the same.")
    }
    guard student.inputs.count == 1, student[student.inputs[0]].shape.elementCount == samples.sampleSize
    else {
      throw .mismatch("\(student.name) has another input than the teacher; expected \(samples.sampleShape).")
    }
    var objective = Objective(
      labels: softWeight < 1 ? samples.labels : nil, labelWeight: 1 - softWeight,
      soft: .init(logits: teacher.logits, temperature: temperature, weight: softWeight))
    if samples.labels == nil, student.outputs.first == logits {
      objective = Objective(
        labels: nil, targets: [.init(tensor: logits, values: teacher.logits, weight: 1)])
    }
    var trained = student
    if featureWeight > 0 {
      guard let features = student.lastFeatures, let width = teacher.featureWidth else {
        throw .mismatch(
          "\(student.name): no features before the last layer; expected a fully connected last layer.")
      }
      let (graph, regression) = student.addingRegression(from: features, width: width, seed: options.seed)
      trained = graph
      objective.targets.append(.init(tensor: regression, values: teacher.features, weight: featureWeight))
    }
    let trainer = try Trainer(
      trained, objective, inputs: samples.inputs, options, constraints: constraints)
    let result = try session.run(trainer, phase)
    return Parameters(of: student).write(from: result, to: student)
  }
}

/// A teacher's answers to all samples.
public struct TeacherOutputs: Sendable {
  /// One row a sample.
  public let logits: [Float]
  /// The input of the last fully connected layer, one row a sample; empty where there is none.
  public let features: [Float]
  let featureWidth: Int?
  /// Of a row of ``logits``.
  let width: Int

  /// The class of each sample by the teacher, the first of equals.
  var classes: [Int] {
    stride(from: 0, to: logits.count, by: max(1, width)).map { first in
      let row = logits[first..<first + width]
      return (row.firstIndex { $0 == row.max() } ?? first) - first
    }
  }

  /// - Throws: ``TrainingError/mismatch(_:)`` where the teacher cannot be run on the samples.
  public init(of teacher: Graph, on samples: TrainingSamples) throws(TrainingError) {
    guard let logits = teacher.logits, teacher[logits].elementType == .f32 else {
      throw .mismatch("\(teacher.name) has no output of f32; expected a float model to learn from.")
    }
    let features = teacher.lastFeatures
    var rows: [Float] = []
    var featureRows: [Float] = []
    do throws(EvaluationError) {
      let evaluator = try Evaluator(teacher, outputs: [logits] + (features.map { [$0] } ?? []))
      for index in 0..<samples.count {
        evaluator.resetStates()
        let outputs = try evaluator.run([TensorData(samples.input(index))])
        rows += outputs[0].elements(as: Float.self)
        if features != nil { featureRows += outputs[1].elements(as: Float.self) }
      }
    } catch { throw .mismatch("\(teacher.name): \(error.description)") }
    self.logits = rows
    width = teacher[logits].shape.elementCount ?? 0
    self.features = featureRows
    featureWidth = features.flatMap { teacher[$0].shape.elementCount }
  }
}

extension Graph {
  /// What the layer that makes the logits reads, where that is fully connected.
  var lastFeatures: TensorID? {
    guard let logits, let maker = nodes.first(where: { $0.outputs.contains(logits) }),
      case .fullyConnected = maker.op
    else { return nil }
    return maker.inputs[0]
  }

  /// With a fully connected layer that is to tell the teacher's features from these; only training uses it.
  func addingRegression(from features: TensorID, width: Int, seed: UInt64) -> (Graph, TensorID) {
    var graph = self
    let depth = self[features].shape.elementCount ?? 0
    var random = SplitMix64(seed: seed ^ 0x5EED)
    let limit = (3 / Float(max(1, depth))).squareRoot()  // a variance of 1 / depth keeps the scale
    let weights = (0..<width * depth).map { _ in random.uniform(within: limit) }
    graph.tensors.append(
      Tensor(
        name: "regression/kernel", elementType: .f32, shape: [width, depth], constant: TensorData(weights)))
    graph.tensors.append(Tensor(name: "regression", elementType: .f32, shape: [1, width]))
    let output = TensorID(graph.tensors.count - 1)
    graph.nodes.append(
      Node(
        name: "regression", op: .fullyConnected(activation: .none, keepsLeadingAxes: false),
        inputs: [features, TensorID(output.index - 1)], outputs: [output]))
    return (graph, output)
  }
}

extension Parameters {
  /// `graph` with the constants that `other`, which has at least its tensors, has at the same places.
  func write(from other: Graph, to graph: Graph) -> Graph {
    var graph = graph
    for index in graph.tensors.indices where graph.tensors[index].constant != nil {
      graph.tensors[index].constant = other.tensors[index].constant
    }
    return graph
  }
}
