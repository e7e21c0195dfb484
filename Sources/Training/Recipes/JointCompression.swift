import Compression
public import Graph

/// From one trained model a family of students of several sizes: channels pruned by their importance to the loss, trained
/// with the model as the teacher, then as 8-bit steps with it still teaching.
///
/// - Source: Ravi, "Custom On-Device ML Models with Learn2Compress", Google AI Blog (2018): pruning, quantization and joint
///   training with distillation, several sizes at once.
public struct JointCompression: Sendable, Hashable, Codable {
  /// The share of the channels that each student keeps.
  public var shares: [Double]
  public var distillation: Distillation
  /// Before rounding, and with it.
  public var training: TrainingOptions
  public var fineTuning: TrainingOptions

  public init(
    shares: [Double] = [0.5, 0.25, 0.125], distillation: Distillation = Distillation(),
    training: TrainingOptions = TrainingOptions(epochs: 20),
    fineTuning: TrainingOptions = TrainingOptions(epochs: 8, schedule: Schedule(peak: 5e-4))
  ) {
    self.shares = shares
    self.distillation = distillation
    self.training = training
    self.fineTuning = fineTuning
  }

  public struct Member: Sendable {
    /// Of the channels.
    public let share: Double
    public let f32: Graph
    public let int8: Graph
  }

  /// - Parameters:
  ///   - calibration: Inputs whose ranges the steps have to hold.
  ///   - session: Two trainings a member: "joint-0.5-f32", "joint-0.5-int8".
  /// - Throws: ``TrainingError`` where an operator has no gradient or no channel can go.
  public func family(
    of teacher: Graph, on samples: TrainingSamples, calibration: [[TensorData]],
    in session: TrainingSession = TrainingSession()
  ) throws(TrainingError) -> [Member] {
    let outputs = try TeacherOutputs(of: teacher, on: samples)
    let objective = Objective(labels: samples.labels ?? outputs.classes)
    let importance = try ChannelImportance.taylor(teacher, objective, on: samples)
    var members: [Member] = []
    for share in shares {
      let pruned = try compressing { () throws(CompressionError) in
        try teacher.keepingChannels(share, importance: importance)
      }
      let trained = try distillation.train(
        pruned, by: outputs, on: samples, training, in: session, phase: "joint-\(share)-f32")
      let table = try compressing { () throws(CompressionError) in
        try CalibrationTable(observing: trained, inputs: calibration)
      }
      let tuned = try QuantizationAwareTraining.train(trained, table) {
        graph, constraints throws(TrainingError) in
        try distillation.train(
          graph, by: outputs, on: samples, fineTuning, constraints: constraints, in: session,
          phase: "joint-\(share)-int8")
      }
      members.append(Member(share: share, f32: trained, int8: tuned.int8))
    }
    return members
  }
}
