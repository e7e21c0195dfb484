public import struct Foundation.Date

/// One configuration of one model, run under one profile: everything that a verdict needs, in one JSON file.
///
/// What can be computed from the raw figures (percentiles, validity) is computed whenever it is asked for, so a
/// record cannot disagree with itself. It is written into the JSON too, for scripts; reading ignores it.
public struct RunRecord: Sendable, Equatable {
  public static let schemaVersion = 1

  /// To the second, in UTC.
  public var date: Date
  /// What the user typed.
  public var command: String
  /// The version of edgebench that wrote the record.
  public var tool: String
  public var model: ModelIdentity
  public var profile: ProfileIdentity
  public var configuration: Configuration
  /// Of the figures in `measurement`.
  public var evidence: Evidence
  public var environment: HostEnvironment?
  public var measurement: Measurement
  /// The latency on the profile's device, where it was not measured there.
  public var projection: Projection?
  public var disk: DiskUse?
  public var accuracy: Accuracy?
  public var fidelity: Fidelity?
  /// Multiply-accumulates of one inference.
  public var macs: Int64?
  /// Number of weights.
  public var parameters: Int64?
  /// Digest of the calibration and evaluation data, and of the options that shaped the variant; `nil` for none.
  public var inputs: String?
  /// Of generated inputs and weights.
  public var seed: UInt64?
  /// Variants that cannot be made of the model, by name, and why; `nil` where that was not found out.
  public var inapplicableVariants: [String: String]?
  /// The variants that the search which made this record is to try, in order: until all of them are on record or cannot be made,
  /// it is not known that none suffices. `nil` where none was begun.
  public var plannedVariants: [String]?

  public init(
    date: Date, command: String, tool: String, model: ModelIdentity, profile: ProfileIdentity,
    configuration: Configuration, evidence: Evidence, environment: HostEnvironment?,
    measurement: Measurement, projection: Projection? = nil, disk: DiskUse? = nil,
    accuracy: Accuracy? = nil, fidelity: Fidelity? = nil, macs: Int64? = nil, parameters: Int64? = nil,
    inputs: String? = nil, seed: UInt64? = nil,
    inapplicableVariants: [String: String]? = nil, plannedVariants: [String]? = nil
  ) {
    self.date = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
    self.command = command
    self.tool = tool
    self.model = model
    self.profile = profile
    self.configuration = configuration
    self.evidence = evidence
    self.environment = environment
    self.measurement = measurement
    self.projection = projection
    self.disk = disk
    self.accuracy = accuracy
    self.fidelity = fidelity
    self.macs = macs
    self.parameters = parameters
    self.inputs = inputs
    self.seed = seed
    self.inapplicableVariants = inapplicableVariants
    self.plannedVariants = plannedVariants
  }

  /// Of the measured samples; `nil` where there are none.
  public var latency: LatencySummary? { LatencySummary(nanoseconds: measurement.samplesNanoseconds) }

  /// Whether the measured times can be trusted.
  public var validity: Validity { Validity(judging: measurement, in: environment) }
}

/// What a configuration occupies on the device's storage.
public struct DiskUse: Codable, Sendable, Equatable {
  public var modelBytes: Int64
  public var runtimeBytes: Int64

  public init(modelBytes: Int64, runtimeBytes: Int64) {
    self.modelBytes = modelBytes
    self.runtimeBytes = runtimeBytes
  }

  /// The largest 64-bit number where the sum is larger.
  public var totalBytes: Int64 {
    let (sum, overflow) = modelBytes.addingReportingOverflow(runtimeBytes)
    return overflow ? .max : sum
  }

  enum CodingKeys: String, CodingKey {
    case modelBytes = "model_bytes"
    case runtimeBytes = "runtime_bytes"
  }
}
