import Compression
import DeviceProfiles
import Engines
import Execution
import Foundation
import Graph
import LatencyModel
import Records
import ReferenceSuite

/// Times the steps of networks on this machine, or on a board.
struct StepCampaign {
  /// A network in one precision, as the engine runs it.
  struct Subject {
    var network: String
    var artefact: Artefact
    var calls: [KernelCall]
  }

  private let runner: any PlanRunner
  private let engine: BuiltinEngine
  private let work: TemporaryFolder
  private(set) var subjects: [Subject] = []

  /// In f32, and what the recipes make of it.
  static let recipes: [Recipe] = [.reference, .int8Static, .int8Dynamic]

  /// - Parameter engine: That lowers for the processor that `runner` runs on.
  init(
    on runner: any PlanRunner = AgentRunner(agentPath: Program.agent, sandbox: .rlimit),
    engine: BuiltinEngine = BuiltinEngine()
  ) throws(CommandFailure) {
    self.runner = runner
    self.engine = engine
    work = try failing(as: .runFailed) { try TemporaryFolder() }
  }

  func remove() { work.remove() }

  mutating func prepare(_ networks: [ReferenceModel]) throws(CommandFailure) {
    for network in networks {
      let graph = try failing(as: .runFailed) { try network.build() }
      var variants = VariantSet(of: graph)
      for recipe in Self.recipes {
        guard case .graph(let variant) = try variants.make(recipe) else { continue }
        let path = "\(work.path)/\(subjects.count).ebplan"
        let artefact = try failing(as: .runFailed) { try engine.makeArtefact(of: variant, at: path) }
        let calls = try failing(as: .runFailed) { try engine.kernelCalls(of: variant) }
        subjects.append(
          Subject(network: "\(network.id) \(recipe.name)", artefact: artefact, calls: calls.map(\.call)))
      }
    }
  }

  /// Times all of them again and again until `deadline`, at least once.
  ///
  /// What is kept of each step is the median of the rounds: a round that something else disturbed does not count.
  func run(
    threads: [Int], until deadline: ContinuousClock.Instant, progress: (Int, Int) -> Void
  ) throws(CommandFailure) -> StepTable {
    let interrupts = Interrupts(cancelling: runner, message: "Nothing was kept.")
    defer { withExtendedLifetime(interrupts) {} }
    var steps: [[[Double]]] = []
    var wholes: [[Double]] = []
    let configurations = threads.flatMap { count in subjects.indices.map { (count, $0) } }
    steps = Array(repeating: [], count: configurations.count)
    wholes = Array(repeating: [], count: configurations.count)
    var identity: AgentIdentity?
    var round = 0
    rounds: while true {
      let start = ContinuousClock.now
      for (index, (count, subject)) in configurations.enumerated() {
        progress(round, index)
        let measured = try measure(subjects[subject], threads: count, known: wholes[index].first)
        identity = measured.agent ?? identity
        guard let summary = LatencySummary(nanoseconds: measured.samplesNanoseconds),
          let list = measured.steps, list.count == subjects[subject].calls.count
        else { throw .runFailed("\(subjects[subject].network): \(measured.outcome.sentence).") }
        wholes[index].append(summary.median)
        steps[index].append(list.map { Double($0.nanoseconds) })
        if round > 0, ContinuousClock.now > deadline { break rounds }
      }
      round += 1
      let took = ContinuousClock.now - start
      if ContinuousClock.now + took * 0.8 > deadline { break }
    }
    var table = StepTable(
      engine: "builtin", instructionSet: identity?.isa ?? "-", date: DeviceProfile.today(),
      agent: identity?.digest ?? "-")
    for (index, (count, subject)) in configurations.enumerated() {
      let network = subjects[subject].network
      table.samples.append(
        .inference(
          of: network, threads: count, steps: subjects[subject].calls.count,
          nanoseconds: middle(wholes[index])))
      for (position, call) in subjects[subject].calls.enumerated() {
        let time = middle(steps[index].map { $0[position] })
        table.samples.append(
          StepSample(network: network, threads: count, call: call, nanoseconds: max(1, time)))
      }
    }
    return table
  }

  private func middle(_ times: [Double]) -> Double { times.sorted()[(times.count - 1) / 2] }

  private func measure(
    _ subject: Subject, threads: Int, known: Double?
  ) throws(CommandFailure) -> Records.Measurement {
    var request = MeasurementRequest(plan: subject.artefact.path)
    request.threads = threads
    request.samples = 20
    request.minimumTime = .milliseconds(100)
    request.budget = .seconds(2)
    request.profileRuns = known.map { Int(max(20, min(400, 1.5e8 / $0))) } ?? 20
    return try failing(as: .runFailed) { try runner.measure(request) { _ in } }
  }
}
