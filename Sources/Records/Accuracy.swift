public import Statistics

/// How well a variant does its task, on labelled data.
public struct Accuracy: Codable, Sendable, Equatable {
  /// "top-1", "AUC".
  public var metric: String
  /// 0 to 1, larger is better.
  public var value: Double
  /// The reference's value on the same data.
  public var reference: Double
  /// What is lost against the reference, with its 95 % interval: positive is worse. `nil` where the number of
  /// inputs is too small for one.
  public var drop: Interval?
  public var inputCount: Int
  /// Which data: the folder's name.
  public var dataset: String
  /// Whether the difference may be chance: McNemar's exact test, at 5 %. `nil` where that was not asked.
  public var isWithinNoise: Bool?
  /// The class that loses the most.
  public var worstClass: WorstClass?

  public struct WorstClass: Codable, Sendable, Equatable {
    public var name: String
    public var value: Double
    public var reference: Double
    public var inputCount: Int

    public init(name: String, value: Double, reference: Double, inputCount: Int) {
      self.name = name
      self.value = value
      self.reference = reference
      self.inputCount = inputCount
    }

    enum CodingKeys: String, CodingKey {
      case name, value, reference
      case inputCount = "inputs"
    }
  }

  public init(
    metric: String, value: Double, reference: Double, drop: Interval?, inputCount: Int, dataset: String,
    isWithinNoise: Bool? = nil, worstClass: WorstClass? = nil
  ) {
    self.metric = metric
    self.value = value
    self.reference = reference
    self.drop = drop
    self.inputCount = inputCount
    self.dataset = dataset
    self.isWithinNoise = isWithinNoise
    self.worstClass = worstClass
  }

  enum CodingKeys: String, CodingKey {
    case metric, value, reference, drop, dataset
    case isWithinNoise = "within_noise"
    case worstClass = "worst_class"
    case inputCount = "inputs"
  }
}

/// How near a variant's outputs come to the reference's: says little of accuracy, but needs no labels.
public struct Fidelity: Codable, Sendable, Equatable {
  /// Inputs on which the largest output is the same one as the reference's; `nil` where that makes no sense.
  public var agreeingInputs: Int?
  public var inputCount: Int
  /// Cosine of the angle between all outputs and the reference's, 1 for equal ones.
  public var cosine: Double?
  /// Of the reference's outputs to the difference, in decibels; `nil` where there is no difference.
  public var signalToNoise: Double?
  /// The input that comes off worst, counted from 0, and its ratio in decibels; `nil` where none has one.
  public var worst: Worst?
  public var inputs: Inputs

  public struct Worst: Codable, Sendable, Equatable {
    public var input: Int
    public var signalToNoise: Double

    public init(input: Int, signalToNoise: Double) {
      self.input = input
      self.signalToNoise = signalToNoise
    }

    enum CodingKeys: String, CodingKey {
      case input
      case signalToNoise = "signal_to_noise_db"
    }
  }

  public enum Inputs: String, Codable, Sendable {
    /// The user's own inputs: where a variant agrees there, its accuracy is the reference's.
    case dataset
    /// Made up by a seeded generator: agreement on them says nothing of the task.
    case synthetic
  }

  public init(
    agreeingInputs: Int?, inputCount: Int, cosine: Double?, signalToNoise: Double? = nil,
    worst: Worst? = nil, inputs: Inputs
  ) {
    self.agreeingInputs = agreeingInputs
    self.inputCount = inputCount
    self.cosine = cosine.flatMap { $0.isFinite ? $0 : nil }
    self.signalToNoise = signalToNoise.flatMap { $0.isFinite ? $0 : nil }
    self.worst = worst.flatMap { $0.signalToNoise.isFinite ? $0 : nil }
    self.inputs = inputs
  }

  /// The share of inputs on which the outputs agree.
  public var agreement: Double? {
    guard let agreeingInputs, inputCount > 0 else { return nil }
    return Double(agreeingInputs) / Double(inputCount)
  }

  /// The 95 % interval of the share of inputs on which the outputs differ. No accuracy can drop by more.
  public var disagreement: Interval? {
    guard let agreeingInputs else { return nil }
    return Proportion.wilsonInterval(successes: inputCount - agreeingInputs, of: inputCount)
  }

  enum CodingKeys: String, CodingKey {
    case cosine, worst, inputs
    case agreeingInputs = "agreeing_inputs"
    case inputCount = "input_count"
    case signalToNoise = "signal_to_noise_db"
  }
}
