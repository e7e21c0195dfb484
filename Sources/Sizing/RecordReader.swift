public import DeviceProfiles
public import Records
import Statistics
import Units

/// What one record says of the device, metric by metric.
///
/// Time on the device is either measured there or projected; time in a sandbox on another machine never counts.
struct RecordReader {
  var record: RunRecord
  /// Of the intervals of measured latencies.
  var confidence: Double

  var misfit: Candidate.Misfit? {
    guard record.evidence != .emulated else { return nil }
    return switch record.measurement.outcome {
    case .outOfMemory(let limit, _, _): .init(metric: .peakMemory, limit: Double(limit))
    case .outOfDisk(let limit, _): .init(metric: .disk, limit: Double(limit))
    case .completed, .timedOut, .failed: nil
    }
  }

  func reading(of metric: Metric) -> Reading {
    guard record.evidence != .emulated else {
      return .unknown(
        why: "it ran under an emulator, which says nothing of the device", next: Remedy.board)
    }
    switch record.measurement.outcome {
    case .timedOut, .failed:
      let why = record.validity.reasons.first ?? "the run did not finish"
      return .unknown(why: why, next: "run \(record.configuration.title) again")
    case .outOfMemory(let limit, let peak, let phase) where metric == .peakMemory:
      let killed = peak.map { "killed at \(ByteCount(bytes: $0))" } ?? "killed at the limit"
      return .exceeds(
        why: "\(killed) of \(ByteCount(bytes: limit)) during \(phase.words)", evidence: record.evidence)
    case .outOfDisk(let limit, let needed) where metric == .disk:
      return .exceeds(
        why: "needs \(ByteCount(bytes: needed)) of \(ByteCount(bytes: limit))", evidence: record.evidence)
    case .completed, .outOfMemory, .outOfDisk: break
    }
    switch metric {
    case .latency(let percentile): return latency(percentile)
    case .throughput: return throughput
    case .peakMemory: return bytes(record.measurement.peakMemoryBytes, metric)
    case .disk: return bytes(record.disk?.totalBytes, metric)
    case .load: return once(record.measurement.loadNanoseconds, metric)
    case .firstInference: return once(record.measurement.firstInferenceNanoseconds, metric)
    case .accuracyDrop: return accuracyDrop
    }
  }

  private var isOnBoard: Bool { record.evidence == .measuredOnBoard }

  private func latency(_ percentile: LatencyPercentile) -> Reading {
    guard isOnBoard else { return projected { $0 } }
    return measured { summary in
      if let estimate = summary.percentile(percentile.quantile, confidence: confidence) {
        return .figure(
          Figure(value: estimate.value, interval: estimate.interval, evidence: .measuredOnBoard))
      }
      let needed = Percentile.minimumSampleCount(for: percentile.quantile, confidence: confidence)
      return .unknown(
        why: "\(summary.count) samples do not support the \(percentile.name)",
        next: "take at least \(needed.map(String.init) ?? "more") samples")
    }
  }

  private var throughput: Reading {
    guard isOnBoard else { return projected { 1e9 / $0 } }
    return measured { summary in
      // As many resamples as take a moment, and enough for the tails of a 99 % interval.
      let count = max(400, min(2000, 2_000_000 / summary.count))
      let bootstrap = Bootstrap(seed: 1, resampleCount: count, confidence: confidence)
      guard let mean = bootstrap.intervalOfMean(summary.samples), mean.lower > 0,
        let interval = Interval(1e9 / mean.upper, 1e9 / mean.lower)
      else { return .unknown(why: "there are too few samples for a mean", next: "take more samples") }
      return .figure(Figure(value: 1e9 / summary.mean, interval: interval, evidence: .measuredOnBoard))
    }
  }

  /// A figure of the samples, if the run is VALID.
  private func measured(_ reading: (SampleSummary) -> Reading) -> Reading {
    if let reason = record.validity.reasons.first {
      return .unknown(why: "the run is INVALID: \(reason)", next: "measure again")
    }
    guard let summary = SampleSummary(record.measurement.samplesNanoseconds) else {
      return .unknown(why: "there are no samples", next: "measure \(record.configuration.title)")
    }
    return reading(summary)
  }

