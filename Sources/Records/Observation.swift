public import struct Foundation.Date
public import Statistics

/// One measurement of one configuration on one device, as its history keeps it: enough to see drift, without the samples.
public struct Observation: Codable, Sendable, Equatable {
  public enum Source: String, Codable, Sendable {
    /// A run that somebody asked for: there is, or was, a record of it.
    case run
    /// The device's own sampler.
    case sampler
  }

  /// To the second, in UTC.
  public var date: Date
  public var source: Source
  /// For tables: "mobilenet_v2".
  public var model: String
  public var modelDigest: String
  public var variant: String
  public var engine: String
  public var threads: Int
  public var precision: String
  public var agentDigest: String?
  /// Of one inference, in nanoseconds; `nil` where there were no samples.
  public var median: Double?
  public var ci95: Interval?
  public var p90: Double?
  public var samples: Int
  /// Why its times cannot be trusted; empty for a VALID one.
  public var invalid: [String]
  /// Of what went in and came out; the sampler's only.
  public var tensors: [TensorSummary]?

  public init(
    date: Date, source: Source, model: String, modelDigest: String, configuration: Configuration,
    measurement: Measurement, validity: Validity, tensors: [TensorSummary]? = nil
  ) {
    self.date = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
    self.source = source
    self.model = model
    self.modelDigest = modelDigest
    variant = configuration.variant
    engine = configuration.engine
    threads = configuration.threads
    precision = configuration.precision
    agentDigest = measurement.agent?.digest
    let latency = LatencySummary(nanoseconds: measurement.samplesNanoseconds)
    median = latency?.median
    ci95 = latency?.ci95
    p90 = latency?.p90
    samples = latency?.samples ?? 0
    invalid = validity.reasons
    self.tensors = tensors
  }

  public init(_ record: RunRecord) {
    self.init(
      date: record.date, source: .run, model: record.model.name, modelDigest: record.model.sha256,
      configuration: record.configuration, measurement: record.measurement, validity: record.validity)
  }

  enum CodingKeys: String, CodingKey {
    case date, source, model, variant, engine, threads, precision, ci95, samples, invalid, tensors
    case modelDigest = "model_sha256"
    case agentDigest = "agent_sha256"
    case median = "median_ns"
    case p90 = "p90_ns"
  }

  public var configuration: Configuration {
    Configuration(variant: variant, engine: engine, threads: threads, precision: precision)
  }

  /// What makes two entries the same measurement.
  public struct Identity: Hashable, Sendable {
    var date: Date
    var source: Source
    var subject: Subject
  }

  /// What is measured again and again: drift is told among observations of one.
  public struct Subject: Hashable, Sendable {
    public var modelDigest: String
    public var configuration: Configuration
  }

  public var subject: Subject { Subject(modelDigest: modelDigest, configuration: configuration) }
  public var identity: Identity { Identity(date: date, source: source, subject: subject) }

  /// Whether it may be compared with others.
  public var isUsable: Bool { invalid.isEmpty && (median ?? 0) > 0 }
}

/// What is kept of a tensor: never its values.
public struct TensorSummary: Codable, Sendable, Equatable {
  public enum Role: String, Codable, Sendable { case input, output }
  public var role: Role
  /// In the model's order, from 0.
  public var index: Int
  public var bytes: Int64
  /// Of its bytes, in hexadecimal.
  public var sha256: String
  /// Of its numbers; `nil` where they are not of a type that the device can read.
  public var minimum: Double?
  public var maximum: Double?
  public var mean: Double?
  /// Elements that are NaN or infinite; they are not in the figures above.
  public var notFinite: Int?

  public init(
    role: Role, index: Int, bytes: Int64, sha256: String, minimum: Double? = nil, maximum: Double? = nil,
    mean: Double? = nil, notFinite: Int? = nil
  ) {
    self.role = role
    self.index = index
    self.bytes = bytes
    self.sha256 = sha256
    self.minimum = minimum
    self.maximum = maximum
    self.mean = mean
    self.notFinite = notFinite
  }

  enum CodingKeys: String, CodingKey {
    case role, index, bytes, sha256, minimum, maximum, mean
    case notFinite = "not_finite"
  }
}
