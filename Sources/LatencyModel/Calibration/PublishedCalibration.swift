internal import Glibc

/// Calibrations from published rows: all boards fitted together, so that each leans on those with its cores.
public struct PublishedCalibration: Sendable {
  /// What the classes miss about the models.
  public var likeness: ModelLikeness

  /// A row, and what is predicted for it by fits that did not have it; each a ln(predicted / measured).
  public struct Residual: Sendable {
    public var row: PublishedRow
    /// With the row's model left out on every board.
    public var log: Double
    /// With its model left out on its board and thread count only, at the linearisation of the fit that had it.
    public var logOfConfiguration: Double
    /// With its board left out but for three rows, and altogether; `nil` for the three.
    public var logOfAnchoredBoard: Double?
    public var logOfBoard: Double
    /// Half the width of the 90 % band around ``log``, by residuals of other models.
    public var bandLog: Double
  }

  /// A profile to make coefficients for.
  public struct Subject: Sendable {
    public var id: String
    /// The board's name in the rows; `nil` for all boards with the core.
    public var board: String?
    public var coreType: String
    public var machine: Machine
    public var threads: [Int]

    public init(id: String, board: String?, coreType: String, machine: Machine, threads: [Int]) {
      self.id = id
      self.board = board
      self.coreType = coreType
      self.machine = machine
      self.threads = threads
    }
  }

  private let fit: HierarchicalFit
  private let rows: [PublishedRow]
  private var cores: [String: Int] = [:]
  private var boards: [String: Int] = [:]
  private var configurations: [String: Int] = [:]
  private var models: [String: Int] = [:]
  private var builds: [String: Int] = [:]

  /// The rows that take part.
  public var rowCount: Int { rows.count }

  /// - Parameters:
  ///   - rows: Rows of models that `work` does not have are passed over.
  ///   - bandwidths: Copy bandwidth in MB/s by ``PublishedRow/cluster``, where it is known.
  ///   - machine: The machine of a row.
  /// - Returns: `nil` where no row is of a model that `work` has.
  public init?(_ rows: [PublishedRow], work: WorkTable, bandwidths: [String: Double]) {
    let usable = rows.filter { work.models[$0.model] != nil }
    var likeness = ModelLikeness(work)
    self.rows = usable
    func number(_ name: String, _ table: inout [String: Int]) -> Int {
      if let known = table[name] { return known }
      table[name] = table.count
      return table.count - 1
    }
    var keys: [RowKey] = []
    var plain: [[Double]] = []
    for row in usable {
      keys.append(
        RowKey(
          core: number(row.core, &cores), family: Machine.family(row.core), is32Bit: row.is32Bit,
          board: number(row.board, &boards),
          configuration: number(row.configuration, &configurations), precision: Self.number(row.precision),
          build: number(Self.name(of: row.build, row.hasDotProduct), &builds),
          isInteger: row.precision == .int8, model: number(row.model, &models),
          logThreads: log(Double(row.threads))))
      let machine = Self.machine(of: row, bandwidths)
      plain.append(
        machine.milliseconds(
          of: work.models[row.model] ?? Work(), precision: row.precision, threads: row.threads))
    }
    let unfitted = likeness
    let names = models.sorted { $0.value < $1.value }.map(\.key)
    guard
      let fit = HierarchicalFit(
        keys: keys, plain: plain, latencies: usable.map(\.latency),
        weights: usable.map { $0.isNoisy ? 0.3 : 1 },
        likeness: names.map { a in names.map { unfitted.alike(a, $0) } })
    else { return nil }
    self.fit = fit
    for (index, name) in names.enumerated() { likeness.duals[name] = fit.duals(ofModel: index) }
    self.likeness = likeness
  }

  /// Every row, predicted by fits that are made anew without its model, or its board: some seconds each.
  public func residuals(progress: (String) -> Void = { _ in }) -> [Residual] {
    let all = Array(rows.indices)
    func refitted(_ what: String, _ blocks: [[Int]], spreadsBoards: Bool) -> [Double?] {
      var result = [Double?](repeating: nil, count: rows.count)
      for (index, block) in blocks.enumerated() {
        progress("\(what) \(index + 1) of \(blocks.count)")
        guard let rest = fit.without(Set(block), spreadsBoards: spreadsBoards) else { continue }
        for row in block { result[row] = rest.residual(ofRow: row, of: fit) }
      }
      return result
    }
    let ofModel = refitted("model", blocks(all) { $0.model }, spreadsBoards: false)
    let boards = blocks(all) { $0.board }
    let ofBoard = refitted("board", boards, spreadsBoards: true)
    let anchors = Self.anchors(rows)
    let anchored = refitted(
      "board with anchors", boards.map { $0.filter { !anchors.contains($0) } }.filter { !$0.isEmpty },
      spreadsBoards: true)
    let ofConfiguration = fit.leftOut(blocks(all) { "\($0.model) \($0.configuration)" })
    var residuals = all.map {
      Residual(
        row: rows[$0], log: ofModel[$0] ?? 0, logOfConfiguration: ofConfiguration[$0] ?? 0,
        logOfAnchoredBoard: anchored[$0], logOfBoard: ofBoard[$0] ?? 0, bandLog: 0)
    }
    // A model's own residuals have no say in its band.
    for (model, own) in Dictionary(grouping: residuals.indices, by: { residuals[$0].row.model }) {
      let bands = ModelBands([
        .model: residuals.filter { $0.row.model != model }.map { ($0.row.core, $0.log) }
      ])
      for index in own { residuals[index].bandLog = bands.half(.model, core: residuals[index].row.core) }
    }
    return residuals
  }

