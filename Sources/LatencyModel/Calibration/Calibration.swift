/// Coefficients of one engine on one machine in one precision with so many threads, and how well they fit: the same for every
/// source, be it a published table or a suite run on the board.
public struct Calibration: Sendable, Equatable {
  /// The profile that it is for; a core type ("Cortex-A53") where it serves any board with such cores.
  public var subject: String
  public var engine: String
  public var precision: Precision
  public var threads: Int
  public var machine: Machine
  /// Factors on ``Machine/milliseconds(of:precision:threads:)``, in the order of ``WorkClass/allCases``.
  public var coefficients: [Double]
  /// Rows of exactly this configuration that took part; 0 where it follows from others.
  public var rows: Int
  /// The median of |predicted / measured - 1| with the model left out; `nil` without rows.
  public var medianError: Double?
  /// Half the width of the band that holds 90 of 100, as a logarithm: conformal, from models left out.
  public var bandLog: Double
  public var source: String
  /// ISO 8601.
  public var date: String

  public init(
    subject: String, engine: String, precision: Precision, threads: Int, machine: Machine,
    coefficients: [Double],
    rows: Int, medianError: Double?, bandLog: Double, source: String, date: String
  ) {
    self.subject = subject
    self.engine = engine
    self.precision = precision
    self.threads = threads
    self.machine = machine
    self.coefficients = coefficients
    self.rows = rows
    self.medianError = medianError
    self.bandLog = bandLog
    self.source = source
    self.date = date
  }

  public static let columns =
    [
      "subject", "engine", "precision", "threads", "core", "mhz", "copy_mbps", "dotprod", "rows",
      "median_error", "band_log",
    ]
    + WorkClass.allCases.map(\.rawValue) + ["source", "date"]

  public var csv: String {
    func short(_ value: Double) -> String { "\((value * 1e5).rounded() / 1e5)" }
    return CSVLine.text(
      [
        subject, engine, precision.rawValue, "\(threads)", machine.core, "\(machine.clock)",
        "\(machine.copyBandwidth)", machine.hasDotProduct ? "1" : "0", "\(rows)",
        medianError.map(short) ?? "",
        short(bandLog),
      ] + coefficients.map(short) + [source, date])
  }

  /// Reads what ``csv`` writes, below its line of names.
  public static func read(_ text: String, path: String) throws(TableError) -> [Calibration] {
    var result: [Calibration] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if index == 0 || line.isEmpty { continue }
      guard let fields = CSVLine.fields(line), fields.count == columns.count,
        let precision = Precision(rawValue: fields[2]), let threads = Int(fields[3]),
        (1...256).contains(threads),
        let clock = Double(fields[5]), clock > 0, let bandwidth = Double(fields[6]), bandwidth > 0,
        let rows = Int(fields[8]), let band = Double(fields[10]), band >= 0, band < 10
      else {
        throw TableError(
          path: path, line: index + 1, found: "'\(line.prefix(60))'", expected: columns.joined(separator: ",")
        )
      }
      let coefficients = fields[11..<11 + WorkClass.allCases.count].compactMap { Double($0) }
      guard coefficients.count == WorkClass.allCases.count,
        coefficients.allSatisfy({ $0.isFinite && (0...1e4).contains($0) })
      else {
        throw TableError(
          path: path, line: index + 1, found: "a coefficient that is no number",
          expected: "\(WorkClass.allCases.count) of 0 to 10000")
      }
      result.append(
        Calibration(
          subject: fields[0], engine: fields[1], precision: precision, threads: threads,
          machine: Machine(
            core: fields[4], clock: clock, copyBandwidth: bandwidth, hasDotProduct: fields[7] == "1"),
          coefficients: coefficients, rows: rows, medianError: Double(fields[9]), bandLog: band,
          source: fields[fields.count - 2], date: fields[fields.count - 1]))
    }
    return result
  }
}
