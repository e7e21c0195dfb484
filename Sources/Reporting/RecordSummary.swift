import Foundation
public import Records
import Statistics

/// A record without its raw samples, under the names that scripts rely on: what `--json` prints of one run.
public struct RecordSummary: Encodable, Sendable {
  public var record: RunRecord

  public init(_ record: RunRecord) { self.record = record }

  enum CodingKeys: String, CodingKey {
    case model, profile, variant, engine, threads, precision, evidence, validity, projection, macs, parameters
    case accuracy, fidelity, outcome
    case latency = "latency_ns"
    case load = "load_ns"
    case firstInference = "first_inference_ns"
    case peakMemory = "peak_memory_bytes"
    case arena = "arena_bytes"
    case disk = "disk_bytes"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(record.model.name, forKey: .model)
    try values.encode(record.profile.id, forKey: .profile)
    try values.encode(record.configuration.variant, forKey: .variant)
    try values.encode(record.configuration.engine, forKey: .engine)
    try values.encode(record.configuration.threads, forKey: .threads)
    try values.encode(record.configuration.precision, forKey: .precision)
    try values.encode(record.evidence, forKey: .evidence)
    try values.encode(record.validity, forKey: .validity)
    try values.encode(record.measurement.outcome, forKey: .outcome)
    try values.encode(record.latency, forKey: .latency)
    try values.encode(record.projection, forKey: .projection)
    try values.encode(record.measurement.loadNanoseconds, forKey: .load)
    try values.encode(record.measurement.firstInferenceNanoseconds, forKey: .firstInference)
    try values.encode(record.measurement.peakMemoryBytes, forKey: .peakMemory)
    try values.encode(record.measurement.arenaBytes, forKey: .arena)
    try values.encode(record.disk?.totalBytes, forKey: .disk)
    try values.encode(record.macs, forKey: .macs)
    try values.encode(record.parameters, forKey: .parameters)
    try values.encode(record.accuracy, forKey: .accuracy)
    try values.encode(record.fidelity, forKey: .fidelity)
  }

  /// - Throws: An `EncodingError` for a number that JSON cannot hold.
  public func json() throws -> String { try jsonText(self) }
}

/// Sorted keys, indented, a newline at the end.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}
