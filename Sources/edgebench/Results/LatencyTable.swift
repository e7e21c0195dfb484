import DeviceProfiles
import LatencyModel
import Records
import Reporting
import Sizing
import Statistics
import Units

/// Projected latencies of models on devices.
struct LatencyTable {
  /// In the order of the columns.
  var models: [String]
  var cells: [Cell]

  struct Cell: Encodable {
    var model: String
    var profile: String
    var engine: String
    var precision: String
    var threads: Int
    /// `nil` where it cannot be projected.
    var latencyNs: Prediction.Band?
    var evidence: Evidence?
    /// What the coefficients belong to: the board, or its kind of core.
    var calibration: String?
    /// Measurements of exactly that board, precision and number of threads that they rest on.
    var calibrationRows: Int?
    /// Millijoules an inference, at the profile's power under load.
    var energyMj: Double?

    init(
      model: String, profile: DeviceProfile, engine: String, precision: Precision, threads: Int,
      predicted: CalibratedLatency?
    ) {
      self.model = model
      self.profile = profile.id
      self.engine = engine
      self.precision = precision.rawValue
      self.threads = threads
      guard let predicted else { return }
      let band = predicted.band90
      latencyNs = Prediction.Band(median: predicted.median, band90: [band.lowerBound, band.upperBound])
      evidence = .projected
      calibration = predicted.calibration.subject
      calibrationRows = predicted.calibration.rows
      energyMj = profile.loadPower.map { $0.value.watts * predicted.median / 1e6 }
    }
  }

  private struct Line: Hashable {
    var profile: String
    var precision: String
    var threads: Int
  }

  /// One table a precision; one row a device and number of threads.
  var markdown: String {
    var text = """
      # Projected latencies of the reference suite

      Medians with their 90 % bands, all projected (docs/latency-model.md). 'rows' counts the published measurements of exactly that
      board, precision and number of threads that the coefficients rest on; 'from' names the board or the kind of core that they belong to.


      """
    let lines = Dictionary(grouping: cells) {
      Line(profile: $0.profile, precision: $0.precision, threads: $0.threads)
    }
    for precision in Precision.allCases {
      let engine = cells.first?.engine ?? ""
      text += "## \(engine), \(precision.rawValue)\n\n"
      var table = Table(
        [.init("device"), .init("threads", .trailing)] + models.map { .init($0, .trailing) }
          + [.init("from"), .init("rows", .trailing)])
      let own = lines.filter { $0.key.precision == precision.rawValue }.sorted {
        ($0.key.profile, $0.key.threads) < ($1.key.profile, $1.key.threads)
      }
      for (line, cells) in own {
        let known = cells.first { $0.latencyNs != nil }
        table.append(
          [.init(line.profile), .init("\(line.threads)")]
            + models.map { model in .init(cells.first { $0.model == model }?.latencyNs?.text) }
            + [.init(known?.calibration), .init(known?.calibrationRows.map { "\($0)" })])
      }
      text += table.markdown + "\n"
    }
    return text
  }

  var csv: String {
    var lines = [
      "model,profile,engine,precision,threads,latency_median_ns,latency_band90_low_ns,latency_band90_high_ns,evidence,calibration,calibration_rows,energy_mj"
    ]
    for cell in cells {
      func number(_ value: Double?) -> String { value.map { "\(($0).rounded())" } ?? "" }
      let energy = cell.energyMj.map { "\(($0 * 1e3).rounded() / 1e3)" } ?? ""
      lines.append(
        [
          cell.model, cell.profile, cell.engine, cell.precision, "\(cell.threads)",
          number(cell.latencyNs?.median), number(cell.latencyNs?.band90[0]),
          number(cell.latencyNs?.band90[1]), cell.evidence?.rawValue ?? "", cell.calibration ?? "",
          cell.calibrationRows.map { "\($0)" } ?? "", energy,
        ].joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
