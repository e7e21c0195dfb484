import RecordFixtures
import Records
import Reporting
import Sizing

/// A model that misses its latency on rpi4 as it is, in one configuration killed for memory, and passes as int8.
enum SampleReport {
  static func records() -> [RunRecord] {
    let sandbox = RunRecord.steady(median: 3_200_000)
    func projection(_ milliseconds: Double) -> Projection {
      Projection(
        latency: .init(
          median: milliseconds * 1e6, lower: milliseconds * 0.5e6, upper: milliseconds * 1.5e6))
    }
    let reference = RunRecord.sample(
      evidence: .measuredInSandbox, samples: sandbox, projection: projection(412))
    var int8 = RunRecord.sample(
      variant: "int8-static", precision: "int8", evidence: .measuredInSandbox,
      samples: sandbox.map { $0 / 3 }, projection: projection(60), peakMemory: 21 << 20,
      disk: DiskUse(modelBytes: 3 << 20, runtimeBytes: 1 << 19))
    int8.fidelity = Fidelity(agreeingInputs: 97, inputCount: 100, cosine: 0.99912, inputs: .synthetic)
    let killed = RunRecord.sample(
      variant: "f16-weights", precision: "f16", evidence: .measuredInSandbox, samples: [],
      outcome: .outOfMemory(limitBytes: 64 << 20, peakBytes: 63 << 20, phase: .load),
      projection: projection(400), peakMemory: nil, disk: nil)
    return [int8, reference, killed]
  }

  static func make() throws -> SizingReport {
    let requirements = try Requirements.parse(latency: "p90<=150ms", memory: "64MiB")
    let records = records()
    guard
      let report = SizingReport(
        records: records, decision: SizingDecision(records: records, requirements: requirements))
    else { throw NoRecords() }
    return report
  }

  struct NoRecords: Error {}
}
