import Records
import Reporting
import Sizing

/// What `size --json` writes.
struct SizeReport: Encodable {
  var model: ModelIdentity
  /// The smallest device first.
  var devices: [Device]

  struct Device: Encodable {
    var profile: String
    var answer: String
    var verdict: String
    var variant: String?
    var threads: Int?
    var precision: String?
    var evidence: Evidence?
    var latencyNs: Band?
    var peakMemoryBytes: Int64?
    var diskBytes: Int64?
    /// What decides, and the share of its limit that is left.
    var binds: String?
    var margin: Double?
    var reasons: [String]
    var next: [String]
  }

  struct Band: Encodable {
    var median: Double
    var band90: [Double]
  }

  init(model: ModelIdentity, table: DeviceTable) {
    self.model = model
    devices = table.entries.map { entry in
      let verdict = entry.decision.verdict
      let candidate = entry.shown?.candidate
      func bytes(_ metric: Metric) -> Int64? {
        candidate?.reading(of: metric).figure.flatMap { Int64(exactly: $0.value) }
      }
      let latency = candidate?.reading(of: .latency(.median)).figure
      return Device(
        profile: entry.option.profile.id, answer: entry.answer, verdict: verdict.statement,
        variant: candidate?.configuration.variant, threads: candidate?.configuration.threads,
        precision: candidate?.configuration.precision, evidence: verdict.evidence,
        latencyNs: latency.map {
          Band(median: $0.value, band90: [$0.interval.lower, $0.interval.upper])
        },
        peakMemoryBytes: bytes(.peakMemory), diskBytes: bytes(.disk), binds: entry.binding?.text,
        margin: entry.binding?.margin, reasons: verdict.reasons, next: verdict.next)
    }
  }
}
