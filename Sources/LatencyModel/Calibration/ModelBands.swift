internal import Glibc

/// How far off predictions are: half the width of the band that holds 90 of 100, as a logarithm, by kind of core.
///
/// Conformal: the k-th smallest of n residuals left out, with k = ceil(0.9 (n + 1)).
public struct ModelBands: Sendable, Equatable {
  /// What was known of the board, and what not.
  public enum Case: String, Sendable, CaseIterable {
    /// The board has rows of other models.
    case model
    /// It has a few rows.
    case anchors
    /// It has none.
    case board
    /// It has rows of all models but one, on that thread count.
    case row
  }

  /// Kinds of cores with fewer rows are taken together with all.
  public static let leastRows = 40

  private var halves: [Case: [String: Double]] = [:]
  /// The name that stands for all cores.
  private static let all = "all"

  public init() {}

  /// - Parameter residuals: By case, the kind of core and ln(predicted / measured).
  public init(_ residuals: [Case: [(core: String, log: Double)]]) {
    for (kind, list) in residuals where !list.isEmpty {
      var table = [Self.all: Self.quantile(list.map { abs($0.log) })]
      for (core, own) in Dictionary(grouping: list, by: \.core) where own.count >= Self.leastRows {
        table[core] = Self.quantile(own.map { abs($0.log) })
      }
      halves[kind] = table
    }
  }

  private static func quantile(_ sizes: [Double]) -> Double {
    let sorted = sizes.sorted()
    return sorted[min(sorted.count, Int((0.9 * Double(sorted.count + 1)).rounded(.up))) - 1]
  }

  public func half(_ kind: Case, core: String) -> Double {
    halves[kind]?[core] ?? halves[kind]?[Self.all] ?? 0.5
  }

  /// For a model that the calibration does not have, on a board of which `kind` is known: what is not known of the board comes on
  /// top of what is not known of the model, but for what both have in common.
  public func halfOfUnseenModel(_ kind: Case, core: String) -> Double {
    let model = half(.model, core: core)
    guard kind != .model else { return model }
    let (board, row) = (half(kind, core: core), half(.row, core: core))
    return max(model, max(0, board * board + model * model - row * row).squareRoot())
  }

  /// Reads what ``csv`` writes.
  public init(_ text: String, path: String) throws(TableError) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated() where index > 0 && !line.isEmpty
    {
      guard let fields = CSVLine.fields(line), fields.count == 3, let kind = Case(rawValue: fields[0]),
        let half = Double(fields[2]), (0..<10).contains(half)
      else {
        throw TableError(
          path: path, line: index + 1, found: "'\(line.prefix(60))'", expected: "left_out,core,band_log")
      }
      halves[kind, default: [:]][fields[1]] = half
    }
  }

  public var csv: String {
    var lines = ["left_out,core,band_log"]
    for kind in Case.allCases {
      for (core, half) in (halves[kind] ?? [:]).sorted(by: { $0.key < $1.key }) {
        lines.append(CSVLine.text([kind.rawValue, core, "\((half * 1e4).rounded() / 1e4)"]))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
