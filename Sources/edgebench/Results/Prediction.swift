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
    /// "arithmetic" or "memory".
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

  var text: String {
    let latency = Metric.latency(.median)
    let interval = Interval(latencyNs.band90[0], latencyNs.band90[1])
    let median = interval.map { latency.text(latencyNs.median, in: $0) } ?? latency.text(latencyNs.median)
    let terminal = TerminalText(usesColour: Terminal.usesColour)
    let title = terminal.styled("\(model) on \(profile.id)", .strong)
    let threads = threads == 1 ? "1 thread" : "\(self.threads) threads"
    return """
      \(title): median latency \(median), projected
      \(terminal.styled("\(engine), \(threads), \(precision); \(macs) MACs, \(parameters) parameters"))

      \(terminal.table(table))
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
