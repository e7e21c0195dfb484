internal import Glibc
internal import Graph

/// What the steps of a ``StepTable`` say of steps in other sizes, for one number of threads.
public struct StepModel: Sendable {
  public let threads: Int
  /// Nanoseconds of an inference: so much for each nanosecond of its steps timed one by one, and for each step.
  private var scale = 1.0
  private var perStep = 0.0
  private let samples: [String: [StepSample]]
  private var regressions: [String: StepRegression] = [:]

  /// - Returns: `nil` where nothing was timed with so many threads.
  public init?(_ table: StepTable, threads: Int) {
    let own = table.samples.filter { $0.threads == threads }
    guard own.contains(where: { $0.call.kernel != StepSample.inference }) else { return nil }
    self.threads = threads
    samples = Dictionary(grouping: own) { $0.call.kernel }
    fitInferences(own)
  }

  /// The same without a network, at the covariances that all networks gave.
  private init(_ model: StepModel, without network: String) {
    var samples = model.samples
    for (kernel, list) in samples { samples[kernel] = list.filter { $0.network != network } }
    self.init(threads: model.threads, scale: model.scale, perStep: model.perStep, samples: samples)
    for (kernel, regression) in model.regressions {
      guard let list = samples[kernel], !list.isEmpty else { continue }
      regressions[kernel] = Self.regression(list, shape: regression.shape)
    }
  }

  private init(threads: Int, scale: Double, perStep: Double, samples: [String: [StepSample]]) {
    self.threads = threads
    self.scale = scale
    self.perStep = perStep
    self.samples = samples.filter { !$0.value.isEmpty }
  }

  /// Least squares of relative errors.
  private mutating func fitInferences(_ own: [StepSample]) {
    var (ss, sn, nn, s, n) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (_, list) in Dictionary(grouping: own, by: \.network) {
      guard let whole = list.first(where: { $0.call.kernel == StepSample.inference }) else { continue }
      let steps = list.filter { $0.call.kernel != StepSample.inference }
      let sum = steps.reduce(0) { $0 + $1.nanoseconds } / whole.nanoseconds
      let count = Double(steps.count) / whole.nanoseconds
      ss += sum * sum
      sn += sum * count
      nn += count * count
      s += sum
      n += count
    }
    let determinant = ss * nn - sn * sn
    guard ss > 0, nn > 0, determinant > 1e-6 * ss * nn else { return }
    let fitted = ((s * nn - n * sn) / determinant, (ss * n - sn * s) / determinant)
    guard (0.7...1.4).contains(fitted.0), (-200...2000).contains(fitted.1) else { return }
    (scale, perStep) = fitted
  }

  private static func regression(
    _ list: [StepSample], shape: StepRegression.Covariance? = nil
  ) -> StepRegression {
    StepRegression(list.map(\.call), list.map(\.nanoseconds), shape: shape)
  }

  /// The time of a step, and how much of it is guessed: 0 for sizes next to timed ones, 1 for a kernel that was not timed.
  mutating func time(of call: KernelCall) -> (nanoseconds: Double, novelty: Double) {
    if let regression = regression(of: call.kernel) {
      return (regression.nanoseconds(of: call), regression.novelty(of: call))
    }
    // Another variant of the kernel, or anything of its kind.
    let family = samples.keys.filter { $0.prefix { $0 != "/" } == call.family }.sorted()
    let times = family.compactMap { regression(of: $0)?.nanoseconds(of: call) }.sorted()
    if !times.isEmpty { return (times[times.count / 2], 1) }
    let others = samples.filter { $0.key != StepSample.inference }.values.joined()
    let alike = others.filter { ($0.call.macs == 0) == (call.macs == 0) }
    guard !alike.isEmpty else { return (1, 1) }
    let plain = PlainStepTime(alike.map(\.call), alike.map(\.nanoseconds))
    return (plain.nanoseconds(of: call), 1)
  }

  private mutating func regression(of kernel: String) -> StepRegression? {
    if let known = regressions[kernel] { return known }
    guard kernel != StepSample.inference, let list = samples[kernel] else { return nil }
    let made = Self.regression(list)
    regressions[kernel] = made
    return made
  }

  /// Nanoseconds of an inference of these steps.
  func inference(ofSteps times: [Double]) -> Double {
    max(1, times.reduce(0) { $0 + max(1, $1 * scale + perStep) })
  }

  /// Of each network, the logarithm of its inference's measured time over the one predicted without it.
  public mutating func residuals() -> [(network: String, log: Double)] {
    for kernel in samples.keys { _ = regression(of: kernel) }
    let networks = Dictionary(grouping: samples.values.joined(), by: \.network)
    return networks.sorted { $0.key < $1.key }.compactMap { network, list in
      guard let whole = list.first(where: { $0.call.kernel == StepSample.inference }) else { return nil }
      var rest = StepModel(self, without: network)
      let times = list.filter { $0.call.kernel != StepSample.inference }.map {
        rest.time(of: $0.call).nanoseconds
      }
      return (network, log(whole.nanoseconds / rest.inference(ofSteps: times)))
    }
  }
}
