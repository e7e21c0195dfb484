import DeviceProfiles
import Graph
import LatencyModel

/// Latencies on devices of one engine, by coefficients where there are some, else by the profile's figures.
struct DevicePredictor {
  let engine: String
  private let store: CalibrationStore
  private let known: WorkTable
  private let likeness: ModelLikeness?

  /// - Parameter folder: Where the profile's own coefficients are; `nil` for the library's.
  init(engine: String, library: String, folder: String? = nil) throws(CommandFailure) {
    self.engine = engine
    store = CalibrationStore(folder: folder ?? library, library: library)
    guard PublishedFolder.engines.contains(engine) else {
      (known, likeness) = (WorkTable(), nil)
      return
    }
    let published = store.published(engine)
    known = try published.readWork()
    likeness = try published.readLikeness(known)
  }

  func calibrations(for profile: DeviceProfile) throws(CommandFailure) -> [Calibration] {
    try store.calibrations(for: profile, engine: engine)
  }

  /// - Returns: `nil` where `calibrations` have none of that precision.
  func predict(
    _ graph: Graph, _ calibrations: [Calibration], precision: Precision, threads: Int
  ) throws(CommandFailure) -> CalibratedLatency? {
    guard let best = CalibrationStore.best(of: calibrations, precision: precision, threads: threads) else {
      return nil
    }
    return try failing(as: .badInput) {
      try CalibratedLatency(graph, calibration: best, known: known, likeness: likeness)
    }
  }
}
