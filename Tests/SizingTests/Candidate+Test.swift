import Records
import Statistics

@testable import Sizing

extension Candidate {
  /// A candidate whose p99 latency in milliseconds and peak memory in mebibytes are known.
  static func with(
    _ variant: String, threads: Int = 4, precision: String = "f32", engine: String = "builtin",
    latency: (Double, Double)? = nil, memory: Double? = nil, accuracyDrop: (Double, Double)? = nil,
    evidence: Evidence = .measuredOnBoard
  ) -> Candidate {
    var readings: [Metric: Reading] = [:]
    func figure(_ range: (Double, Double), _ unit: Double) -> Reading {
      guard let interval = Interval(range.0 * unit, range.1 * unit) else {
        return .unknown(why: "a mistake in the test", next: "mend it")
      }
      return .figure(
        Figure(value: (interval.lower + interval.upper) / 2, interval: interval, evidence: evidence))
    }
    if let latency {
      readings[.latency(.p99)] = figure(latency, 1e6)
      readings[.latency(.median)] = figure(latency, 1e6)
    }
    if let memory { readings[.peakMemory] = figure((memory, memory), 0x1p20) }
    if let accuracyDrop { readings[.accuracyDrop] = figure(accuracyDrop, 1) }
    return Candidate(
      configuration: Configuration(variant: variant, engine: engine, threads: threads, precision: precision),
      readings: readings)
  }
}

extension Requirements {
  /// Limits on the p99 latency in milliseconds and the peak memory in mebibytes.
  static func limits(latency: Double? = nil, memory: Double? = nil, accuracyDrop: Double? = nil)
    -> Requirements
  {
    var list: [Requirement] = []
    if let latency { list.append(Requirement(.latency(.p99), limit: latency * 1e6)) }
    if let memory { list.append(Requirement(.peakMemory, limit: memory * 0x1p20)) }
    if let accuracyDrop { list.append(Requirement(.accuracyDrop, limit: accuracyDrop)) }
    return Requirements(list)
  }
}
