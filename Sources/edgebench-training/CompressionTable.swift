import Foundation
import LatencyModel
import Records
import Sizing

/// The table of docs/compression.md.
struct CompressionTable {
  let measurements: [VariantMeasurement]
  let study: DistillationStudy.Result
  let requirements: Requirements
  let profileID: String

  /// The page between its two marks anew.
  func update(_ path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let (start, end) = ("<!-- table -->", "<!-- end of table -->")
    guard let from = text.range(of: start), let to = text.range(of: end), from.upperBound <= to.lowerBound
    else { throw ToolError("\(path): no '\(start)' before '\(end)'; expected both.") }
    let page = text[..<from.upperBound] + "\n" + markdown + text[to.lowerBound...]
    try Data(page.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  var markdown: String {
    let decision = SizingDecision(records: measurements.map(\.record), requirements: requirements)
    var lines = [
      "| variant | file | here, 1 thread | rpi4 (projected) | rpi5 (projected) | peak memory | accuracy | drop [95 %] | worst class | verdict |",
      "|---|--:|--:|--:|--:|--:|--:|--:|---|---|",
    ]
    for row in measurements {
      let assessment = decision.candidates.first {
        $0.candidate.configuration.variant == row.variant.name
      }
      lines.append(
        "| "
          + [
            "`\(row.variant.name)`: \(row.variant.note)", kilobytes(row.fileBytes), latency(row.record),
            projection(row.projections["rpi4"]), projection(row.projections["rpi5"]),
            row.record.measurement.peakMemoryBytes.map { kilobytes(Int($0)) } ?? "-",
            String(format: "%.2f %%", 100 * row.accuracy.variant), drop(row), worst(row),
            assessment.map(verdict) ?? "-",
          ].joined(separator: " | ") + " |")
    }
    lines += [
      "", "The suite's student with and without the teacher, from five seeds, on the test part:", "", "```",
      study.text, "```", "",
    ]
    return lines.joined(separator: "\n")
  }

  private func kilobytes(_ count: Int) -> String { String(format: "%.1f KiB", Double(count) / 1024) }

  private func microseconds(_ nanoseconds: Double) -> String { String(format: "%.1f", nanoseconds / 1000) }

  private func latency(_ record: RunRecord) -> String {
    guard let latency = record.latency else { return "-" }
    let interval = latency.ci95.map { " [\(microseconds($0.lower)), \(microseconds($0.upper))]" } ?? ""
    return "\(microseconds(latency.median)) us\(interval)"
  }

  private func projection(_ projected: ProjectedLatency?) -> String {
    projected.map { "\(microseconds($0.median)) us" } ?? "-"
  }

  private func drop(_ row: VariantMeasurement) -> String {
    guard row.variant.name != Configuration.referenceVariant else { return "-" }
    let paired = row.accuracy.paired
    guard let drop = paired.drop, let interval = paired.scoreInterval() else { return "-" }
    let text = String(
      format: "%+.2f [%+.2f, %+.2f] pp", 100 * drop, 100 * interval.lower, 100 * interval.upper)
    return paired.isWithinNoise ? "\(text), within noise" : text
  }

  private func worst(_ row: VariantMeasurement) -> String {
    let worst = row.accuracy.worst
    guard worst.variant < worst.reference else { return "-" }
    return String(format: "%@: %.1f to %.1f %%", worst.name, 100 * worst.reference, 100 * worst.variant)
  }

  private func verdict(_ assessment: CandidateAssessment) -> String {
    let gain = assessment.gain.map { " (\($0.text))" } ?? ""
    switch assessment.standing {
    case .meets: return assessment.isRefused ? "refused\(gain)" : "meets\(gain)"
    case .fails:
      let exceeded = assessment.assessments.first { $0.finding == .exceeded }
      return "fails: \(exceeded?.requirement.metric.name ?? "a requirement")\(gain)"
    case .undetermined:
      let open = assessment.assessments.first { $0.finding == .straddles || $0.finding == .unknown }
      return "undecided: \(open?.requirement.metric.name ?? "a requirement")\(gain)"
    }
  }
}
