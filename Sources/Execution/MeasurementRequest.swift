/// What to measure, under which limits, and for how long.
public struct MeasurementRequest: Sendable {
  /// Path of a .ebplan file.
  public var plan: String
  public var limits = ResourceLimits.none
  /// Never more than there are cores to run them on.
  public var threads = 1
  /// One an input of the model, in order; the rest is made from seed 1.
  public var inputs: [InputSource] = []
  public var warmUpRuns = 3
  /// Wanted; fewer if `budget` is too short, more if `minimumTime` has not passed.
  public var samples = 300
  public var maximumSamples = 10_000
  public var minimumTime = Duration.zero
  /// For sampling, without load and first inference.
  public var budget = Duration.seconds(10)
  /// How long to run without pause before the samples; 0 for not at all.
  public var sustained = Duration.zero
  /// A shell command that runs beside the measurement, for as long as it takes.
  public var beside: String?
  /// Inferences in which each step is timed alone; 0 for none.
  public var profileRuns = 0
  /// Instruction set for the agent's kernels where not the best one (`EDGEBENCH_ISA`).
  public var instructionSet: String?
  public var timeouts = PhaseTimeouts()

  public init(plan: String) { self.plan = plan }
}

/// Where an input's values come from.
public enum InputSource: Sendable, Equatable {
  /// A file of exactly the tensor's bytes: little-endian, dense.
  case file(String)
  /// Numbers made from a seed, the same on every machine.
  case seed(UInt64)
}

/// How long a phase may take before the agent is killed.
public struct PhaseTimeouts: Sendable, Equatable {
  public var start = Duration.seconds(30)
  public var load = Duration.seconds(120)
  public var firstInference = Duration.seconds(120)
  /// Beyond the budget; also between two signs of life.
  public var steadyState = Duration.seconds(120)
  public init() {}
}

/// What to run once, and where its outputs go.
public struct InferenceRequest: Sendable {
  /// Path of a .ebplan file.
  public var plan: String
  public var limits = ResourceLimits.none
  public var threads = 1
  /// One an input of the model, in order; the rest is made from seed 1.
  public var inputs: [InputSource] = []
  /// An existing folder: gets 0.raw, 1.raw, ... in the model's order.
  public var outputFolder: String
  public var instructionSet: String?
  public var timeouts = PhaseTimeouts()

  public init(plan: String, outputFolder: String) {
    self.plan = plan
    self.outputFolder = outputFolder
  }
}

/// How far a measurement is: for a progress bar.
public struct MeasurementProgress: Sendable, Equatable {
  public enum Phase: Sendable, Equatable {
    case starting, loading, firstInference, sustaining, sampling, profiling
  }
  public var phase: Phase
  public var samples = 0
  /// Of the samples so far.
  public var medianNanoseconds: Int64?
  /// Of the whole measurement, 0 to 1, as far as it can be told.
  public var fraction: Double = 0
}
