public import Records

/// One configuration that might be used on the device, and what is known of it.
public struct Candidate: Sendable {
  public var configuration: Configuration
  /// Of the metrics that the requirements name, the median latency, the peak memory, the disk and the accuracy.
  public var readings: [Metric: Reading]
  /// Set where it was stopped by the device's memory or disk, whether or not a requirement limits them.
  public var misfit: Misfit?
  /// A metric that must be known before the candidate can meet anything, whether or not a requirement limits it.
  var openMetric: Metric?
  /// What to know before it is used, in one sentence, although no requirement asks for it.
  var caveat: String?

  /// What the device had of something, which was not enough.
  public struct Misfit: Sendable, Hashable {
    /// ``Metric/peakMemory`` or ``Metric/disk``.
    public var metric: Metric
    public var limit: Double

    public init(metric: Metric, limit: Double) {
      self.metric = metric
      self.limit = limit
    }
  }

  public init(configuration: Configuration, readings: [Metric: Reading], misfit: Misfit? = nil) {
    self.configuration = configuration
    self.readings = readings
    self.misfit = misfit
  }

  public var invasiveness: Invasiveness { Invasiveness(variant: configuration.variant) }
  public var isCompressed: Bool { invasiveness.isCompressed }

  public func reading(of metric: Metric) -> Reading {
    readings[metric]
      ?? .unknown(why: "no record has the \(metric.name)", next: "measure \(configuration.title)")
  }

  /// The cheapest to adopt first: the less invasive variant; of one variant fewer threads, then f16 arithmetic,
  /// then another engine.
  static func isCheaper(_ a: Candidate, _ b: Candidate) -> Bool {
    if a.invasiveness != b.invasiveness { return a.invasiveness < b.invasiveness }
    return a.configuration.cost.lexicographicallyPrecedes(b.configuration.cost)
  }
}

extension Configuration {
  /// "int8-static, 4 threads", "reference, f16 arithmetic, 1 thread, onnxruntime".
  public var title: String {
    var words = [variant]
    if hasCheaperArithmetic { words.append("f16 arithmetic") }
    words.append(threads == 1 ? "1 thread" : "\(threads) threads")
    if engine != Self.ownEngine { words.append(engine) }
    return words.joined(separator: ", ")
  }

  /// Whether the weights are the reference's but the arithmetic is narrower.
  var hasCheaperArithmetic: Bool { variant == Self.referenceVariant && precision == "f16" }

  static let ownEngine = "builtin"

  /// Compared element by element.
  fileprivate var cost: [String] {
    let count = String(threads)
    let padded = String(repeating: "0", count: max(0, 8 - count.count)) + count
    return [
      engine == Self.ownEngine ? "" : engine, hasCheaperArithmetic ? "f16" : "", padded, variant, precision,
    ]
  }
}
