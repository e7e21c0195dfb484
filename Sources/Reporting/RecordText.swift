import Records
import Sizing
import Units
import Statistics

/// The figures of a record as a table shows them. `nil` for what the record does not have.
///
/// What was measured on the device, what was projected and what was measured in a sandbox are three properties, of which
/// a row never fills one with another.
struct RecordText {
  var record: RunRecord
  /// The percentile to print of measured latencies.
  var percentile: LatencyPercentile

  /// "412 ms [405, 421]": measured on the device itself.
  var onBoard: String? { record.evidence == .measuredOnBoard ? measured : nil }

  /// "3.20 ms [3.11, 3.31]": measured on this machine, which is not the device.
  var inSandbox: String? { record.evidence == .measuredInSandbox ? measured : nil }

  /// "60.0 ms [30.0, 90.0]": the median and its band, computed.
  var projected: String? {
    guard let band = record.projection?.latency else { return nil }
    return Metric.latency(.median).text(band.median, in: band.band90)
  }

  private var measured: String? {
    guard let summary = SampleSummary(record.measurement.samplesNanoseconds),
      let estimate = summary.percentile(percentile.quantile)
    else { return nil }
    return Metric.latency(percentile).text(estimate.value, in: estimate.interval)
  }

  var peakMemory: String? {
    switch record.measurement.outcome {
    case .outOfMemory(let limit, _, _): return "> \(Metric.peakMemory.text(Double(limit)))"
    case .completed, .outOfDisk, .timedOut, .failed:
      return record.measurement.peakMemoryBytes.map { Metric.peakMemory.text(Double($0)) }
    }
  }

  var disk: String? { record.disk.map { Metric.disk.text(Double($0.totalBytes)) } }

  /// "top-1 71.8 %, within noise" or, without labels, "cosine 0.9991".
  var accuracy: String? {
    if let accuracy = record.accuracy {
      let noise = accuracy.isWithinNoise == true ? ", within noise" : ""
      return "\(accuracy.metric) \(Metric.accuracyDrop.text(accuracy.value))\(noise)"
    }
    if record.configuration.variant == Configuration.referenceVariant, record.fidelity == nil {
      return "reference"
    }
    if let agreement = record.fidelity?.agreement, record.fidelity?.inputs == .dataset {
      return "agrees \(Metric.accuracyDrop.text(agreement))"
    }
    guard let cosine = record.fidelity?.cosine, cosine.isFinite else { return nil }
    return "cosine \(fixed(cosine, 4))"
  }

  /// "worst class '8': 97.7 % to 93.2 %"; `nil` where no class loses.
  var worstClass: String? {
    guard let worst = record.accuracy?.worstClass, worst.value < worst.reference else { return nil }
    func share(_ value: Double) -> String { Metric.accuracyDrop.text(value) }
    return
      "worst class '\(printable(worst.name, limit: 40))': \(share(worst.reference)) to \(share(worst.value))"
  }
}

extension RecordText {
  /// "SQNR 31.2 dB; worst input 17: 12.0 dB": what is known without labels; `nil` where inputs were made up.
  var worstInput: String? {
    guard let fidelity = record.fidelity, fidelity.inputs == .dataset, let ratio = fidelity.signalToNoise,
      let worst = fidelity.worst
    else { return nil }
    return "SQNR \(fixed(ratio, 1)) dB; worst input \(worst.input): \(fixed(worst.signalToNoise, 1)) dB"
  }
}

/// `value` with `decimals` digits after the point.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return Table.missing }
  var power = 1.0
  for _ in 0..<decimals { power *= 10 }
  let scaled = Int64((abs(value) * power).rounded())
  let digits = String(scaled)
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  let sign = value < 0 && scaled != 0 ? "-" : ""
  return decimals == 0 ? sign + digits : "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
}
