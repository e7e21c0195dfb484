import Compression
import DeviceProfiles
import Engines
import Execution
import Foundation
import Graph
import Records
import Reporting
import Sizing
import Units

/// One model against many devices.
///
/// Each variant that some device still needs is run once here, unconstrained: its peak memory and its size hold for every
/// device. Its latency on each is projected.
struct DeviceSurvey {
  var engine: any Engine
  /// `nil` for one, and then all that a device's fastest cores and the engine allow where that may suffice.
  var threads: Int?
  var runner: AgentRunner
  var work: TemporaryFolder
  var command: String
  var devices: [Device]
  /// Variants that cannot be made, by name, and why.
  private(set) var inapplicable: [String: String] = [:]

  init(
    engine: any Engine, threads: Int?, runner: AgentRunner, work: TemporaryFolder, command: String,
    devices: [Device]
  ) {
    self.engine = engine
    self.threads = threads
    self.runner = runner
    self.work = work
    self.command = command
    self.devices = devices
  }

  /// One device, its requirements, and what is known of the model there.
  struct Device {
    var profile: DeviceProfile
    var requirements: Requirements
    var candidates: [Candidate] = []
    /// The most that were tried.
    var threads = 1
    var inapplicable: [String: String] = [:]

    var decision: SizingDecision {
      SizingDecision(
        candidates, requirements: requirements, profile: profile, inapplicable: inapplicable)
    }
  }

  mutating func survey(_ subject: Subject, progress: (String) -> Void) throws(CommandFailure) -> DeviceTable {
    var variants = try VariantSet(of: subject.load())
    let all = Array(devices.indices)
    for index in all { devices[index].threads = threads ?? 1 }
    try add(.reference, to: all, subject, &variants, progress)
    if threads == nil {
      let slow = all.filter {
        moreThreads(for: devices[$0]) != nil && devices[$0].decision.wouldGainFromThreads
      }
      for index in slow { devices[index].threads = moreThreads(for: devices[index]) ?? 1 }
      try add(.reference, to: slow, subject, &variants, progress)
    }
    for recipe in Recipe.all where recipe != .reference {
      let open = all.filter { !devices[$0].decision.isSettled }
      try add(recipe, to: open, subject, &variants, progress)
    }
    return DeviceTable(
      devices.map { device in
        DeviceTable.Entry(
          option: DeviceOption(profile: device.profile, candidates: device.candidates),
          decision: device.decision)
      })
  }

  private func moreThreads(for device: Device) -> Int? {
    engine.threadCounts(on: device.profile).dropFirst().first
  }

  /// Runs the variant once for each number of threads that the devices of these indices use.
  private mutating func add(
    _ recipe: Recipe, to indices: [Int], _ subject: Subject, _ variants: inout VariantSet,
    _ progress: (String) -> Void
  ) throws(CommandFailure) {
    guard !indices.isEmpty else { return }
    progress("\(subject.identity.name) \(recipe.name)")
    switch try variants.make(recipe) {
    case .notApplicable(let reason):
      inapplicable[recipe.name] = reason
      for index in indices { devices[index].inapplicable[recipe.name] = reason }
    case .graph(let graph):
      for threads in Set(indices.map { devices[$0].threads }).sorted() {
        let record = try record(of: graph, as: recipe, threads, subject, &variants)
        for index in indices where devices[index].threads == threads { devices[index].add(record, graph) }
      }
    }
  }

  /// One short run: its times are not used.
  private func record(
    of graph: Graph, as recipe: Recipe, _ threads: Int, _ subject: Subject, _ variants: inout VariantSet
  ) throws(CommandFailure) -> RunRecord {
    let artefact = try engine.artefact(of: graph, named: "\(subject.identity.name): \(recipe.name)", in: work)
    var request = MeasurementRequest(plan: artefact.path)
    request.threads = threads
    request.warmUpRuns = 0
    request.samples = 1
    request.budget = .milliseconds(100)
    let measurement = try failing(as: .runFailed) { try runner.measure(request) }
    let configuration = Configuration(
      variant: recipe.name, engine: engine.name, threads: threads, precision: graph.precision)
    return RunRecord(
      date: Date(), command: command, tool: Program.identity, model: subject.identity,
      profile: ProfileIdentity(id: "host", digest: ""), configuration: configuration,
      evidence: .measuredInSandbox, environment: nil, measurement: measurement,
      disk: Program.agentSize.map { DiskUse(modelBytes: artefact.size.bytes, runtimeBytes: $0) },
      fidelity: try variants.fidelity(of: recipe))
  }
}

extension DeviceSurvey.Device {
  /// Notes what `record` says of this device: its memory and its size go along, its latency is projected.
  mutating func add(_ record: RunRecord, _ graph: Graph) {
    let projection = Projection(of: graph, as: record.configuration, on: profile)
    candidates.append(
      Candidate(record, on: profile, projection: projection, requirements: requirements))
  }
}
