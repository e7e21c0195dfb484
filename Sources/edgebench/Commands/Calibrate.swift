import ArgumentParser
import DeviceProfiles
import Foundation
import Graph
import LatencyModel
import ModelFormats
import Records
import ReferenceSuite
import Units

/// `edgebench calibrate`: coefficients of the latency model from tables of measurements.
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit the latency model of this machine, or of a board to a table of measurements.",
    discussion: """
      Without --from it times the steps of networks in f32 and int8, in one thread and on all cores, with the built-in engine on \
      this machine, for at most --max-time. The times are kept beside the profile (x.steps.csv for x.yaml); 'predict --profile \
      x.yaml' finds them there. Nothing else should run meanwhile. --from reads a table as CSV of one or several boards: board, core_type, threads, model, precision, min_ms, and where it has them core_mhz_max, isa, \
      exec_dtype, flag. Its rows are fitted together with the published ones in profiles/published, so three rows already tell \
      much. The coefficients are written beside the profile; 'predict' finds them there. Of a table of several boards, --board says \
      which one the profile is of; -o FOLDER makes a profile of each. --published fits the published rows alone.
      """)

  @Option(help: "The table of measurements.")
  var from: String?

  @Flag(help: "Fit the published rows, and write their coefficients.")
  var published = false

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The profile (.yaml), made where it is not there; or a folder of a profile for each board."
  )
  var output: String?

  @Option(help: "Which of the table's boards the profile is of.")
  var board: String?

  @Option(
    name: .customLong("max-time"), help: "How long this machine is timed, in seconds; one round at least.")
  var maximumTime = 180.0

  @Option(help: "The engine that was measured.")
  var engine = "ncnn"

  @Option(help: "A folder of the measured models, for those that are not published.")
  var models: String?

  @Option(help: "Write what fits predict that are made anew without each row's model or board, as CSV.")
  var residuals: String?

  @OptionGroup var profiles: ProfileFolderOptions

  func validate() throws {
    guard !published || from == nil else {
      throw ValidationError("Expected either '--from FILE.csv' or '--published'.")
    }
    guard (1...3600).contains(maximumTime) else {
      throw ValidationError("--max-time is \(maximumTime); expected 1 to 3600 seconds.")
    }
    guard published || output != nil else {
      throw ValidationError("Expected '-o PROFILE.yaml', or '-o FOLDER' for all boards of the table.")
    }
    guard from != nil || published || output?.hasSuffix(".yaml") == true else {
      throw ValidationError("Expected '-o PROFILE.yaml': where the coefficients belong.")
    }
    guard PublishedFolder.engines.contains(engine) else {
      throw ValidationError(
        "Engine '\(engine)' has no published rows; expected \(PublishedFolder.engines.joined(separator: " or "))."
      )
    }
  }

  func run() throws {
    if from == nil, !published, let output {
      return try HostCalibration(path: output, maximumTime: .seconds(maximumTime)).run()
    }
    let folder = PublishedFolder(path: profiles.library.directory + "/published", engine: engine)
    let boards = try folder.readBoards()
    let work = try knownWork(folder)
    var rows = try folder.readRows()
    let known = rows.count
    if let from {
      let text = try failing(as: .badInput) {
        try BoundedFile.read(from, limit: 1 << 26, noun: "a table of measurements")
      }
      rows += try failing(as: .badInput) {
        try PublishedRow.read(String(decoding: text, as: UTF8.self), path: from, engine: engine)
      }
    }
    let missing = Set(rows[known...].map(\.model)).filter { work.models[$0] == nil }.sorted()
    if !missing.isEmpty {
      Terminal.warning(
        "no structure of \(missing.joined(separator: ", ")): their rows are left out; give --models DIR.")
    }
    var bandwidths: [String: Double] = [:]
    for board in boards { bandwidths["\(board.board)|\(board.coreType)"] = board.copyBandwidth }
    guard rows[known...].contains(where: { work.models[$0.model] != nil }) || published,
      let fit = PublishedCalibration(rows, work: work, bandwidths: bandwidths)
    else {
      throw CommandFailure.badInput(
        "\(from ?? folder.rows): no row of a model whose structure is known; give --models DIR.")
    }
    var bands = try folder.readBands()
    if published || residuals != nil {
      var bar = ProgressBar(total: 1)
      let leftOut = fit.residuals { bar.show($0) }
      bar.clear()
      if let residuals { try write(leftOut, to: residuals) }
      if published {
        bands = ModelBands(leftOut)
        try failing(as: .runFailed) { try AtomicFile.write(Data(bands.csv.utf8), to: folder.bands) }
        try writePublished(fit, rows, boards, bands, leftOut, to: folder)
      }
    }
    if !published, let output { try writeProfiles(fit, Array(rows[known...]), bands, to: output) }
  }

  private static var today: String {
    ISO8601DateFormatter.string(from: Date(), timeZone: .gmt, formatOptions: [.withFullDate])
  }

  private func writePublished(
    _ fit: PublishedCalibration, _ rows: [PublishedRow], _ boards: [PublishedBoard], _ bands: ModelBands,
    _ leftOut: [PublishedCalibration.Residual], to folder: PublishedFolder
  ) throws {
    var lines = [Calibration.columns.joined(separator: ",")]
    let source =
      engine == "ncnn"
      ? "fitted to ncnn's benchmark table (https://github.com/Tencent/ncnn benchmark/README.md at a4d2ea1d)"
      : "fitted to profiles/published/\(engine).csv (sources there)"
    func add(_ subject: PublishedCalibration.Subject) {
      lines += fit.calibrations(
        for: subject, engine: engine, bands: bands, source: source, date: Self.today
      ).map(\.csv)
    }
    for board in boards {
      let counts = Set(
        rows.filter { $0.board == board.board && $0.coreType == board.coreType }.map(\.threads))
      add(
        PublishedCalibration.Subject(
          id: board.profile, board: board.board, coreType: board.coreType, machine: board.machine,
          threads: counts.union([1, 2, 4, board.cores].filter { $0 <= board.cores }).sorted()))
    }
    let others = engine == "ncnn" ? ["Cortex-A8", "Cortex-A35", "Cortex-A73"] : []
    for core in Set(boards.map(\.machine.core)).union(others).sorted() {
      let machine = boards.first { $0.machine.core == core }?.machine
      add(
        PublishedCalibration.Subject(
          id: core, board: nil, coreType: core,
          machine: Machine(
            core: core, clock: machine?.clock ?? 1000, copyBandwidth: nil,
            hasDotProduct: machine?.hasDotProduct ?? false), threads: [1, 2, 4, 6, 8]))
    }
    try failing(as: .runFailed) {
      try AtomicFile.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: folder.coefficients)
    }
    try failing(as: .runFailed) { try AtomicFile.write(Data(fit.likeness.csv.utf8), to: folder.likeness) }
    let errors = leftOut.map { abs(exp($0.log) - 1) }.sorted()
    try Terminal.output(
      "\(fit.rowCount) rows, \(lines.count - 1) sets of coefficients in \(folder.coefficients); "
        + "median error with the model left out \(percent(errors[errors.count / 2])).\n")
  }

  /// A profile at `path`, or in that folder one for each board, called like it.
  private func writeProfiles(
    _ fit: PublishedCalibration, _ rows: [PublishedRow], _ bands: ModelBands, to path: String
  ) throws {
    var boards = Dictionary(grouping: rows, by: \.board)
    let names = boards.keys.sorted().map { "'\(printable($0, limit: 60))'" }.joined(separator: ", ")
    if let board {
      guard let own = boards[board] else {
        throw CommandFailure.badInput("\(from ?? ""): no row of board '\(board)'; it has \(names).")
      }
      boards = [board: own]
    }
    if path.hasSuffix(".yaml") {
      guard boards.count == 1, let (board, own) = boards.first else {
        throw CommandFailure.badInput(
          "\(from ?? ""): rows of several boards (\(names)); say which with --board, or give a folder with -o."
        )
      }
      return try writeProfile(fit, board, own, bands, to: path)
    }
    try failing(as: .runFailed) {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    for (board, own) in boards.sorted(by: { $0.key < $1.key }) {
      try writeProfile(fit, board, own, bands, to: "\(path)/\(Self.identifier(board)).yaml")
    }
  }

  /// "raspberry-pi-4-model-b-1-8ghz" for "Raspberry Pi 4 Model B (1.8GHz)".
  private static func identifier(_ board: String) -> String {
    let words = board.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "board" : words.joined(separator: "-")
  }

  /// The board's coefficients beside its profile, and the profile where there is none yet.
  private func writeProfile(
    _ fit: PublishedCalibration, _ board: String, _ rows: [PublishedRow], _ bands: ModelBands, to path: String
  ) throws {
    let id = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    let folder = (path as NSString).deletingLastPathComponent
    // The fastest cores are what the profile's first cluster will be.
    let fastest = rows.max { $0.speed < $1.speed } ?? rows[0]
    let existing = FileManager.default.fileExists(atPath: path)
    if !existing { try writeNewProfile(fastest, rows, to: path) }
    let profile = try failing(as: .badInput) { try ProfileLibrary.load(file: path) }
    let bandwidth =
      profile.memory.copyBandwidth.map { [fastest.cluster: Double($0.value.bytesPerSecond) / 1e6] } ?? [:]
    var lines = [Calibration.columns.joined(separator: ",")]
    // The fastest cluster's own rows, and for counts that it has none of, those of mixed clusters that it is part of.
    let groups = Dictionary(grouping: rows.filter { $0.core == fastest.core }) { $0.coreType }
    let order = groups.sorted {
      ($0.key == fastest.coreType ? "" : $0.key) < ($1.key == fastest.coreType ? "" : $1.key)
    }
    let measured = Set(groups.values.joined().map(\.threads))
    var taken = Set<Int>()
    for (coreType, group) in order {
      let isFirst = coreType == fastest.coreType
      let cores = max(profile.clusters.first?.count.value ?? 1, group.map(\.threads).max() ?? 1)
      let subject = PublishedCalibration.Subject(
        id: id, board: board, coreType: coreType,
        machine: PublishedCalibration.machine(of: group[0], bandwidth),
        threads: Set(group.map(\.threads)).subtracting(taken)
          .union(isFirst ? Set([1, 2, 4, cores].filter { $0 <= cores }).subtracting(measured) : []).sorted())
      taken.formUnion(subject.threads)
      lines += fit.calibrations(
        for: subject, engine: engine, bands: bands,
        source: "fitted to \((from ?? "") as NSString)".replacingOccurrences(of: ",", with: " "),
        date: Self.today
      ).map(\.csv)
    }
    let target = CalibrationStore.path(of: id, in: folder.isEmpty ? "." : folder)
    try failing(as: .runFailed) {
      try AtomicFile.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: target)
    }
    try Terminal.output(
      "\(rows.count) rows of \(printable(board, limit: 60)): \(lines.count - 1) sets of coefficients in \(target)\(existing ? "" : ", profile \(path)").\n"
    )
  }

  private func writeNewProfile(_ row: PublishedRow, _ rows: [PublishedRow], to path: String) throws {
    func quoted(_ text: String) -> String {
      "\""
        + String(
          String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 32 && $0 != "\"" && $0 != "\\" }))
        + "\""
    }
    let source = quoted(row.source.isEmpty ? "table \(from ?? "")" : row.source)
    let features = row.hasDotProduct ? "[neon, fp16, dotprod]" : "[neon]"
    var text = """
      name: \(quoted(row.board))
      cores:
        - source: \(source)
          type: \(quoted(row.core))
          count: \(rows.filter { $0.coreType == row.coreType }.map(\.threads).max() ?? 1)
          isa: \(quoted(row.isa.isEmpty ? "armv8.0" : row.isa))
          features: \(features)

      """
    if let clock = row.clock { text += "    clock: { value: \(Int(clock)) MHz, source: \(source) }\n" }
    let findings = ProfileLibrary.check(text: text, file: path)
    if let first = findings.first { throw CommandFailure.badInput(first.description) }
    try failing(as: .runFailed) { try AtomicFile.write(Data(text.utf8), to: path) }
  }

  /// The work of the published models: by a table, or where their structures are built here, by those.
  private func knownWork(_ folder: PublishedFolder) throws -> WorkTable {
    var work = WorkTable()
    if engine == "litert", published {
      for model in ReferenceSuite.published {
        let graph = try failing(as: .runFailed) {
          try model.build { [Float](repeating: 0, count: $0.shape.elementCount ?? 0) }
        }
        work.models[model.id] = try failing(as: .runFailed) {
          try GraphWork(graph, traits: EngineTraits(engine: engine)).total
        }
      }
    } else if !published || models == nil {
      work = try folder.readWork()
    }
    if let models { try add(modelsIn: models, to: &work) }
    // The work of the published models is written anew from their structures.
    if published, models != nil || engine == "litert" {
      try failing(as: .runFailed) { try AtomicFile.write(Data(work.csv.utf8), to: folder.work) }
    }
    return work
  }

  private func add(modelsIn folder: String, to work: inout WorkTable) throws {
    let files = try failing(as: .badInput) { try FileManager.default.contentsOfDirectory(atPath: folder) }
    var added = Set<String>()
    for file in files.sorted() where [".param", ".tflite", ".onnx"].contains(where: { file.hasSuffix($0) }) {
      // Rows name the model, with the precision beside it: "x_int8.param" has the structure of "x.param".
      let name = PublishedRow.normalized((file as NSString).deletingPathExtension)
      guard added.insert(name).inserted else { continue }
      let graph = try failing(as: .badInput) {
        try ModelReader.read("\(folder)/\(file)", ReadOptions(structureOnly: true))
      }
      work.models[name] = try failing(as: .badInput) {
        try GraphWork(graph, traits: EngineTraits(engine: engine)).total
      }
    }
  }

  private func write(_ residuals: [PublishedCalibration.Residual], to path: String) throws {
    var lines = [
      "board,core_type,threads,model,precision,measured_ms,model_left_out_ms,configuration_left_out_ms,three_anchors_ms,board_left_out_ms,band_log"
    ]
    for residual in residuals {
      let row = residual.row
      func predicted(_ log: Double?) -> String { log.map { "\(row.latency * exp($0))" } ?? "" }
      lines.append(
        "\"\(row.board)\",\(row.coreType),\(row.threads),\(row.model),\(row.precision.rawValue),\(row.latency),"
          + [residual.log, residual.logOfConfiguration, residual.logOfAnchoredBoard, residual.logOfBoard].map(
            predicted
          )
          .joined(separator: ",") + ",\(residual.bandLog)")
    }
    try failing(as: .runFailed) {
      try AtomicFile.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: path)
    }
  }

  private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
}
