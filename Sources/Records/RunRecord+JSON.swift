public import Foundation

/// One object, names in snake case with their unit; see docs/design.md, "Records".
extension RunRecord: Codable {
  enum CodingKeys: String, CodingKey {
    case schema, date, command, tool, model, profile, variant, engine, threads, precision, evidence
    case environment, measurement, projection, disk, accuracy, fidelity, macs, parameters, inputs, seed
    case inapplicableVariants = "inapplicable_variants"
    case plannedVariants = "planned_variants"
    // Written for scripts, computed from the above.
    case validity
    case latency = "latency_ns"
    case load = "load_ns"
    case firstInference = "first_inference_ns"
    case peakMemory = "peak_memory_bytes"
    case arena = "arena_bytes"
    case diskBytes = "disk_bytes"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      date: try values.decode(Date.self, forKey: .date),
      command: try values.decode(String.self, forKey: .command),
      tool: try values.decode(String.self, forKey: .tool),
      model: try values.decode(ModelIdentity.self, forKey: .model),
      profile: try values.decode(ProfileIdentity.self, forKey: .profile),
      configuration: Configuration(
        variant: try values.decode(String.self, forKey: .variant),
        engine: try values.decode(String.self, forKey: .engine),
        threads: try values.decode(Int.self, forKey: .threads),
        precision: try values.decode(String.self, forKey: .precision)),
      evidence: try values.decode(Evidence.self, forKey: .evidence),
      environment: try values.decodeIfPresent(HostEnvironment.self, forKey: .environment),
      measurement: try values.decode(Measurement.self, forKey: .measurement),
      projection: try values.decodeIfPresent(Projection.self, forKey: .projection),
      disk: try values.decodeIfPresent(DiskUse.self, forKey: .disk),
      accuracy: try values.decodeIfPresent(Accuracy.self, forKey: .accuracy),
      fidelity: try values.decodeIfPresent(Fidelity.self, forKey: .fidelity),
      macs: try values.decodeIfPresent(Int64.self, forKey: .macs),
      parameters: try values.decodeIfPresent(Int64.self, forKey: .parameters),
      inputs: try values.decodeIfPresent(String.self, forKey: .inputs),
      seed: try values.decodeIfPresent(UInt64.self, forKey: .seed),
      inapplicableVariants: try values.decodeIfPresent(
        [String: String].self, forKey: .inapplicableVariants),
      plannedVariants: try values.decodeIfPresent([String].self, forKey: .plannedVariants))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.schemaVersion, forKey: .schema)
    try values.encode(date, forKey: .date)
    try values.encode(command, forKey: .command)
    try values.encode(tool, forKey: .tool)
    try values.encode(model, forKey: .model)
    try values.encode(profile, forKey: .profile)
    try values.encode(configuration.variant, forKey: .variant)
    try values.encode(configuration.engine, forKey: .engine)
    try values.encode(configuration.threads, forKey: .threads)
    try values.encode(configuration.precision, forKey: .precision)
    try values.encode(evidence, forKey: .evidence)
    try values.encode(environment, forKey: .environment)
    try values.encode(measurement, forKey: .measurement)
    try values.encode(projection, forKey: .projection)
    try values.encode(disk, forKey: .disk)
    try values.encode(accuracy, forKey: .accuracy)
    try values.encode(fidelity, forKey: .fidelity)
    try values.encode(macs, forKey: .macs)
    try values.encode(parameters, forKey: .parameters)
    try values.encode(inputs, forKey: .inputs)
    try values.encode(seed, forKey: .seed)
    try values.encodeIfPresent(inapplicableVariants, forKey: .inapplicableVariants)
    try values.encodeIfPresent(plannedVariants, forKey: .plannedVariants)

    try values.encode(validity, forKey: .validity)
    try values.encode(latency, forKey: .latency)
    try values.encode(measurement.loadNanoseconds, forKey: .load)
    try values.encode(measurement.firstInferenceNanoseconds, forKey: .firstInference)
    try values.encode(measurement.peakMemoryBytes, forKey: .peakMemory)
    try values.encode(measurement.arenaBytes, forKey: .arena)
    try values.encode(disk?.totalBytes, forKey: .diskBytes)
  }

  /// The record as it stands in its file: keys sorted, dates in ISO 8601, a newline at the end.
  ///
  /// - Throws: An `EncodingError` for a number that JSON cannot hold (NaN, infinity).
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return try encoder.encode(self) + Data("\n".utf8)
  }
}
