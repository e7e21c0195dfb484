internal import Glibc

/// How alike models are in what they do: those alike are off by alike amounts.
public struct ModelLikeness: Sendable {
  /// Shares of plain time by class on one machine, as square roots, and the size: distances between them are comparable.
  private var signatures: [String: [Double]] = [:]
  /// What the rows say of each model beyond its classes, in the units of the fit's covariances.
  public var duals: [String: (floating: Double, integer: Double)] = [:]

  /// Models of one family are 0.1 to 0.3 apart. Chosen as the deviations of ``Hierarchy`` were.
  private static let reach = 0.37

  public init(_ work: WorkTable) {
    for (model, work) in work.models { signatures[model] = Self.signature(work) }
  }

  static func signature(_ work: Work) -> [Double] {
    let reference = Machine(core: "Cortex-A72", clock: 1800, copyBandwidth: 2326, hasDotProduct: false)
    let plain = reference.milliseconds(of: work, precision: .f32, threads: 1)
    let sum = plain.reduce(0, +)
    guard sum > 0 else { return plain.map { _ in 0 } + [0] }
    return plain.map { sqrt($0 / sum) } + [0.15 * log(sum)]
  }

  static func alike(_ a: [Double], _ b: [Double]) -> Double {
    exp(-zip(a, b).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / (2 * reach * reach))
  }

  /// Of two models by name; 1 for one and the same.
  func alike(_ a: String, _ b: String) -> Double {
    guard let first = signatures[a], let second = signatures[b] else { return 0 }
    return Self.alike(first, second)
  }

  /// The logarithm by which models of such work take longer than their classes say.
  public func deviation(of work: Work, _ precision: Precision) -> Double {
    let hierarchy = Hierarchy()
    let signature = Self.signature(work)
    var sum = 0.0
    for (model, dual) in duals {
      guard let other = signatures[model] else { continue }
      let likeness = Self.alike(signature, other)
      let both = dual.floating + dual.integer
      let own = precision == .int8 ? dual.integer : dual.floating
      // The model itself, up to the rounding of its table.
      let isSame = likeness > 1 - 1e-6
      sum += hierarchy.ofLikeness(likeness, isSame: isSame) * both
      sum += hierarchy.ofLikenessInPrecision(likeness, isSame: isSame) * own
    }
    return sum
  }

  /// Columns: model, floating, integer.
  public mutating func readDuals(_ text: String, path: String) throws(TableError) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if index == 0 || line.isEmpty { continue }
      guard let fields = CSVLine.fields(line), fields.count == 3, let floating = Double(fields[1]),
        let integer = Double(fields[2]), abs(floating) < 1e6, abs(integer) < 1e6
      else {
        throw TableError(
          path: path, line: index + 1, found: "'\(line.prefix(60))'", expected: "model,floating,integer")
      }
      duals[fields[0]] = (floating, integer)
    }
  }

  public var csv: String {
    let lines = duals.sorted { $0.key < $1.key }.map {
      CSVLine.text([$0.key, "\($0.value.floating)", "\($0.value.integer)"])
    }
    return (["model,floating,integer"] + lines).joined(separator: "\n") + "\n"
  }
}
