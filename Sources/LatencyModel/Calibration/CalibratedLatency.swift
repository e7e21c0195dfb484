internal import Glibc
public import Graph

/// A latency from calibrated coefficients, layer by layer.
public struct CalibratedLatency: Sendable {
  public struct Layer: Sendable {
    public var name: String
    public var op: String
    public var macs: Int
    /// Activations read and written, and constants read, in the precision of the calibration.
    public var bytes: Double
    /// Nanoseconds.
    public var time: Double
    /// Milliseconds by class, in the order of ``WorkClass/allCases``.
    public var parts: [Double]

    /// The class that takes most of it.
    public var largest: WorkClass {
      WorkClass.allCases[parts.indices.max { parts[$0] < parts[$1] } ?? 0]
    }
  }

  /// Nanoseconds.
  public var median: Double
  public var band90: ClosedRange<Double>
  public var layers: [Layer]
  /// Nanoseconds by class.
  public var classes: [(workClass: WorkClass, time: Double)]
  public var calibration: Calibration
  /// How many times as long models that do alike things take as their classes say; it is in all figures.
  public var factor: Double
  /// Whether some layer takes Winograd's trick, which may exceed the nominal peak fourfold: 36 products for 16 outputs of 9 taps.
  public var usesWinograd: Bool { classes.contains { $0.workClass == .winograd && $0.time > 0 } }
  /// Why the band is wider than calibration alone would have it.
  public var caveats: [String]

  /// - Parameter known: The models of the calibration: a class that takes a larger share here than in any of them widens the band.
  public init(_ graph: Graph, calibration: Calibration, known: WorkTable, likeness: ModelLikeness? = nil)
    throws(GraphError)
  {
    let work = try GraphWork(graph, traits: EngineTraits(engine: calibration.engine))
    let factor = exp(likeness?.deviation(of: work.total, calibration.precision) ?? 0)
    self.factor = factor
    let coefficients = calibration.coefficients.map { $0 * factor }
    func parts(_ work: Work) -> [Double] {
      let plain = calibration.machine.milliseconds(
        of: work, precision: calibration.precision, threads: calibration.threads)
      return zip(plain, coefficients).map { $0 * $1 }
    }
    let total = parts(work.total)
    let sum = total.reduce(0, +)
    layers = work.layers.map { layer in
      let parts = parts(layer.work)
      return Layer(
        name: layer.name, op: layer.op, macs: layer.macs,
        bytes: Double(layer.elements) * calibration.precision.bytesPerElement,
        time: parts.reduce(0, +) * 1e6, parts: parts)
    }
    classes = zip(WorkClass.allCases, total).map { ($0, $1 * 1e6) }.sorted { $0.time > $1.time }
    self.calibration = calibration
    caveats = []
    median = sum * 1e6
    var largest = [Double](repeating: 0, count: total.count)
    for model in known.models.values {
      let times = parts(model)
      let sum = times.reduce(0, +)
      for index in times.indices where sum > 0 { largest[index] = max(largest[index], times[index] / sum) }
    }
    var half = calibration.bandLog
    if sum > 0 {
      for (index, workClass) in WorkClass.allCases.enumerated() {
        let share = total[index] / sum
        guard share > 0.1, share > 1.25 * largest[index] else { continue }
        half *= 1.3
        caveats.append(
          "\(workClass.rawValue) takes \(Int((share * 100).rounded())) % here, at most \(Int((largest[index] * 100).rounded())) % in any model of the calibration"
        )
      }
    }
    if calibration.rows == 0 { caveats.append("no row of this configuration took part in the calibration") }
    band90 = median * exp(-half)...median * exp(half)
  }
}
