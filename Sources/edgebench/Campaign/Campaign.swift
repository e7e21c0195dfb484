import Compression
import DeviceProfiles
import Engines
import Execution
import Foundation
import Graph
import Records
import Sizing
import Statistics
import Units

/// Sizes models for one device: the loop from model to verdict.
///
/// Every measurement is saved before the next begins; running the same campaign again reuses what still stands.
struct Campaign {
  var profile: DeviceProfile
  var requirements: Requirements
  var engine: any Engine
  /// How many threads to try, the fewest first: more threads are asked for before any compression.
  var threadCounts: [Int]
  var runner: any PlanRunner
  var store: RecordStore
  var work: TemporaryFolder
  /// What the user typed, for the records.
  var command: String
  /// Measures every variant, rather than stopping at the first that suffices.
  var sweeps = false
  /// When no further variant is begun.
  var deadline: ContinuousClock.Instant?
  /// What the device does besides, and for how long before.
  var load = MachineLoad.none
  /// Where the records of a device without other work are, to compare with; `nil` where there is no other work.
  var restingStore: RecordStore?
  /// Measures again what could be reused.
  var isFresh = false
  /// A folder of the user's data for every model.
  var dataset: String?
  /// Of what the runner measures, for this profile.
  var evidence = Evidence.measuredInSandbox
  /// The size of the agent's program, which a device has to store besides the plan.
  var agentBytes = Program.agentSize
  /// Other devices, for the smallest that would do where this one does not.
  var otherProfiles: [DeviceProfile] = []

  /// One model, measured as far as the verdict needed.
  struct Sized {
    var subject: Subject
    var records: [RunRecord]
    var decision: SizingDecision
    /// Variants that cannot be made, by name, and why.
    var inapplicable: [String: String]
    /// What other work beside it costs.
    var headRooms: [HeadRoom] = []
  }

  /// What the sandbox enforces: the device's own limits, and those that the user set.
  var limits: ResourceLimits {
    func tighter(_ a: ByteCount?, _ metric: Metric) -> ByteCount? {
      let b = requirements.limit(of: metric).map { ByteCount(bytes: Int64($0)) }
      guard let a, let b else { return a ?? b }
      return min(a, b)
    }
    var limits = ResourceLimits(profile)
    limits.memory = tighter(limits.memory, .peakMemory)
    limits.disk = tighter(limits.disk, .disk)
    return limits
  }

  func size(_ subject: Subject, progress: @escaping (String, String?) -> Void) throws(CommandFailure) -> Sized
  {
    let data = try self.data(for: subject)
    var variants = try VariantSet(of: subject.load(), data: data)
    if let warning = engine.prunedLayers(of: variants.reference).warning {
      Terminal.warning("\(subject.identity.name): \(warning)")
    }
    var records: [RunRecord] = []
    var inapplicable: [String: String] = [:]
    var headRooms: [HeadRoom] = []
    func measure(_ recipe: Recipe, threads: Int) throws(CommandFailure) {
      let label = "\(subject.identity.name) \(recipe.name)"
      progress(label, nil)
      switch try variants.make(recipe) {
      case .notApplicable(let reason): inapplicable[recipe.name] = reason
      case .graph(let graph):
        let resting = try restingStore.map { store throws(CommandFailure) in
          var resting = self
          (resting.store, resting.load.beside, resting.restingStore) = (store, nil, nil)
          return try resting.record(of: graph, as: recipe, threads, subject, data, &variants) {
            progress("\(label), alone", $0)
          }
        }
        let record = try record(of: graph, as: recipe, threads, subject, data, &variants) {
          progress(label, $0)
        }
        records.append(record)
        if let resting, let room = HeadRoom(alone: resting, beside: record, requirements: requirements) {
          headRooms.append(room)
        }
      }
    }
    for threads in threadCounts {
      try measure(.reference, threads: threads)
      if !sweeps, !sizing(records).wouldGainFromThreads { break }
    }
    // As many as served the reference best: more threads may be slower.
    let threads = sizing(records).closestUncompressed?.candidate.configuration.threads ?? 1
    let planned = Recipe.all.filter { $0 != .reference }
    if sweeps || !sizing(records).isSettled { try note(planned: planned.map(\.name), in: &records) }
    for recipe in planned {
      if !sweeps, sizing(records).isSettled { break }
      if isOver { break }
      try measure(recipe, threads: threads)
    }
    try note(inapplicable, in: &records)
    let decision = decide(records, variants)
    return Sized(
      subject: subject, records: records, decision: decision, inapplicable: inapplicable,
      headRooms: headRooms)
  }

  /// Whether the time that was given is over.
  var isOver: Bool { deadline.map { ContinuousClock.now >= $0 } ?? false }

  /// Keeps with the reference what is to be tried: a search that is cut off leaves its verdict open.
  private func note(planned: [String], in records: inout [RunRecord]) throws(CommandFailure) {
    try change(&records) { $0.plannedVariants = planned }
  }

  /// Keeps with the reference what cannot be made of it: the verdict rests on that too.
  private func note(
    _ inapplicable: [String: String], in records: inout [RunRecord]
  ) throws(CommandFailure) {
    guard !inapplicable.isEmpty else { return }
    try change(&records) { $0.inapplicableVariants = inapplicable }
  }

