import DeviceProfiles
import Foundation
import LatencyModel
import Records

/// Calibrated coefficients, beside the profiles that they belong to.
struct CalibrationStore {
  /// The folder of the profiles.
  let folder: String

  /// A profile's own: `profiles/x.coefficients.csv` for `profiles/x.yaml`.
  static func path(of profile: String, in folder: String) -> String {
    "\(folder)/\(profile).coefficients.csv"
  }

  /// The folder of the published profiles; a profile in a file of its own has no published rows beside it.
  let library: String

  func published(_ engine: String) -> PublishedFolder {
    PublishedFolder(path: library + "/published", engine: engine)
  }

  /// The coefficients of `engine` for a profile: its own, those of published rows of its board, else of boards with its fastest core.
  /// Empty where there are none.
  func calibrations(for profile: DeviceProfile, engine: String) throws(CommandFailure) -> [Calibration] {
    let own = try read(Self.path(of: profile.id, in: folder)).filter { $0.engine == engine }
    if !own.isEmpty { return own }
    let shared = try read(published(engine).coefficients)
    // A variant has its board's.
    let board = shared.filter { $0.subject == profile.id || profile.id.hasPrefix($0.subject + "-") }
    if !board.isEmpty {
      let longest = board.map(\.subject.count).max() ?? 0
      return board.filter { $0.subject.count == longest }
    }
    guard let cluster = profile.clusters.first, let clock = cluster.maxClock?.value else { return [] }
    return shared.filter { $0.subject == cluster.core.value }.map { calibration in
      var calibration = calibration
      calibration.machine = Machine(
        core: cluster.core.value, clock: Double(clock.hertz) / 1e6,
        copyBandwidth: profile.memory.copyBandwidth.map { Double($0.value.bytesPerSecond) / 1e6 },
        hasDotProduct: calibration.machine.hasDotProduct)
      return calibration
    }
  }

  /// Those for a precision, with the most threads up to `threads`.
  static func best(
    of calibrations: [Calibration], precision: Precision, threads: Int
  ) -> Calibration? {
    calibrations.filter { $0.precision == precision && $0.threads <= threads }.max { $0.threads < $1.threads }
  }

  private func read(_ path: String) throws(CommandFailure) -> [Calibration] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try failing(as: .badInput) {
      let bytes = try BoundedFile.read(path, limit: 1 << 26, noun: "coefficients")
      return try Calibration.read(String(decoding: bytes, as: UTF8.self), path: path)
    }
  }
}

/// Published rows, what is derived from them, and how boards are named in them.
struct PublishedFolder {
  let path: String
  let engine: String
  var rows: String { "\(path)/\(engine).csv" }
  var work: String { "\(path)/\(engine)-work.csv" }
  var boards: String { "\(path)/\(engine)-boards.csv" }
  var coefficients: String { "\(path)/\(engine)-coefficients.csv" }
  var likeness: String { "\(path)/\(engine)-likeness.csv" }
  var bands: String { "\(path)/\(engine)-bands.csv" }

  /// The engines that have published rows.
  static let engines = ["ncnn", "litert"]

  func readLikeness(_ work: WorkTable) throws(CommandFailure) -> ModelLikeness {
    try failing(as: .badInput) {
      var result = ModelLikeness(work)
      try result.readDuals(text(likeness), path: likeness)
      return result
    }
  }

  func readBands() throws(CommandFailure) -> ModelBands {
    try failing(as: .badInput) { try ModelBands(text(bands), path: bands) }
  }

  func readWork() throws(CommandFailure) -> WorkTable {
    try failing(as: .badInput) { try WorkTable(text(work), path: work) }
  }

  func readRows() throws(CommandFailure) -> [PublishedRow] {
    try failing(as: .badInput) { try PublishedRow.read(text(rows), path: rows, engine: engine) }
  }

  /// Columns: profile, board, core_type, core, mhz, dotprod, copy_mbps, cores.
  func readBoards() throws(CommandFailure) -> [PublishedBoard] {
    try failing(as: .badInput) { try PublishedBoard.read(text(boards), path: boards) }
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try BoundedFile.read(path, limit: 1 << 26, noun: "a table"), as: UTF8.self)
  }
}
