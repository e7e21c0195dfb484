/// One published measurement of a model on a board.
public struct PublishedRow: Sendable, Hashable {
  public var board: String
  /// The cores that the row names: "Cortex-A72", or "Cortex-A55/Cortex-A76".
  public var coreType: String
  public var clock: Double?
  public var isa: String
  public var threads: Int
  public var model: String
  public var precision: Precision
  /// Milliseconds; the smallest of the row's samples where it has them.
  public var latency: Double
  public var isNoisy: Bool
  /// Whether a 32-bit build ran.
  public var is32Bit: Bool
  public var engine: String
  public var build: EngineBuild
  public var source: String

  /// The core that decides: of mixed clusters the fastest kind.
  public var core: String {
    let cores = coreType.split(separator: "/").map(String.init)
    func rank(_ core: String) -> Double {
      Machine.typical(core).operations * 1e6 + Machine.typical(core).bandwidth
    }
    return cores.max { rank($0) < rank($1) } ?? coreType
  }

  /// Peak operations a second of one such core, to tell a board's clusters apart.
  public var speed: Double { Machine.typical(core).operations * (clock ?? 1000) }

  /// Whether its boards' cores are ARMv8.2 and later.
  public var hasDotProduct: Bool { isa.hasPrefix("armv8.2") || isa.hasPrefix("armv9") }

  /// The board's cores that ran.
  public var cluster: String { "\(board)|\(coreType)" }

  /// The cluster, its threads and the build: what a set of coefficients is for.
  var configuration: String { Self.configuration(cluster, threads, build) }

  static func configuration(_ cluster: String, _ threads: Int, _ build: EngineBuild) -> String {
    "\(cluster)|\(threads)|\(build)"
  }
}

/// Why a table of measurements is refused: the line, and what is wrong with it.
public struct TableError: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  public var line: Int
  public var found: String
  public var expected: String
  public var description: String { "\(path):\(line): \(found); expected \(expected)" }
}

extension PublishedRow {
  /// Reads a table as CSV: a line of names, then a row a line. Columns that are not needed are passed over.
  ///
  /// Needed: `board`, `core_type`, `threads`, `model`, `precision`, and `min_ms` or `avg_ms`. Read where there: `core_mhz_max`, `isa`,
  /// `exec_dtype` (what the arithmetic was really in), `flag`, `engine`, `engine_version`, `ncnn_date`, `source`.
  public static func read(_ text: String, path: String, engine: String = "ncnn") throws(TableError)
    -> [PublishedRow]
  {
    var columns: [String: Int] = [:]
    var rows: [PublishedRow] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let number = index + 1
      if line.allSatisfy({ $0 == " " }) { continue }
      guard let fields = CSVLine.fields(line) else {
        throw TableError(path: path, line: number, found: "a quote without its end", expected: "a row of CSV")
      }
      if columns.isEmpty {
        for (place, name) in fields.enumerated() { columns[name] = place }
        for name in ["board", "core_type", "threads", "model", "precision"] where columns[name] == nil {
          throw TableError(
            path: path, line: number, found: "no column '\(name)'",
            expected: "board, core_type, threads, model, precision, min_ms")
        }
        continue
      }
      guard fields.count == columns.count else {
        throw TableError(
          path: path, line: number, found: "\(fields.count) fields",
          expected: "\(columns.count), as the first line has")
      }
      guard rows.count < 100_000 else {
        throw TableError(
          path: path, line: number, found: "more than 100000 rows", expected: "a table of one kind of board")
      }
      rows.append(try row(fields, columns, engine, path, number))
    }
    guard !rows.isEmpty else {
      throw TableError(path: path, line: 1, found: "no rows", expected: "at least one measurement")
    }
    return rows
  }

  private static func row(
    _ fields: [String], _ columns: [String: Int], _ engine: String, _ path: String, _ line: Int
  ) throws(TableError) -> PublishedRow {
    func text(_ name: String) -> String { columns[name].map { fields[$0] } ?? "" }
    func failure(_ name: String, _ expected: String) -> TableError {
      TableError(path: path, line: line, found: "\(name) is '\(text(name).prefix(40))'", expected: expected)
    }
    guard !text("board").isEmpty, text("board").utf8.count <= 100 else { throw failure("board", "a name") }
    guard !text("core_type").isEmpty, text("core_type").utf8.count <= 100 else {
      throw failure("core_type", "a name")
    }
    guard !text("model").isEmpty, text("model").utf8.count <= 100 else { throw failure("model", "a name") }
    guard let threads = Int(text("threads")), (1...256).contains(threads) else {
      throw failure("threads", "1 to 256")
    }
    let smallest = text("min_ms")
    let name = smallest.isEmpty ? "avg_ms" : "min_ms"
    guard let latency = Double(text(name)), latency.isFinite, latency > 0, latency < 1e9 else {
      throw failure(name, "milliseconds")
    }
    var clock: Double?
    if !text("core_mhz_max").isEmpty {
      guard let value = Double(text("core_mhz_max")), value.isFinite, (10...10_000).contains(value) else {
        throw failure("core_mhz_max", "MHz")
      }
      clock = value
    }
    let precision: Precision
    switch (text("precision"), text("exec_dtype")) {
    case ("int8", _): precision = .int8
    case ("fp16", _), ("f16", _), (_, "fp16"), (_, "f16"): precision = .f16
    case ("fp32", _), ("f32", _): precision = .f32
    default: throw failure("precision", "fp32, fp16 or int8")
    }
    return PublishedRow(
      board: text("board"), coreType: text("core_type"), clock: clock, isa: text("isa"), threads: threads,
      model: normalized(text("model")), precision: precision, latency: latency,
      isNoisy: text("flag").hasPrefix("noisy"),
      is32Bit: text("isa") == "armv7" || ["32bit", "32-bit"].contains { text("flag").contains($0) },
      engine: text("engine").isEmpty ? engine : text("engine"),
      build: engine == "ncnn"
        ? EngineBuild(ncnnDate: text("ncnn_date"))
        : EngineBuild(engine: text("engine"), version: text("engine_version"), remark: text("flag")),
      source: text("source"))
  }

  /// Older tables write "squeezenet-ssd" for "squeezenet_ssd", and some "mobilenet_int8" for the model in int8.
  public static func normalized(_ model: String) -> String {
    let base = model.hasSuffix("_int8") ? String(model.dropLast(5)) : model
    let older = [
      "squeezenet-ssd": "squeezenet_ssd", "mobilenet-ssd": "mobilenet_ssd",
      "mobilenet-yolo": "mobilenet_yolo",
    ]
    return older[base] ?? base
  }
}

/// A line of comma-separated values, fields optionally in double quotes.
enum CSVLine {
  /// `nil` where a quote does not end.
  static func fields(_ line: Substring) -> [String]? {
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    var previousQuote = false
    for character in line {
      if isQuoted {
        if character == "\"" { isQuoted = false; previousQuote = true } else { field.append(character) }
        continue
      }
      switch character {
      case "\"":
        if previousQuote { field.append("\"") }
        isQuoted = true
      case ",":
        fields.append(field)
        field = ""
      default: field.append(character)
      }
      previousQuote = false
    }
    guard !isQuoted else { return nil }
    fields.append(field)
    return fields
  }

  static func text(_ fields: [String]) -> String {
    fields.map {
      $0.contains { $0 == "," || $0 == "\"" }
        ? "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        : $0
    }
    .joined(separator: ",")
  }
}