  /// Changes the reference's records, and saves those that differ then.
  private func change(
    _ records: inout [RunRecord], _ body: (inout RunRecord) -> Void
  ) throws(CommandFailure) {
    for index in records.indices where records[index].configuration.variant == Recipe.reference.name {
      let before = records[index]
      body(&records[index])
      guard records[index] != before else { continue }
      _ = try failing(as: .runFailed) { try store.save(records[index]) }
    }
  }

  private func data(for subject: Subject) throws(CommandFailure) -> EvaluationData? {
    if let dataset {
      return try EvaluationData(folder: dataset, for: subject.load(), named: subject.identity.name)
    }
    return try subject.ownData.map { data throws(CommandFailure) in try EvaluationData(data) }
  }

  private func sizing(_ records: [RunRecord]) -> SizingDecision {
    SizingDecision(records: records, requirements: requirements, profile: profile)
  }

  private func decide(_ records: [RunRecord], _ variants: VariantSet) -> SizingDecision {
    let decision = sizing(records)
    guard case .insufficient = decision.verdict.kind else { return decision }
    let others = otherProfiles.filter { $0.id != profile.id }.map { other in
      DeviceOption(
        profile: other,
        candidates: records.compactMap { record in
          variants.graph(named: record.configuration.variant).map {
            Candidate(
              record, on: other, projection: Projection(of: $0, as: record.configuration, on: other),
              requirements: requirements)
          }
        })
    }
    return SizingDecision(records: records, requirements: requirements, profile: profile, others: others)
  }

  /// The record of one variant: an earlier one that still stands, or a new one.
  private func record(
    of graph: Graph, as recipe: Recipe, _ threads: Int, _ subject: Subject, _ data: EvaluationData?,
    _ variants: inout VariantSet, progress: @escaping (String) -> Void
  ) throws(CommandFailure) -> RunRecord {
    let limits = limits
    let key = RecordKey(
      model: subject.identity, profile: ProfileIdentity(id: profile.id, digest: profile.digest),
      configuration: Configuration(
        variant: recipe.name, engine: engine.name, threads: threads,
        precision: graph.precision(in: engine.arithmetic)),
      agentDigest: try failing(as: .runFailed) { try runner.agentDigest() }, tool: Program.identity,
      inputs: [limits.identity, load.identity, data?.identity].compactMap { $0 }.joined(separator: "; "))
    if !isFresh, case .current(let record) = store.find(key), supports(record) { return record }

    let artefact = try engine.artefact(of: graph, named: "\(subject.identity.name): \(recipe.name)", in: work)
    var environment = try failing(as: .runFailed) { try runner.environment() }
    let request = request(for: artefact.path, threads, limits)
    let measurement: Records.Measurement
    do throws(ExecutionError) {
      measurement = try runner.measure(request) { progress($0.estimate) }
    } catch {
      throw .runFailed(error.description)
    }
    environment.after = try failing(as: .runFailed) { try runner.currentState() }
    let cost = try failing(as: .badInput) { try graph.cost() }
    let record = RunRecord(
      date: Date(), command: command, tool: Program.identity, model: key.model, profile: key.profile,
      configuration: key.configuration, evidence: evidence,
      environment: environment, measurement: measurement,
      projection: evidence != .measuredInSandbox
        ? nil : Projection(of: graph, as: key.configuration, on: profile),
      disk: agentBytes.map { DiskUse(modelBytes: artefact.size.bytes, runtimeBytes: $0) },
      accuracy: try variants.accuracy(of: recipe), fidelity: try variants.fidelity(of: recipe),
      macs: Int64(cost.macs), parameters: Int64(cost.parameters),
      inputs: key.inputs, seed: VariantSet.seed)
    // Saved before the next variant: a later one may end the process.
    _ = try failing(as: .runFailed) { try store.save(record) }
    return record
  }

  private var isOnBoard: Bool { evidence == .measuredOnBoard }

  private func request(for plan: String, _ threads: Int, _ limits: ResourceLimits) -> MeasurementRequest {
    var request = MeasurementRequest(plan: plan)
    request.limits = limits
    request.threads = threads
    request.samples = sampleCount
    request.minimumTime = .milliseconds(300)
    request.budget = .seconds(isOnBoard ? 30 : 4)
    request.inputs = []
    load.apply(to: &request)
    return request
  }

  /// As many as the percentiles asked for need, and no fewer than the p90 does.
  private var sampleCount: Int {
    let percentiles = requirements.list.compactMap { requirement -> Double? in
      guard case .latency(let percentile) = requirement.metric else { return nil }
      return percentile.quantile
    }
    return (percentiles + [0.90]).compactMap { Percentile.minimumSampleCount(for: $0) }.max() ?? 100
  }

  /// Whether an earlier record has the samples that the requirements need now.
  private func supports(_ record: RunRecord) -> Bool {
    guard isOnBoard, case .completed = record.measurement.outcome else { return true }
    return record.measurement.samplesNanoseconds.count >= sampleCount
  }
}

extension ResourceLimits {
  /// For records: a run under other limits is another run.
  var identity: String {
    let parts: [(String, Int64?)] = [
      ("memory", memory?.bytes), ("disk", disk?.bytes), ("cores", cores.map(Int64.init)),
    ]
    return parts.compactMap { name, value in value.map { "\(name) \($0)" } }.joined(separator: ", ")
  }
}
