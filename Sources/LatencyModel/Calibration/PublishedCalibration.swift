internal import Glibc

/// Calibrations from published rows: all boards fitted together, so that each leans on those with its cores.
public struct PublishedCalibration: Sendable {
  public var residuals: [Residual] = []
  /// What the classes miss about the models.
  public var likeness: ModelLikeness

  /// A row, and what is predicted for it by fits that did not have it; each a ln(predicted / measured).
  public struct Residual: Sendable {
    public var row: PublishedRow
    /// With the row's model left out on every board.
    public var log: Double
    /// With its model left out on its board and thread count only.
    public var logOfConfiguration: Double
    /// With its board left out but for three rows, and altogether; `nil` for the three.
    public var logOfAnchoredBoard: Double?
    public var logOfBoard: Double
    /// Half the width of the 90 % band around ``log``.
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
          core: number(row.core, &cores), board: number(row.board, &boards),
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
    let all = Array(keys.indices)
    let ofModel = fit.leftOut(Self.blocks(all) { "\(keys[$0].model)" })
    let ofConfiguration = fit.leftOut(Self.blocks(all) { "\(keys[$0].model) \(keys[$0].configuration)" })
    let ofBoard = fit.leftOut(Self.blocks(all) { "\(keys[$0].board)" })
    let anchors = Self.anchors(usable)
    let anchored = fit.leftOut(Self.blocks(all.filter { !anchors.contains($0) }) { "\(keys[$0].board)" })
    residuals = all.map {
      Residual(
        row: usable[$0], log: ofModel[$0] ?? 0, logOfConfiguration: ofConfiguration[$0] ?? 0,
        logOfAnchoredBoard: anchored[$0], logOfBoard: ofBoard[$0] ?? 0, bandLog: 0)
    }
    for index in residuals.indices {
      residuals[index].bandLog = band(core: usable[index].core, usable[index].precision)
    }
  }

  private static func blocks(_ rows: [Int], by name: (Int) -> String) -> [[Int]] {
    Array(Dictionary(grouping: rows, by: name).values)
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

  /// How much larger nine tenths of the errors are when each model is left out by a fit made anew, than at the linearisation of the
  /// fit that had it (docs/decisions/0005-latency-model.md).
  private static let bandFactor = (floating: 1.05, integer: 1.75)

  /// Half the width of the 90 % band: the conformal quantile of the left-out residuals of rows on the same kind of core, or of all where
  /// they are fewer than 40.
  private func band(core: String, _ precision: Precision) -> Double {
    let isInteger = precision == .int8
    func sizes(_ keep: (PublishedRow) -> Bool) -> [Double] {
      residuals.filter { keep($0.row) }.map { abs($0.log) }.sorted()
    }
    var sorted = sizes { $0.core == core && ($0.precision == .int8) == isInteger }
    if sorted.count < 40 { sorted = sizes { ($0.precision == .int8) == isInteger } }
    if sorted.count < 10 { sorted = sizes { _ in true } }
    guard !sorted.isEmpty else { return 0.5 }
    // The k-th smallest of n with k = ceil(0.9 (n + 1)).
    let place = min(sorted.count, Int((0.9 * Double(sorted.count + 1)).rounded(.up)))
    return sorted[place - 1] * (isInteger ? Self.bandFactor.integer : Self.bandFactor.floating)
  }

  /// No product runs above the nominal peak, but for Winograd's trick; larger tiles than 4x4 may save as much again.
  private static func bounded(_ coefficients: [Double]) -> [Double] {
    zip(WorkClass.allCases, coefficients).map { workClass, coefficient in
      let least: Double =
        switch workClass {
        case .gemm, .convolution: 1 / 1.3
        case .winograd: 0.5 / 1.3
        case .depthwise, .tokens: 1 / 4.0
        default: 0
        }
      return min(1e3, max(least, coefficient))
    }
  }

  /// Coefficients for a subject in every precision and each of its thread counts.
  public func calibrations(for subject: Subject, engine: String, source: String, date: String)
    -> [Calibration]
  {
    var result: [Calibration] = []
    for threads in subject.threads {
      for precision in Precision.allCases {
        let build = newestBuild(subject, precision)
        let configuration = PublishedRow.configuration(
          "\(subject.board ?? "")|\(subject.coreType)", threads, build)
        let own = residuals.filter { $0.row.configuration == configuration && $0.row.precision == precision }
        let key = RowKey(
          core: cores[subject.machine.core] ?? -1, board: subject.board.flatMap { boards[$0] } ?? -1,
          configuration: configurations[configuration] ?? -1, precision: Self.number(precision),
          build: builds[Self.name(of: build, subject.machine.hasDotProduct)] ?? -1,
          isInteger: precision == .int8, model: -1, logThreads: log(Double(threads)))
        let (classes, speed) = fit.coefficients(for: key)
        let errors = own.map { abs(exp($0.log) - 1) }.sorted()
        var half = band(core: subject.machine.core, precision)
        // Without rows of its own, what boards differ by comes on top.
        if subject.board.flatMap({ boards[$0] }) == nil {
          half = (half * half + 0.35 * 0.35).squareRoot()
        } else if own.isEmpty {
          half = (half * half + 0.2 * 0.2).squareRoot()
        }
        result.append(
          Calibration(
            subject: subject.id, engine: engine, precision: precision, threads: threads,
            machine: subject.machine,
            coefficients: Self.bounded(classes.map { exp($0 + speed) }), rows: own.count,
            medianError: errors.isEmpty ? nil : errors[errors.count / 2], bandLog: half, source: source,
            date: date))
      }
    }
    return result
  }
}
