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
  var threads: Int
  var runner: AgentRunner
  var work: TemporaryFolder
  var command: String
  var devices: [Device]

  /// One device, its requirements, and what is known of the model there.
  struct Device {
    var profile: DeviceProfile
    var requirements: Requirements
    var candidates: [Candidate] = []

    var decision: SizingDecision {
      SizingDecision(candidates, requirements: requirements, profile: profile)
    }
  }

  /// - Returns: The table, and the variants that were not made, and why.
  mutating func survey(
    _ subject: Subject, progress: (String) -> Void
  ) throws(CommandFailure) -> (table: DeviceTable, notes: [String]) {
    var variants = try VariantSet(of: subject.load())
    var notes: [String] = []
    for recipe in Recipe.all {
      let open = devices.indices.filter { !devices[$0].decision.isSettled }
      if open.isEmpty { break }
      progress("\(subject.identity.name) \(recipe.name)")
      switch try variants.make(recipe) {
      case .notApplicable(let reason): notes.append("\(recipe.name): \(reason)")
      case .graph(let graph):
        let record = try record(of: graph, as: recipe, subject, &variants)
        for index in open { devices[index].add(record, graph) }
      }
    }
    let entries = devices.map { device in
      DeviceTable.Entry(
        option: DeviceOption(profile: device.profile, candidates: device.candidates),
        decision: device.decision)
    }
    return (DeviceTable(entries), notes)
  }

  /// One short run: its times are not used.
  private func record(
    of graph: Graph, as recipe: Recipe, _ subject: Subject, _ variants: inout VariantSet
  ) throws(CommandFailure) -> RunRecord {
    let artefact: Artefact
    do {
      artefact = try engine.makeArtefact(of: graph, at: "\(work.path)/model.ebplan")
    } catch .cannotRun(let reason) {
      throw .badInput("\(subject.identity.name): \(recipe.name): \(reason)")
    } catch {
      throw .runFailed(error.description)
    }
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
      disk: DiskUse(modelBytes: artefact.size.bytes, runtimeBytes: Program.agentSize),
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
