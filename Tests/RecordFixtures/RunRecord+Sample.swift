import Foundation
public import Records
import Statistics

extension RunRecord {
  /// A plausible record: a VALID run of a small model, to be changed where a test looks.
  public static func sample(
    variant: String = "reference", threads: Int = 4, precision: String = "f32",
    evidence: Evidence = .measuredOnBoard, samples: [Int64] = steady(median: 40_000_000),
    outcome: Outcome = .completed, projection: Projection? = nil, peakMemory: Int64? = 61 << 20,
    disk: DiskUse? = DiskUse(modelBytes: 3 << 20, runtimeBytes: 1 << 20)
  ) -> RunRecord {
    RunRecord(
      date: Date(timeIntervalSince1970: 1_700_000_000), command: "edgebench --profile rpi4", tool: "0.1.0",
      model: ModelIdentity(
        name: "mobilenet_v2", file: "mobilenet_v2.tflite", sha256: String(repeating: "0a", count: 32),
        format: "tflite"),
      profile: ProfileIdentity(id: "rpi4", digest: String(repeating: "1b", count: 32)),
      configuration: Configuration(
        variant: variant, engine: "builtin", threads: threads, precision: precision),
      evidence: evidence,
      environment: HostEnvironment(
        architecture: "aarch64", kernel: "Linux 6.6.31", cpuModel: "Cortex-A72", logicalCores: 4,
        memoryBytes: 4 << 30, governors: ["performance"],
        before: HostState(loadAverage: 0.1, clockHertz: 1.5e9, ticks: .init(total: 1000, steal: 0)),
        after: HostState(loadAverage: 0.9, clockHertz: 1.5e9, ticks: .init(total: 3000, steal: 0))),
      measurement: Measurement(
        outcome: outcome,
        agent: AgentIdentity(digest: String(repeating: "2c", count: 32), build: "release", isa: "neon"),
        sandbox: SandboxReport(mechanism: "cgroup-v2", memoryLimitBytes: 512 << 20, cores: [0, 1, 2, 3]),
        threads: threads, loadNanoseconds: 12_000_000, loadedCold: true,
        firstInferenceNanoseconds: 55_000_000, samplesNanoseconds: samples,
        loadPeakMemoryBytes: 30 << 20, peakMemoryBytes: peakMemory, steadyMemoryBytes: 58 << 20,
        arenaBytes: 7 << 20, planBytes: 3 << 20),
      projection: projection, disk: disk, macs: 300_774_272, parameters: 3_504_872, seed: 7)
  }

  /// 300 samples within half a per cent of `median`, in an order without drift.
  public static func steady(median: Int64) -> [Int64] {
    var generator = SeededGenerator(seed: 7)
    return (0..<300).map { _ in
      median + Int64((generator.unitInterval() - 0.5) * 0.01 * Double(median))
    }
  }
}
