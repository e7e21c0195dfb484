import DeviceProfiles
import Digests
import Engines
import Execution
import Foundation
import LatencyModel
import Records
import ReferenceSuite

/// Calibrates the latency model of the built-in engine on this machine, or on a board: a profile, and beside it the steps that
/// were timed.
struct HostCalibration {
  /// The profile (.yaml); made where it is not there.
  let path: String
  let maximumTime: Duration
  /// `nil` for this machine.
  var board: CalibratedBoard?

  /// A board that is ready to run.
  struct CalibratedBoard {
    var runner: any PlanRunner
    var engine: BuiltinEngine
    /// As its kernel describes it.
    var profile: DeviceProfile
  }

  func run() throws(CommandFailure) {
    let deadline = ContinuousClock.now + maximumTime
    let host = board?.profile ?? DeviceProfile.host()
    var campaign =
      if let board { try StepCampaign(on: board.runner, engine: board.engine) } else { try StepCampaign() }
    defer { campaign.remove() }
    let networks = ReferenceSuite.calibration
    try campaign.prepare(networks)
    let cores = host.coreCount
    var bar = ProgressBar(total: 1)
    let table = try campaign.run(threads: cores > 1 ? [1, cores] : [1], until: deadline) { round, index in
      bar.show("round \(round + 1), network \(index + 1)")
    }
    bar.clear()
    let steps = StepStore.path(of: path)
    let text = table.csv
    try failing(as: .runFailed) { try AtomicFile.write(Data(text.utf8), to: steps) }
    let place = board == nil ? "this machine" : "board"
    let source = "calibrated on \(place), \(table.date), \(SHA256.hexadecimal(of: text))"
    let isNew = !FileManager.default.fileExists(atPath: path)
    if isNew { try writeProfile(of: host, source: source) }
    var lines: [String] = []
    for threads in Set(table.samples.map(\.threads)).sorted() {
      guard var model = StepModel(table, threads: threads) else { continue }
      let errors = model.residuals().map { abs(exp(-$0.log) - 1) }.sorted()
      guard !errors.isEmpty else { continue }
      let within = errors.filter { $0 <= 0.1 }.count
      lines.append(
        "  \(threads == 1 ? "1 thread" : "\(threads) threads"): \(errors.count) networks, each left out: median error "
          + "\((errors[errors.count / 2] * 1000).rounded() / 10) %, \(within) within 10 %")
    }
    try Terminal.output(
      "\(table.samples.count) times in \(steps)\(isNew ? ", profile \(path)" : "")\n"
        + lines.map { $0 + "\n" }.joined())
  }

  private func writeProfile(of host: DeviceProfile, source: String) throws(CommandFailure) {
    func quoted(_ text: String) -> String {
      let plain = text.unicodeScalars.filter { $0.value >= 32 && $0 != "\"" && $0 != "\\" }
      return "\"" + String(String.UnicodeScalarView(plain)) + "\""
    }
    var text = "name: \(quoted(host.name))\ncores:\n"
    for cluster in host.clusters {
      text += """
          - source: \(quoted(source))
            type: \(quoted(cluster.core.value))
            count: \(cluster.count.value)
            isa: \(quoted(cluster.isa.value))
            features: [\(cluster.features.value.map(quoted).joined(separator: ", "))]

        """
    }
    if let dram = host.memory.dram {
      text += "memory:\n  dram: { value: \(quoted("\(dram.value)")), source: \(quoted(source)) }\n"
    }
    if let finding = ProfileLibrary.check(text: text, file: path).first {
      throw .badInput(finding.description)
    }
    try failing(as: .runFailed) { try AtomicFile.write(Data(text.utf8), to: path) }
  }
}