  /// The projection's band stands for every percentile: it is far wider than the spread of one device's samples.
  private func projected(_ convert: (Double) -> Double) -> Reading {
    guard let band = record.projection?.latency else {
      let missing =
        record.projection?.missing.first.map { printable($0, limit: 300) } ?? "the record has no projection"
      return .unknown(why: "the time on the device cannot be projected: \(missing)", next: Remedy.board)
    }
    let ends = [convert(band.band90.lower), convert(band.band90.upper)].sorted()
    guard convert(band.median).isFinite, let interval = Interval(ends[0], ends[1]) else {
      return .unknown(why: "the projection is not a finite time", next: Remedy.board)
    }
    return .figure(Figure(value: convert(band.median), interval: interval, evidence: .projected))
  }

  private func bytes(_ count: Int64?, _ metric: Metric) -> Reading {
    guard let count, let figure = Figure(exactly: Double(count), evidence: record.evidence) else {
      return .unknown(
        why: "the \(metric.name) was not recorded", next: "measure \(record.configuration.title)")
    }
    return .figure(figure)
  }

  /// A time that a run has once, so that no interval can be given.
  private func once(_ nanoseconds: Int64?, _ metric: Metric) -> Reading {
    guard isOnBoard else {
      return .unknown(
        why: "the \(metric.name) was taken on this machine, which is not the device", next: Remedy.board)
    }
    guard let nanoseconds, let figure = Figure(exactly: Double(nanoseconds), evidence: .measuredOnBoard)
    else {
      return .unknown(
        why: "the \(metric.name) was not recorded", next: "measure \(record.configuration.title)")
    }
    return .figure(figure)
  }

  private var accuracyDrop: Reading {
    if let accuracy = record.accuracy {
      guard let drop = accuracy.drop else {
        return .unknown(
          why: "\(accuracy.inputCount) inputs are too few for an interval of the accuracy",
          next: Remedy.dataset)
      }
      return .figure(
        Figure(value: accuracy.reference - accuracy.value, interval: drop, evidence: record.evidence))
    }
    let configuration = record.configuration
    if configuration.variant == Configuration.referenceVariant, !configuration.hasCheaperArithmetic,
      let none = Figure(exactly: 0, evidence: .byDefinition)
    {
      // It is what the others are compared with.
      return .figure(none)
    }
    if let fidelity = record.fidelity, fidelity.inputs == .dataset, let differ = fidelity.disagreement,
      let bound = Interval(-differ.upper, differ.upper), let agreement = fidelity.agreement
    {
      // Where the outputs agree so do right and wrong; where they differ the accuracy may fall or rise.
      return .figure(Figure(value: 1 - agreement, interval: bound, evidence: record.evidence))
    }
    return .unknown(
      why: "the accuracy is unknown: made-up inputs say nothing of the task", next: Remedy.dataset)
  }
}

extension RecordReader {
  /// A compressed variant whose accuracy nobody measured may be useless, however well it meets the limits.
  fileprivate var caveat: String? {
    let variant = record.configuration.variant
    guard variant != Configuration.referenceVariant, record.accuracy == nil else { return nil }
    var text = "The accuracy of \(variant) is unknown"
    if let cosine = record.fidelity?.cosine {
      text +=
        ": its outputs and the reference's have cosine \(decimal(cosine, 4)) on \(record.fidelity?.inputCount ?? 0) inputs"
    }
    return text + "; measure it on your data before you use it."
  }
}

extension Candidate {
  /// What `record` says of the device, by the requirements' metrics.
  ///
  /// - Parameters:
  ///   - device: The device, whose memory and storage it must fit whether or not a requirement limits them.
  ///   - confidence: Of the intervals of measured latencies.
  public init(
    _ record: RunRecord, requirements: Requirements, device: DeviceProfile? = nil, confidence: Double = 0.99
  ) {
    let reader = RecordReader(record: record, confidence: confidence)
    let metrics = Set(requirements.list.map(\.metric)).union([
      .latency(.median), .peakMemory, .disk, .accuracyDrop,
    ])
    self.init(
      configuration: record.configuration,
      readings: Dictionary(uniqueKeysWithValues: metrics.map { ($0, reader.reading(of: $0)) }),
      misfit: reader.misfit)
    caveat = reader.caveat
    hold(record, to: device, requirements)
  }
}

/// What to do next, in words that a user can act on.
enum Remedy {
  static let board = "measure on the board: 'edgebench --profile host' there"
  static let dataset = "measure its accuracy on your own data"
}