  private func blocks(_ indices: [Int], by name: (PublishedRow) -> String) -> [[Int]] {
    Dictionary(grouping: indices) { name(rows[$0]) }.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Three rows a board, which tell most: in floating point with the fewest threads and with the most, and in int8 with the most.
  private static func anchors(_ rows: [PublishedRow]) -> Set<Int> {
    var result = Set<Int>()
    for indices in Dictionary(grouping: rows.indices, by: { rows[$0].board }).values {
      let sorted = indices.sorted { (rows[$0].threads, $0) < (rows[$1].threads, $1) }
      func first(_ indices: [Int], _ models: [String], isInteger: Bool) -> Int? {
        indices.first { models.contains(rows[$0].model) && (rows[$0].precision == .int8) == isInteger }
      }
      let small = ["squeezenet", "efficientdet-lite0"]
      let other = ["mobilenet_v2", "efficientdet-lite2"]
      let chosen = [
        first(sorted, small, isInteger: false), first(sorted.reversed(), other, isInteger: false),
        first(sorted.reversed(), small, isInteger: true),
      ]
      result.formUnion(chosen.compactMap { $0 })
    }
    return result
  }

  public static func machine(of row: PublishedRow, _ bandwidths: [String: Double]) -> Machine {
    Machine(
      core: row.core, clock: row.clock ?? 1500, copyBandwidth: bandwidths[row.cluster],
      hasDotProduct: row.hasDotProduct)
  }

  private static func name(of build: EngineBuild, _ hasDotProduct: Bool) -> String {
    "\(build) \(hasDotProduct)"
  }

  /// The latest build that the board's rows in that precision were measured with; of any rows where it has none.
  private func newestBuild(_ subject: Subject, _ precision: Precision) -> EngineBuild {
    let own = rows.filter { $0.board == subject.board && $0.coreType == subject.coreType }
    let newest = own.filter { $0.precision == precision }.map(\.build).max() ?? own.map(\.build).max()
    return newest ?? rows.map(\.build).max() ?? EngineBuild()
  }

  private static func number(_ precision: Precision) -> Int {
    Precision.allCases.firstIndex(of: precision) ?? 0
  }

  /// No product runs above the nominal peak, but for Winograd's trick; larger tiles than 4x4 may save as much again.
  private static func bounded(_ coefficients: [Double]) -> [Double] {
    zip(WorkClass.allCases, coefficients).map { workClass, coefficient in
      let least: Double =
        switch workClass {
        case .gemm, .convolution, .grouped: 1 / 1.3
        case .winograd: 0.5 / 1.3
        case .depthwise, .tokens: 1 / 4.0
        default: 0
        }
      return min(1e3, max(least, coefficient))
    }
  }

  /// With so many rows in a configuration, it is the model that is not known.
  private static let manyRows = 5

  /// Whether the subject's rows are of 32-bit builds; without rows, whether its cores know nothing else.
  private func is32Bit(_ subject: Subject) -> Bool {
    let own = rows.filter { $0.board == subject.board && $0.coreType == subject.coreType }
    return own.isEmpty ? Machine.is32BitCore(subject.machine.core) : own.allSatisfy(\.is32Bit)
  }

  /// Coefficients for a subject in every precision and each of its thread counts.
  public func calibrations(
    for subject: Subject, engine: String, bands: ModelBands, source: String, date: String
  ) -> [Calibration] {
    let isKnown = subject.board.flatMap { boards[$0] } != nil
    let core = subject.machine.core
    var result: [Calibration] = []
    for threads in subject.threads {
      for precision in Precision.allCases {
        let build = newestBuild(subject, precision)
        let configuration = PublishedRow.configuration(
          "\(subject.board ?? "")|\(subject.coreType)", threads, build)
        let own = rows.indices.filter {
          rows[$0].configuration == configuration && rows[$0].precision == precision
        }
        let key = RowKey(
          core: cores[core] ?? -1, family: Machine.family(core), is32Bit: is32Bit(subject),
          board: subject.board.flatMap { boards[$0] } ?? -1,
          configuration: configurations[configuration] ?? -1, precision: Self.number(precision),
          build: builds[Self.name(of: build, subject.machine.hasDotProduct)] ?? -1,
          isInteger: precision == .int8, model: -1, logThreads: log(Double(threads)))
        let (classes, speed) = fit.coefficients(for: key)
        let errors = fit.leftOut(blocks(own) { $0.model }).compactMap { $0 }.map { abs(exp($0) - 1) }.sorted()
        let kind: ModelBands.Case = isKnown ? (own.count < Self.manyRows ? .anchors : .model) : .board
        result.append(
          Calibration(
            subject: subject.id, engine: engine, precision: precision, threads: threads,
            machine: subject.machine,
            coefficients: Self.bounded(classes.map { exp($0 + speed) }), rows: own.count,
            medianError: errors.isEmpty ? nil : errors[errors.count / 2],
            bandLog: bands.halfOfUnseenModel(kind, core: core), source: source,
            date: date))
      }
    }
    return result
  }
}

extension ModelBands {
  /// Of rows left out in each of the ways that ``Case`` tells apart.
  public init(_ residuals: [PublishedCalibration.Residual]) {
    self.init([
      .model: residuals.map { ($0.row.core, $0.log) },
      .anchors: residuals.compactMap { entry in entry.logOfAnchoredBoard.map { (entry.row.core, $0) } },
      .board: residuals.map { ($0.row.core, $0.logOfBoard) },
      .row: residuals.map { ($0.row.core, $0.logOfConfiguration) },
    ])
  }
}
