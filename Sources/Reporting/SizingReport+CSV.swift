import Records
import Sizing
import Statistics

extension SizingReport {
  /// One line a configuration, numbers without units under titles that name them; RFC 4180, lines ending in CR LF.
  public static func csv(_ reports: [SizingReport]) -> String {
    let names = columns.map(\.name)
    var text = line(names)
    for report in reports {
      for entry in report.entries { text += line(columns.map { $0.value(report, entry) ?? Table.missing }) }
    }
    return text
  }

  private static func line(_ fields: [String]) -> String {
    fields.map(Escaping.csv).joined(separator: ",") + "\r\n"
  }

  private struct Field {
    var name: String
    var value: (SizingReport, Entry) -> String?
  }

  private static var columns: [Field] {
    func number(_ value: Double?) -> String? { value.map { fixed($0, 0) } }
    func whole(_ value: Int64?) -> String? { value.map(String.init) }
    return [
      .init(name: "model") { report, _ in report.model.name },
      .init(name: "model_sha256") { report, _ in report.model.sha256 },
      .init(name: "profile") { report, _ in report.profile.id },
      .init(name: "variant") { _, entry in entry.record.configuration.variant },
      .init(name: "engine") { _, entry in entry.record.configuration.engine },
      .init(name: "threads") { _, entry in String(entry.record.configuration.threads) },
      .init(name: "precision") { _, entry in entry.record.configuration.precision },
      .init(name: "evidence") { _, entry in entry.record.evidence.rawValue },
      .init(name: "validity") { _, entry in entry.validity.text },
      .init(name: "samples") { _, entry in String(entry.record.measurement.samplesNanoseconds.count) },
      .init(name: "measured_median_ns") { _, entry in number(entry.record.latency?.median) },
      .init(name: "measured_ci95_lower_ns") { _, entry in number(entry.record.latency?.ci95?.lower) },
      .init(name: "measured_ci95_upper_ns") { _, entry in number(entry.record.latency?.ci95?.upper) },
      .init(name: "measured_p90_ns") { _, entry in number(entry.record.latency?.p90) },
      .init(name: "measured_p99_ns") { _, entry in number(entry.record.latency?.p99) },
      .init(name: "projected_median_ns") { _, entry in number(entry.record.projection?.latency?.median) },
      .init(name: "projected_band90_lower_ns") { _, entry in
        number(entry.record.projection?.latency?.band90.lower)
      },
      .init(name: "projected_band90_upper_ns") { _, entry in
        number(entry.record.projection?.latency?.band90.upper)
      },
      .init(name: "peak_memory_bytes") { _, entry in whole(entry.record.measurement.peakMemoryBytes) },
      .init(name: "arena_bytes") { _, entry in whole(entry.record.measurement.arenaBytes) },
      .init(name: "disk_bytes") { _, entry in whole(entry.record.disk?.totalBytes) },
      .init(name: "load_ns") { _, entry in whole(entry.record.measurement.loadNanoseconds) },
      .init(name: "first_inference_ns") { _, entry in
        whole(entry.record.measurement.firstInferenceNanoseconds)
      },
      .init(name: "macs") { _, entry in whole(entry.record.macs) },
      .init(name: "parameters") { _, entry in whole(entry.record.parameters) },
      .init(name: "accuracy") { _, entry in entry.record.accuracy.map { fixed($0.value, 6) } },
      .init(name: "fidelity_cosine") { _, entry in entry.record.fidelity?.cosine.map { fixed($0, 6) } },
      .init(name: "gain") { _, entry in entry.assessed.gain.map { fixed($0.ratio, 4) } },
      .init(name: "requirements") { _, entry in entry.standing.text },
      .init(name: "verdict") { report, _ in report.decision.verdict.statement },
    ]
  }
}
