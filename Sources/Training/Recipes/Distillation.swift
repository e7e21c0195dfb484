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
  /// - Parameter constraints: As of ``Trainer``.
  /// - Returns: The student with its new parameters; its structure is as given.
  public func train(
    _ student: Graph, by teacher: TeacherOutputs, on samples: TrainingSamples, _ options: TrainingOptions,
    constraints: [TensorID: WeightConstraint] = [:], checkpoint: CheckpointFile? = nil
  ) throws(TrainingError) -> Graph {
    var objective = Objective(
      labels: softWeight < 1 ? samples.labels : nil, labelWeight: 1 - softWeight,
      soft: .init(logits: teacher.logits, temperature: temperature, weight: softWeight))
    var trained = student
    if featureWeight > 0 {
      guard let features = student.lastFeatures, let width = teacher.featureWidth else {
        throw .mismatch(
          "\(student.name): no features before the last layer; expected a fully connected last layer.")
      }
      let (graph, regression) = student.addingRegression(from: features, width: width, seed: options.seed)
      trained = graph
      objective.targets = [.init(tensor: regression, values: teacher.features, weight: featureWeight)]
    }
    let trainer = try Trainer(
      trained, objective, inputs: samples.inputs, options, constraints: constraints)
    let result = try trainer.run(checkpoint: checkpoint)
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

  /// - Throws: ``TrainingError/mismatch(_:)`` where the teacher cannot be run on the samples.
  public init(of teacher: Graph, on samples: TrainingSamples) throws(TrainingError) {
    guard let logits = teacher.logits else { throw .mismatch("\(teacher.name) has no output.") }
    let features = teacher.lastFeatures
    var rows: [Float] = []
    var featureRows: [Float] = []
    do throws(EvaluationError) {
      let evaluator = try Evaluator(teacher, outputs: [logits] + (features.map { [$0] } ?? []))
      for index in 0..<samples.count {
        let outputs = try evaluator.run([TensorData(samples.input(index))])
        rows += outputs[0].elements(as: Float.self)
        if features != nil { featureRows += outputs[1].elements(as: Float.self) }
      }
    } catch { throw .mismatch("\(teacher.name): \(error.description)") }
    self.logits = rows
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
