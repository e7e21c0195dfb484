import Graph
import Units

extension [PrunedLayer] {
  /// What to say of layers that zeros do not make faster on this engine; `nil` where there are none.
  var warning: String? {
    let slow = filter { !$0.isFaster }
    guard !slow.isEmpty else { return nil }
    let examples = slow.prefix(Self.mostExamples).map(\.standing).joined(separator: ", ")
    let more = slow.count > Self.mostExamples ? ", and \(slow.count - Self.mostExamples) more" : ""
    return
      "pruning above the break-even density will not move latency on this engine: \(examples)\(more). "
      + "See docs/performance.md#sparse-weights."
  }

  private static let mostExamples = 3
}

extension PrunedLayer {
  /// "'conv_3' keeps 50 % of its weights (break-even 40 %)".
  fileprivate var standing: String {
    let limit = breakEven > 0 ? "break-even \(percent(breakEven))" : "no sparse kernel takes it"
    return "'\(printable(node, limit: 40))' keeps \(percent(density)) of its weights (\(limit))"
  }

  private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
}
