import Foundation
import Records
import Reporting
import Units

/// What is known of one device, from what earlier runs have left.
struct DeviceStatus: Encodable {
  var host: String
  var models: [Model] = []
  /// Why the last run failed there; `nil` where it did not.
  var lastFailure: String?

  enum CodingKeys: String, CodingKey {
    case host, models
    case lastFailure = "last_failure"
  }

  /// One model in one configuration.
  struct Model: Encodable {
    var model: String
    var sha256: String
    var configuration: Configuration
    var agentDigest: String?
    /// Whether that is one of the agents at hand; `nil` where none is.
    var hasCurrentAgent: Bool?
    var lastMeasured: Date
    var source: Observation.Source
    var measurements: Int
    var median: Double?
    /// Why the last measurement cannot be trusted.
    var invalid: [String]
    /// The last median over the reference's; `nil` for fewer than two measurements.
    var drift: Double?
    var referenceDate: Date?
    var isBeyondNoise: Bool?

    enum CodingKeys: String, CodingKey {
      case model, sha256, configuration, source, measurements, invalid, drift
      case agentDigest = "agent_sha256"
      case hasCurrentAgent = "has_current_agent"
      case lastMeasured = "last_measured"
      case median = "median_ns"
      case referenceDate = "reference_date"
      case isBeyondNoise = "is_beyond_noise"
    }

    init(
      _ latest: Observation, measurements: Int, drift: ObservationDrift?, hasCurrentAgent: Bool?
    ) {
      model = latest.model
      sha256 = latest.modelDigest
      configuration = latest.configuration
      agentDigest = latest.agentDigest
      self.hasCurrentAgent = hasCurrentAgent
      lastMeasured = latest.date
      source = latest.source
      self.measurements = measurements
      median = latest.median
      invalid = latest.invalid
      self.drift = drift?.ratio
      referenceDate = drift?.reference.date
      isBeyondNoise = drift?.isBeyondNoise
    }

    /// "+12 %", "-0.4 % (noise)".
    var driftText: String? {
      drift.map { ratio in
        String(format: "%+.1f %%", (ratio - 1) * 100) + (isBeyondNoise == false ? " (noise)" : "")
      }
    }
  }

  static func table(_ devices: [DeviceStatus]) -> Table {
    var table = Table([
      .init("host"), .init("model"), .init("digest", dispensability: 2), .init("variant", dispensability: 1),
      .init("threads", .trailing, dispensability: 3), .init("agent"), .init("last measured"),
      .init("median", .trailing), .init("drift", .trailing), .init("note"),
    ])
    for device in devices {
      let failure = device.lastFailure.map { "last run failed: \(printable($0, limit: 100))" }
      if device.models.isEmpty {
        let empty = [Table.Cell](repeating: .init(nil), count: 8)
        table.append([.init(device.host)] + empty + [.init(failure ?? "never measured", tone: .doubtful)])
      }
      for model in device.models {
        var notes = [failure].compactMap { $0 }
        if !model.invalid.isEmpty { notes.append("INVALID") }
        if model.hasCurrentAgent == false { notes.append("another agent than here") }
        if model.source == .sampler { notes.append("by its sampler") }
        let configuration = model.configuration
        table.append([
          .init(device.host), .init(model.model), .init(String(model.sha256.prefix(12))),
          .init(configuration.variant), .init("\(configuration.threads)"),
          .init(model.agentDigest.map { String($0.prefix(12)) }),
          .init(model.lastMeasured.formatted(.iso8601)),
          .init(Fleet.Run.time(model.median)),
          .init(model.driftText, tone: model.isBeyondNoise == true ? .doubtful : .plain),
          .init(notes.isEmpty ? nil : notes.joined(separator: "; "), tone: .doubtful),
        ])
      }
    }
    return table.withoutEmptyColumns()
  }

  /// How many versions there are: one of each is what a fleet should have.
  static func summary(_ devices: [DeviceStatus]) -> String {
    let models = devices.flatMap(\.models)
    let measured = devices.filter { !$0.models.isEmpty }.count
    let versions = Set(models.map(\.sha256)).count
    let names = Set(models.map(\.model)).count
    let agents = Set(models.compactMap(\.agentDigest)).count
    let drifted = models.filter { $0.isBeyondNoise == true }.count
    return
      "Hosts measured: \(measured) of \(devices.count). Models: \(names), in versions: \(versions). Agents: \(agents). Drifted beyond noise: \(drifted).\n"
  }
}
