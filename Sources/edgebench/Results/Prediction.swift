import DeviceProfiles
import Graph
import LatencyModel
import Records
import Reporting
import Sizing
import Statistics

/// What `predict` prints.
struct Prediction: Encodable {
  var model: String
  var profile: ProfileIdentity
  var latencyNs: Band
  var engine: String
  /// Those that count: no more than the fastest cluster has cores.
  var threads: Int
  var precision: String
  var evidence = Evidence.projected
  var macs: Int
  var parameters: Int
  /// Where the time goes, the largest share first.
  var classes: [Share]
  /// Only where asked for.
  var layers: [Layer]?
  /// Where the coefficients are from; nothing for defaults.
  var calibration: Source?

  struct Source: Encodable {
    var subject: String
    var rows: Int
    /// With the model left out of the fit.
    var medianError: Double?
    /// By how much models that do alike things exceed what their classes say; it is in all figures.
    var deviation: Double
    var source: String
    var date: String
  }

  struct Layer: Encodable {
    var name: String
    var op: String
    var macs: Int
    var latencyNs: Double
    var workClass: String
    var bound: String
  }

  struct Band: Encodable {
    var median: Double
    var band90: [Double]
  }

  struct Share: Encodable {
    var kernelClass: String
    var precision: String
    var nodes: Int
    var macs: Int
    var latencyNs: Double
    /// Of the whole, 0 to 1.
    var share: Double
    /// "arithmetic" or "memory"; of calibrated classes also "cache" and "overhead".
    var bound: String
  }

  init(
    graph: Graph, cost: GraphCost, profile: DeviceProfile, projected: ProjectedLatency, engine: String,
    precision: String
  ) {
    model = graph.name
    self.profile = ProfileIdentity(id: profile.id, digest: profile.digest)
    latencyNs = Band(
      median: projected.median, band90: [projected.band90.lowerBound, projected.band90.upperBound])
    self.engine = engine
    threads = projected.threads
    self.precision = precision
    macs = cost.macs
    parameters = cost.parameters
    classes = projected.classes.map { share in
      Share(
        kernelClass: share.kernelClass.rawValue, precision: share.precision.rawValue, nodes: share.nodes,
        macs: share.macs, latencyNs: share.nanoseconds,
        share: projected.median > 0 ? share.nanoseconds / projected.median : 0, bound: share.bound.rawValue)
    }
  }

  init(
    graph: Graph, cost: GraphCost, profile: DeviceProfile, predicted: CalibratedLatency, explains: Bool
  ) {
    model = graph.name
    self.profile = ProfileIdentity(id: profile.id, digest: profile.digest)
    latencyNs = Band(
      median: predicted.median, band90: [predicted.band90.lowerBound, predicted.band90.upperBound])
    engine = predicted.calibration.engine
    threads = predicted.calibration.threads
    precision = predicted.calibration.precision.rawValue
    macs = cost.macs
    parameters = cost.parameters
    let names = precision
    classes = predicted.classes.filter { $0.time > 0 }.map { entry in
      Share(
        kernelClass: entry.workClass.rawValue, precision: names,
        nodes: predicted.layers.filter { $0.largest == entry.workClass }.count,
        macs: predicted.layers.filter { $0.largest == entry.workClass }.reduce(0) { $0 + $1.macs },
        latencyNs: entry.time, share: predicted.median > 0 ? entry.time / predicted.median : 0,
        bound: entry.workClass.bound)
    }
    if explains {
      layers = predicted.layers.map {
        Layer(
          name: $0.name, op: $0.op, macs: $0.macs, latencyNs: $0.time, workClass: $0.largest.rawValue,
          bound: $0.largest.bound)
      }
    }
    let calibration = predicted.calibration
    self.calibration = Source(
      subject: calibration.subject, rows: calibration.rows, medianError: calibration.medianError,
      deviation: predicted.factor - 1,
      source: calibration.source, date: calibration.date)
  }

  init(
    graph: Graph, cost: GraphCost, profile: DeviceProfile, predicted: StepLatency, table: StepTable,
    threads: Int, precision: String, explains: Bool
  ) {
    model = graph.name
    self.profile = ProfileIdentity(id: profile.id, digest: profile.digest)
    latencyNs = Band(
      median: predicted.median, band90: [predicted.band90.lowerBound, predicted.band90.upperBound])
    engine = table.engine
    self.threads = threads
    self.precision = precision
    macs = cost.macs
    parameters = cost.parameters
    classes = Dictionary(grouping: predicted.steps) { String($0.call.family) }.map { family, steps in
      let time = steps.reduce(0) { $0 + $1.nanoseconds }
      let macs = steps.reduce(0) { $0 &+ $1.call.macs }
      return Share(
        kernelClass: family, precision: precision, nodes: steps.count, macs: macs, latencyNs: time,
        share: time / predicted.median, bound: macs > 0 ? "arithmetic" : "memory")
    }.sorted { ($1.latencyNs, $0.kernelClass) < ($0.latencyNs, $1.kernelClass) }
    if explains {
      layers = predicted.steps.map {
        Layer(
          name: $0.node, op: $0.call.kernel, macs: $0.call.macs, latencyNs: $0.nanoseconds,
          workClass: String($0.call.family), bound: $0.call.macs > 0 ? "arithmetic" : "memory")
      }
    }
    calibration = Source(
      subject: profile.id, rows: predicted.networks, medianError: predicted.medianError, deviation: 0,
      source: "steps timed on this machine (\(table.instructionSet)), agent \(table.agent.prefix(12))",
      date: table.date)
  }

  private var layerTable: String {
    guard let layers else { return "" }
    var table = Table([
      .init("layer"), .init("operator"), .init("MACs", .trailing), .init("latency", .trailing),
      .init("most of it"),
      .init("bound by"),
    ])
    for layer in layers {
      table.append([
        .init(layer.name), .init(layer.op), .init(layer.macs == 0 ? nil : "\(layer.macs)"),
        .init(Metric.latency(.median).text(layer.latencyNs)), .init(layer.workClass), .init(layer.bound),
      ])
    }
    return "\n" + TerminalText(usesColour: Terminal.usesColour).table(table)
  }

  var text: String {
    let terminal = TerminalText(usesColour: Terminal.usesColour)
    let title = terminal.styled("\(model) on \(profile.id)", .strong)
    let threads = threads == 1 ? "1 thread" : "\(self.threads) threads"
    return """
      \(title): median latency \(latencyNs.text), projected
      \(terminal.styled("\(engine), \(threads), \(precision); \(macs) MACs, \(parameters) parameters"))

      \(terminal.table(table))\(layerTable)
      """
  }

  private var table: Table {
    var table = Table([
      .init("kernel class"), .init("precision"), .init("nodes", .trailing), .init("MACs", .trailing),
      .init("latency", .trailing), .init("share", .trailing), .init("bound by"),
    ])
    for share in classes {
      table.append([
        .init(share.kernelClass), .init(share.precision), .init("\(share.nodes)"),
        .init(share.macs == 0 ? nil : "\(share.macs)"),
        .init(Metric.latency(.median).text(share.latencyNs)),
        .init(Metric.accuracyDrop.text(share.share)), .init(share.bound),
      ])
    }
    return table
  }
}

extension Prediction.Band {
  /// "82.3 ms [41.1, 123]".
  var text: String {
    let metric = Metric.latency(.median)
    return Interval(band90[0], band90[1]).map { metric.text(median, in: $0) } ?? metric.text(median)
  }
}
