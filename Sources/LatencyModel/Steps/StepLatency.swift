internal import Glibc
public import Graph

/// A latency from steps that were timed on the machine.
public struct StepLatency: Sendable {
  public struct Step: Sendable {
    public var node: String
    public var call: KernelCall
    public var nanoseconds: Double
    /// How much of it is guessed: 0 for sizes next to timed ones, 1 for a kernel that was not timed.
    public var novelty: Double
  }

  public var median: Double
  public var band90: ClosedRange<Double>
  public var steps: [Step]
  /// Why the band is wider than calibration alone would have it.
  public var caveats: [String] = []
  /// The median of |predicted / measured - 1| of networks that were left out.
  public var medianError: Double?
  public var networks: Int

  /// - Parameter calls: An inference's steps, in their order, each with its node's name.
  public init(_ calls: [(node: String, call: KernelCall)], model: StepModel) {
    var model = model
    steps = calls.map { node, call in
      let (time, novelty) = model.time(of: call)
      return Step(
        node: node, call: call, nanoseconds: model.inference(ofSteps: [time]), novelty: novelty)
    }
    median = max(1, steps.reduce(0) { $0 + $1.nanoseconds })
    let residuals = model.residuals().map { abs($0.log) }.sorted()
    networks = residuals.count
    // Conformal: of n residuals the one of rank ceil(0.9 * (n + 1)).
    let rank = Int((0.9 * Double(residuals.count + 1)).rounded(.up))
    var half = rank <= residuals.count && rank > 0 ? residuals[rank - 1] : (residuals.last ?? 0.7) * 1.5
    medianError = residuals.isEmpty ? nil : exp(residuals[residuals.count / 2]) - 1
    for kernel in Set(steps.filter { $0.novelty > 0.5 }.map(\.call.kernel)).sorted() {
      let share =
        steps.filter { $0.novelty > 0.5 && $0.call.kernel == kernel }.reduce(0) { $0 + $1.nanoseconds }
        / median
      guard share > 0.05 else { continue }
      half += 0.7 * share
      caveats.append(
        "\(kernel) takes \(Int((share * 100).rounded())) % here, in sizes far from those of the calibration")
    }
    band90 = median * exp(-half)...median * exp(half)
  }
}
