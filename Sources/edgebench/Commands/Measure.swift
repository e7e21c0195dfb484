import ArgumentParser
import Engines
import Execution
import Graph
import ModelFormats
import Foundation
import Records
import Reporting
import Sizing
import Statistics
import Units

/// `edgebench measure`: a model on this machine, with nothing held back.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model on this machine, unconstrained.",
    discussion: "The evidence is 'measured on board' of this machine, and of no other.")

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup var inputs: InputOptions
  @OptionGroup var engine: EngineOptions

  @Option(help: "How long to sample, in seconds; 10000 inferences at most.")
  var seconds: Double = 1

  @Option(help: "How many inferences at least, if ten seconds suffice; 459 support a p99.")
  var samples = Percentile.minimumSampleCount(for: 0.99) ?? 459

  @Flag(help: "Time every step of the plan as well.")
  var steps = false

  @OptionGroup(title: "Load") var load: LoadOptions

  @Option(
    help: ArgumentHelp(
      "Write latency, temperature and clock over time as SVG (with --sustained).", valueName: "FILE"))
  var plot: String?

  @OptionGroup var json: JSONOption

  func validate() throws {
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds is \(seconds); expected more than 0 and at most 3600.")
    }
    guard (1...10_000).contains(samples) else {
      throw ValidationError("--samples is \(samples); expected 1 to 10000.")
    }
  }

  func run() throws {
    let engine = try engine.resolve()
    let load = try load.load()
    guard plot == nil || load.sustained > .zero else {
      throw CommandFailure.badInput("--plot is given without --sustained; expected a load to plot.")
    }
    let options = try inputs.readOptions(for: model)
    let graph = try failing(as: .badInput) { try ModelReader.read(model, options) }
    if let warning = graph.tracingWarning(given: options.inputValues.keys) { Terminal.warning(warning) }
    if let warning = engine.prunedLayers(of: graph).warning { Terminal.warning(warning) }
    let cost = try failing(as: .badInput) { try graph.cost() }
    let work = try failing(as: .runFailed) { try TemporaryFolder() }
    defer { work.remove() }
    let sources = try inputs.sources(for: graph, in: work)
    let artefact = try failing(as: .badInput) {
      try engine.makeArtefact(of: graph, at: work.path + "/model.ebplan")
    }
    var request = MeasurementRequest(plan: artefact.path)
    request.inputs = sources
    request.threads = self.engine.threadCount
    request.samples = samples
    request.minimumTime = .seconds(seconds)
    request.budget = .seconds(max(10, seconds * 2))
    request.profileRuns = steps ? 20 : 0
    load.apply(to: &request)
    let runner = AgentRunner(agentPath: Program.agent, sandbox: .rlimit)
    let interrupts = Interrupts(cancelling: runner, message: "Nothing was kept.")
    defer { withExtendedLifetime(interrupts) {} }
    var environment = HostProbe().environment()
    var progress = ProgressBar(total: 1)
    var alone: LatencySummary?
    if load.beside != nil {
      var quiet = request
      (quiet.beside, quiet.profileRuns) = (nil, 0)
      let resting = try failing(as: .runFailed) {
        try runner.measure(quiet) { progress.show("\(model), alone", estimate: $0.estimate) }
      }
      alone = LatencySummary(nanoseconds: resting.samplesNanoseconds)
    }
    let measurement = try failing(as: .runFailed) {
      try runner.measure(request) { progress.show(model, estimate: $0.estimate) }
    }
    progress.clear()
    environment.after = HostProbe().state()
    guard case .completed = measurement.outcome,
      let latency = LatencySummary(nanoseconds: measurement.samplesNanoseconds)
    else { throw CommandFailure.runFailed("\(model): \(measurement.outcome.sentence).") }
    let validity = Validity(judging: measurement, in: environment)
    for warning in validity.warnings { Terminal.warning(warning) }
    if let plot, let load = measurement.sustained,
      let svg = SustainedPlot(title: graph.name, load: load).svg
    {
      try failing(as: .runFailed) { try AtomicFile.write(Data(svg.utf8), to: plot) }
    }
    var report = MeasureReport(
      model: graph.name, latency: latency, measurement: measurement, artefact: artefact, cost: cost,
      engine: engine.name, precision: graph.precision, validity: validity)
    report.aloneLatencyNs = alone
    if try !json.write(report) { try Terminal.output(report.text) }
  }
}

/// What `measure` prints.
private struct MeasureReport: Encodable {
  var model: String
  var latencyNs: LatencySummary
  var peakMemoryBytes: Int64?
  var arenaBytes: Int64
  var diskBytes: Int64
  var loadNs: Int64?
  var firstInferenceNs: Int64?
  var macs: Int
  var parameters: Int
  var engine: String
  var isa: String?
  var threads: Int
  var precision: String
  var evidence = Evidence.measuredOnBoard
  var validity: Validity
  var clock: MeasuredClock?
  var sustained: SustainedLoad?
  var beside: Companion?
  /// Without what ran beside it.
  var aloneLatencyNs: LatencySummary?
  var steps: [StepTime]?

  init(
    model: String, latency: LatencySummary, measurement: Records.Measurement, artefact: Artefact,
    cost: GraphCost,
    engine: String, precision: String, validity: Validity
  ) {
    self.model = model
    latencyNs = latency
    peakMemoryBytes = measurement.peakMemoryBytes
    arenaBytes = measurement.arenaBytes ?? artefact.arena.bytes
    diskBytes = artefact.size.bytes
    loadNs = measurement.loadNanoseconds
    firstInferenceNs = measurement.firstInferenceNanoseconds
    macs = cost.macs
    parameters = cost.parameters
    self.engine = engine
    isa = measurement.agent?.isa
    threads = measurement.threads
    self.precision = precision
    self.validity = validity
    clock = measurement.clock
    sustained = measurement.sustained
    beside = measurement.companion
    steps = measurement.steps
  }

  var text: String {
    func time(_ nanoseconds: Double?) -> String {
      nanoseconds.map { Metric.load.text($0) } ?? "-"
    }
    func size(_ bytes: Int64?) -> String { bytes.map { ByteCount(bytes: $0).description } ?? "-" }
    var median = Metric.load.text(latencyNs.median)
    if let interval = latencyNs.ci95 { median = Metric.load.text(latencyNs.median, in: interval) }
    var lines = [
      "\(model) on this machine  \(validity.word)  (\(latencyNs.samples) samples)",
      "  median latency   \(median)",
      "  p90, p99         \(time(latencyNs.p90)), \(time(latencyNs.p99))",
      "  load             \(time(loadNs.map(Double.init)))",
      "  first inference  \(time(firstInferenceNs.map(Double.init)))",
      "  peak memory      \(size(peakMemoryBytes)), of which the arena \(size(arenaBytes))",
      "  plan             \(size(diskBytes))",
      "  engine           \(engine) (\(isa ?? "-")), \(threads == 1 ? "1 thread" : "\(threads) threads"), \(precision)",
    ]
    if let sustained {
      lines.append("  sustained load   \(SustainedPlot(title: model, load: sustained).summary)")
    }
    if let beside {
      var line = "  beside           '\(printable(beside.command, limit: 100))'"
      if let alone = aloneLatencyNs, alone.median > 0 {
        let times = (latencyNs.median / alone.median * 100).rounded() / 100
        line += ": \(times) times the median of \(Metric.load.text(alone.median)) alone"
      }
      lines.append(line)
    }
    lines += validity.reasons.map { "  INVALID: \($0)" }
    for step in steps ?? [] {
      lines.append("  \(Metric.load.text(Double(step.nanoseconds)))  \(step.op)  \(step.name)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
