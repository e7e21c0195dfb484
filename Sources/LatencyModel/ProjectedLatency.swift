public import Graph

/// A latency from a profile's figures, not from a clock.
public struct ProjectedLatency: Sendable, Equatable {
  /// Nanoseconds.
  public var median: Double
  /// Nanoseconds: half of the median to either side. It is meant to hold the device's own median 90 times in 100;
  /// against published rows it does so in 84 of 100 (docs/latency-model.md).
  public var band90: ClosedRange<Double>
  /// Where the time goes, the largest share first.
  public var classes: [ClassShare]
  /// The threads that count: no more than the fastest cluster has cores.
  public var threads: Int

  static let relativeBand = 0.5

  init(classes: [ClassShare], threads: Int) {
    let median = classes.reduce(0) { $0 + $1.nanoseconds }
    self.median = median
    band90 = median * (1 - Self.relativeBand)...median * (1 + Self.relativeBand)
    self.classes = classes
    self.threads = threads
  }
}

/// What the nodes of one kernel class and precision take together.
public struct ClassShare: Sendable, Equatable {
  public enum Bound: String, Sendable, Equatable { case arithmetic, memory }

  public var kernelClass: KernelClass
  public var precision: Precision
  public var nodes = 0
  public var nanoseconds = 0.0
  public var macs = 0
  public var bytes = 0.0
  private var memoryBoundNanoseconds = 0.0

  init(kernelClass: KernelClass, precision: Precision) {
    self.kernelClass = kernelClass
    self.precision = precision
  }

  /// What bounds the larger part of the time.
  public var bound: Bound { memoryBoundNanoseconds * 2 > nanoseconds ? .memory : .arithmetic }

  mutating func add(_ time: NodeTime, _ work: NodeWork) {
    nodes += 1
    nanoseconds += time.nanoseconds
    macs += work.macs
    bytes += work.bytes
    if time.bound == .memory { memoryBoundNanoseconds += time.nanoseconds }
  }
}
