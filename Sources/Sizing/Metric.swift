/// What a requirement limits. The unit of its numbers stands beside each.
public enum Metric: Sendable, Hashable {
  /// Nanoseconds of one inference.
  case latency(LatencyPercentile)
  /// Inferences a second, one after the other.
  case throughput
  /// Bytes, by the kernel's own count, over the whole run.
  case peakMemory
  /// Bytes of model and runtime.
  case disk
  /// Nanoseconds from the request to a plan that is ready to run.
  case load
  /// Nanoseconds of the first inference after the load.
  case firstInference
  /// What is lost of the reference's accuracy, as a share: 0.01 is one point in a hundred.
  case accuracyDrop

  /// "p99 latency", "peak memory".
  public var name: String {
    switch self {
    case .latency(let percentile): "\(percentile.name) latency"
    case .throughput: "throughput"
    case .peakMemory: "peak memory"
    case .disk: "disk"
    case .load: "load time"
    case .firstInference: "first inference"
    case .accuracyDrop: "accuracy drop"
    }
  }

  /// Whether more is better; of all others less is.
  public var isMoreBetter: Bool { self == .throughput }

  /// Whether it is about the speed of inferences.
  public var isSpeed: Bool {
    switch self {
    case .latency, .throughput: true
    case .peakMemory, .disk, .load, .firstInference, .accuracyDrop: false
    }
  }

  /// The share by which the figure moves between two runs of one program on one quiet machine, for reasons that an
  /// interval over the samples of one run does not cover: where the process's memory landed, what ran before.
  ///
  /// - Source: Mytkowicz et al., "Producing Wrong Data Without Doing Anything Obviously Wrong!", ASPLOS 2009, find
  ///   differences of this size and above from link order and environment alone. Sizes of files do not move.
  var noise: Double {
    switch self {
    case .latency, .throughput, .load, .firstInference: 0.02
    case .peakMemory: 0.01
    case .disk, .accuracyDrop: 0
    }
  }
}
