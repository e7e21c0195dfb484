/// How far a variant goes from the model as it came: the less, the less there is to version, test and lose.
///
/// One step is less than two; of equally many steps those that come earlier in ``Step`` are less.
public struct Invasiveness: Sendable, Hashable, Comparable {
  /// In the order in which they are tried.
  public enum Step: Int, Sendable, Hashable, CaseIterable {
    case f16Weights, int8DynamicRange, int8Static, structuredPruning, int4Weights, distilledStudent
    /// A variant of a name that is not known here: after all that are.
    case other
  }

  /// The furthest first; empty for the reference.
  public let steps: [Step]

  public init(steps: [Step]) { self.steps = steps.sorted { $0.rawValue > $1.rawValue } }

  /// Reads a variant's name, its steps joined by '+': "reference", "int8-static", "pruned-50+int8-static".
  public init(variant: String) {
    guard variant != "reference" else {
      self.init(steps: [])
      return
    }
    let names = variant.split(separator: "+", omittingEmptySubsequences: false)
    self.init(steps: names.map { name in Self.prefixes.first { name.hasPrefix($0.text) }?.step ?? .other })
  }

  private static let prefixes: [(text: String, step: Step)] = [
    ("f16", .f16Weights), ("int8-dynamic", .int8DynamicRange), ("int8", .int8Static),
    ("pruned", .structuredPruning), ("int4", .int4Weights), ("distilled", .distilledStudent),
  ]

  public var isCompressed: Bool { !steps.isEmpty }

  public static func < (a: Self, b: Self) -> Bool {
    if a.steps.count != b.steps.count { return a.steps.count < b.steps.count }
    return a.steps.map(\.rawValue).lexicographicallyPrecedes(b.steps.map(\.rawValue))
  }
}
